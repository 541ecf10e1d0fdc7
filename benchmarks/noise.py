"""What the range rule makes of pure noise: whole searches on digits whose labels are shuffled.

Nothing can be learned, so that every range that moves is a mistake. The networks are small and the
rows few, so that a hundred searches take a minute or two.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.real_training import Task, problem, search
from benchmarks.table import header
from hpsearch.domain.search_plan import Sampler, SearchPlan
from hpsearch.domain.spec import USUAL_GENERATION
from hpsearch.domain.study import Study
from hpsearch.domain.verdict import Action
from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.reporting.text import markdown_table

TRIALS = 100
SPACE = "lr=1e-3:1,wd=1e-6:1e-1"
HOLDOUT = Task(
    name="500 digits, holdout",
    study="digits-kfold",
    rows=500,
    settings={"split": {"holdout": 0.2}},
    is_shuffled=True,
)
FOLDS = Task(
    name="300 digits, 5 folds", study="digits-kfold", rows=300, settings={}, is_shuffled=True
)
CASES = (
    (HOLDOUT, Sampler.RANDOM),
    (HOLDOUT, Sampler.TPE),
    (FOLDS, Sampler.RANDOM),
    (FOLDS, Sampler.TPE),
)
COLUMNS = ("study", "sampler", "studies", "verdicts", "that moved a range", "ends")


def main(arguments: Sequence[str] | None = None) -> None:
    """Search and print the table."""
    parser = argparse.ArgumentParser("python -m benchmarks.noise", description=__doc__)
    parser.add_argument("--seeds", type=int, default=30, metavar="N", help="studies of each kind")
    given = parser.parse_args(arguments)
    limit_to_one_thread()
    rows = [_row(task, sampler, given.seeds) for task, sampler in CASES]
    print(f"## Shuffled labels\n\n{header(given.seeds)}\n\n{markdown_table(COLUMNS, rows)}")


def _row(task: Task, sampler: Sampler, seeds: int) -> tuple[str, ...]:
    moved = verdicts = 0
    ends: Counter[str] = Counter()
    for seed in range(seeds):
        study = _searched(task, sampler, seed)
        for stage in study.stages:
            judged = stage.result.judgement.verdicts if stage.result else ()
            verdicts += len(judged)
            moved += sum(each.action is not Action.KEEP for each in judged)
        last = study.stages[-1].result
        assert last is not None
        ends[last.judgement.stop.value if last.judgement.stop else "plan filled"] += 1
    told = ", ".join(f"{count} {end}" for end, count in ends.most_common())
    share = f"{moved} ({moved / verdicts:.1%})"
    row = (task.name, sampler.value, str(seeds), str(verdicts), share, told)
    print(*row, sep=" | ", file=sys.stderr, flush=True)
    return row


def _searched(task: Task, sampler: Sampler, seed: int) -> Study:
    of = problem(task, seed, SPACE)
    plan, generation = SearchPlan(baseline=False, confirm=0), USUAL_GENERATION.get(sampler)
    spec = replace(of.spec, sampler=sampler, generation=generation, plan=plan)
    return search(of, spec, TRIALS)[0]


if __name__ == "__main__":
    main()
