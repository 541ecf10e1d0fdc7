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
    Luck,
    luck_of_rows,
    problem,
    search,
    true_qualities,
)
from benchmarks.table import header
from hpsearch.domain.assessment import pick
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.search_plan import Sampler, SearchPlan
from hpsearch.domain.space import Configuration
from hpsearch.domain.spec import USUAL_GENERATION
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Trial
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
OPTIMISM = (
    "study",
    "search",
    "studies",
    "by the search alone",
    "mean of the confirmations",
    "as shown, less the luck of the pick",
    "target",
)

NO_LUCK = Luck()

Key = tuple[str, str, str]  # task, range of lr, search


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a search ends with.

    Attributes:
        quality: true quality of the final choice.
        confirmed: mean of its confirmations, or else its score of the search.
        pick_luck: what of that is taken off as the luck of the pick among the finalists.
        best_quality: true quality of the trial with the best search score.
        best_score: that score.
        stop: why the search stopped early; empty if it did not.
        luck: of the rows of its seed.
    """

    quality: float
    confirmed: float
    pick_luck: float
    best_quality: float
    best_score: float
    stop: str
    luck: Luck = NO_LUCK


def choices(name: str, lr: str, seed: int) -> dict[str, Choice]:
    """The final choice of each search; all see the same rows."""
    limit_to_one_thread()
    of = problem(TASKS[name], seed, f"lr={lr},{DECAY}")
    found: dict[str, tuple[Study, Trial | None, Trial | None]] = {}
    for search_name, (sampler, plan) in SEARCHES.items():
        generation = USUAL_GENERATION.get(sampler)
        spec = replace(of.spec, sampler=sampler, generation=generation, plan=plan)
        study, _ = search(of, spec, TRIALS)
        final = next(iter(best_trials(study.trials, 1)), None)
        found[search_name] = study, final, best_by_score(study)
    pairs = [(final, best) for _, final, best in found.values() if final and best]
    trials = [trial for pair in pairs for trial in pair]
    qualities = true_qualities(of, [trial.configuration for trial in trials])
    known = {id(trial): quality for trial, quality in zip(trials, qualities, strict=True)}
    chance = of.facts.majority_share
    return {
        each: Choice(
            quality=known.get(id(final), chance),
            confirmed=_confirmed(final, chance),
            pick_luck=picked.luck if (picked := pick(study)) else 0.0,
            best_quality=known.get(id(best), chance),
            best_score=best.score if best and best.score is not None else chance,
            stop=_stop(study),
        )
        for each, (study, final, best) in found.items()
    }


def _confirmed(final: Trial | None, chance: float) -> float:
    """What its trainings scored; where every training diverged nothing is known but chance."""
    if final is None or final.score is None:
        return chance
    return final.score if final.confirmed_score is None else final.confirmed_score


def _stop(study: Study) -> str:
    result = study.stages[-1].result
    return result.judgement.stop.value if result and result.judgement.stop else ""


def luck(name: str, seed: int) -> Luck:
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
    parser.add_argument(
        "--skip", type=int, default=0, metavar="N", help="leave out the first N ranges"
    )
    given = parser.parse_args(arguments)
    found: dict[Key, list[Choice]] = defaultdict(list)
    starts = STARTS[given.skip :]
    with ProcessPoolExecutor(given.workers, get_context("spawn")) as pool:
        for seed in range(given.first_seed, given.first_seed + given.seeds):
            for task, lr, search_name, choice in _of_seed(pool, starts, seed):
                found[task, lr, search_name].append(choice)
                print(seed, task, lr, search_name, choice, file=sys.stderr, flush=True)
            _print(found)


def _of_seed(
    pool: ProcessPoolExecutor, starts: Sequence[tuple[str, str]], seed: int
) -> Iterator[tuple[str, str, str, Choice]]:
    lucks = {task: pool.submit(luck, task, seed) for task in TASKS}
    started = [(task, lr, pool.submit(choices, task, lr, seed)) for task, lr in starts]
    for task, lr, running in started:
        for search_name, choice in running.result().items():
            yield task, lr, search_name, replace(choice, luck=lucks[task].result())


def _print(found: Mapping[Key, Sequence[Choice]]) -> None:
    seeds = len(next(iter(found.values())))
    rows = [
        (task, lr, str(seeds), *(_spread(found[task, lr, each], "quality") for each in SEARCHES))
        for task, lr in dict.fromkeys((task, lr) for task, lr, _ in found)
    ]
    print(f"## True quality of the final choice\n\n{header(seeds)}\n")
    print(markdown_table(COLUMNS, rows))
    print(f"\n## Optimism\n\n{markdown_table(OPTIMISM, _optimism(found))}\n", flush=True)


def _optimism(found: Mapping[Key, Sequence[Choice]]) -> list[tuple[str, ...]]:
    rows = []
    for task, name in dict.fromkeys((task, name) for task, _, name in found):
        own = [each for key, made in found.items() if key[::2] == (task, name) for each in made]
        before = [each.best_score - each.best_quality - each.luck.searching for each in own]
        after = [each.confirmed - each.quality - each.luck.confirming for each in own]
        shown = [mean - each.pick_luck for mean, each in zip(after, own, strict=True)]
        confirmed = [_mean_text(after), _mean_text(shown)] if name != "plain random" else ["", ""]
        rows.append((task, name, str(len(own)), _mean_text(before), *confirmed, "0.005"))
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
