"""How good the final choice really is: trained anew, and scored on rows that no search saw.

Searches of 100 trials on real rows, from ranges of the learning rate that are right, low and high:
hpsearch in its random and its Bayesian mode (stages, giving up early and confirmation as they are
by default), and plain random search in the same range. Weight decay is searched from 1e-8 to 1e-4,
where it can have no effect.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np

from benchmarks.halving import best_by_score
from benchmarks.real_training import (
    BOOK,
    DIGITS,
    luck_of_rows,
    problem,
    search,
    true_qualities,
)
from benchmarks.table import header
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.search_plan import Sampler, SearchPlan
from hpsearch.domain.space import Configuration
from hpsearch.domain.spec import USUAL_GENERATION
from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.reporting.text import markdown_table

TRIALS = 100
DECAY = "wd=1e-8:1e-4"
TASKS = {task.name: task for task in (BOOK, DIGITS)}
STARTS = (
    ("book", "1e-6:1e-2"),
    ("book", "1e-7:1e-5"),
    ("book", "1e-5:1e-3"),
    ("book", "1:10"),
    ("book", "1e-4:1"),
    ("digits", "1e-3:1"),
    ("digits", "1e-7:1e-4"),
    ("digits", "1e-5:1e-3"),
    ("digits", "2.2:10"),
)
STAGED = SearchPlan(baseline=False)
PLAIN = SearchPlan(stages=1, prune="none", confirm=0, baseline=False)
SEARCHES = {
    "plain random": (Sampler.RANDOM, PLAIN),
    "hpsearch, random": (Sampler.RANDOM, STAGED),
    "hpsearch, tpe": (Sampler.TPE, STAGED),
}
COLUMNS = ("study", "range of lr", "seeds", *SEARCHES)
FIXED = {  # chosen before any of these searches, to tell the luck of the rows by
    name: Configuration((("lr", lr), ("wd", 1e-6)))
    for name, lr in (("book", 0.05), ("digits", 0.5))
}
OPTIMISM = ("search", "studies", "by the search alone", "target", "confirmed, as shown", "target")

Key = tuple[str, str, str]  # task, range of lr, search


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a search ends with.

    Attributes:
        quality: true quality of the final choice.
        shown: the score shown for it.
        best_quality: true quality of the trial with the best search score.
        best_score: that score.
        stop: why the search stopped early; empty if it did not.
        luck: by how much the rows of its seed are easier than the unseen ones.
    """

    quality: float
    shown: float
    best_quality: float
    best_score: float
    stop: str
    luck: float = 0.0


def choices(name: str, lr: str, seed: int) -> dict[str, Choice]:
    """The final choice of each search; all see the same rows."""
    limit_to_one_thread()
    of = problem(TASKS[name], seed, f"lr={lr},{DECAY}")
    found, chosen = {}, []
    for search_name, (sampler, plan) in SEARCHES.items():
        generation = USUAL_GENERATION.get(sampler)
        spec = replace(of.spec, sampler=sampler, generation=generation, plan=plan)
        study, _ = search(of, spec, TRIALS)
        final, best = best_trials(study.trials, 1)[0], best_by_score(study)
        result = study.stages[-1].result
        stop = result.judgement.stop.value if result and result.judgement.stop else ""
        found[search_name] = final, best, stop
        chosen += [final.configuration, best.configuration]
    qualities = iter(true_qualities(of, chosen))
    return {
        each: Choice(
            quality=next(qualities),
            best_quality=next(qualities),
            shown=(final.score if final.confirmed_score is None else final.confirmed_score) or 0.0,
            best_score=best.score or 0.0,
            stop=stop,
        )
        for each, (final, best, stop) in found.items()
    }


def luck(name: str, seed: int) -> float:
    """By how much the rows of one seed are easier than those that it leaves unseen."""
    limit_to_one_thread()
    of = problem(TASKS[name], seed, f"lr=1e-4:1,{DECAY}")
    return luck_of_rows(of, FIXED[name])


def main(arguments: Sequence[str] | None = None) -> None:
    """Search, measure and print the tables; after each seed what there is so far."""
    parser = argparse.ArgumentParser("python -m benchmarks.final_choice", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="studies per range")
    parser.add_argument("--first-seed", type=int, default=0, metavar="N")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    given = parser.parse_args(arguments)
    found: dict[Key, list[Choice]] = defaultdict(list)
    with ProcessPoolExecutor(given.workers, get_context("spawn")) as pool:
        for seed in range(given.first_seed, given.first_seed + given.seeds):
            for task, lr, search_name, choice in _of_seed(pool, seed):
                found[task, lr, search_name].append(choice)
                print(seed, task, lr, search_name, choice, file=sys.stderr, flush=True)
            _print(found)


def _of_seed(pool: ProcessPoolExecutor, seed: int) -> Iterator[tuple[str, str, str, Choice]]:
    lucks = {task: pool.submit(luck, task, seed) for task in TASKS}
    started = [(task, lr, pool.submit(choices, task, lr, seed)) for task, lr in STARTS]
    for task, lr, running in started:
        for search_name, choice in running.result().items():
            yield task, lr, search_name, replace(choice, luck=lucks[task].result())


def _print(found: Mapping[Key, Sequence[Choice]]) -> None:
    seeds = len(next(iter(found.values())))
    rows = [
        (task, lr, str(seeds), *(_spread(found[task, lr, each], "quality") for each in SEARCHES))
        for task, lr in STARTS
    ]
    print(f"## True quality of the final choice\n\n{header(seeds)}\n")
    print(markdown_table(COLUMNS, rows))
    print(f"\n## Optimism\n\n{markdown_table(OPTIMISM, _optimism(found))}\n", flush=True)


def _optimism(found: Mapping[Key, Sequence[Choice]]) -> list[tuple[str, ...]]:
    rows = []
    for name in SEARCHES:
        own = [each for key, made in found.items() if key[2] == name for each in made]
        before = [each.best_score - each.best_quality - each.luck for each in own]
        after = [each.shown - each.quality - each.luck for each in own]
        confirmed = "" if name == "plain random" else _mean_text(after)
        rows.append((name, str(len(own)), _mean_text(before), "", confirmed, "0.005"))
    return rows


def _spread(made: Sequence[Choice], name: str) -> str:
    values = [getattr(each, name) for each in made]
    stops = [each.stop for each in made if each.stop]
    note = f", {len(stops)} stopped" if stops else ""
    return f"{np.mean(values):.3f} ({min(values):.3f}-{max(values):.3f}{note})"


def _mean_text(values: Sequence[float]) -> str:
    error = np.std(values, ddof=1) / len(values) ** 0.5 if len(values) > 1 else 0.0
    return f"{np.mean(values):+.4f} ± {error:.4f}"


if __name__ == "__main__":
    main()
