"""Searches on tables of trained networks: 120 evaluations from good and from bad ranges.

hpsearch takes 100 trials in three stages and confirms five finalists four times; the others take
120 trials and choose the best. Regret is 0 at the best point of a table and 1 in the middle of all
points. There are no learning curves in these tables: a trial counts as learned by its score.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from benchmarks.memory_store import searched
from benchmarks.table import header
from benchmarks.tables import DATA, SEEDS, Table, load
from hpsearch import bootstrap
from hpsearch.domain.dataset import DataFacts
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.seeds import generator
from hpsearch.domain.space import Configuration
from hpsearch.domain.trial import COMPLETED, Evaluation, PlannedEvaluation
from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.reporting.text import markdown_table
from hpsearch.sampling.optuna_study import quiet

BUDGET = 120
CONFIRMATIONS = 20
PLAN = {"prune": "none", "baseline": False}
OWN = {
    "hpsearch, random": {"sampler": "random"},
    "hpsearch, sobol": {"sampler": "sobol"},
    "hpsearch, tpe": {"sampler": "tpe"},
    "hpsearch, gp": {"sampler": "gp"},
    "hpsearch, random, one stage": {"sampler": "random", "stages": 1},
    "hpsearch, tpe, one stage": {"sampler": "tpe", "stages": 1},
}
PEERS = {
    "Optuna, random": "RandomSampler",
    "Optuna, tpe": "TPESampler",
    "Optuna, gp": "GPSampler",
}
USUAL = ("Optuna, random", "Optuna, tpe", "hpsearch, random", "hpsearch, tpe")


class Start(NamedTuple):
    """Where a search starts."""

    name: str
    lr: tuple[float, float]
    wd: tuple[float, float]


STARTS = (
    Start("well placed", (1e-5, 1.0), (1e-8, 1.0)),
    Start("lr too low", (1e-5, 1e-4), (1e-8, 1e-4)),
    Start("lr too high", (0.06, 1.0), (1e-8, 1e-4)),
)
Search = Callable[[str, Table, "Start", int], "Found"]
COLUMNS = ("search", "seeds", *(start.name for start in STARTS), "optimism", "evaluations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search ends with.

    Attributes:
        regret: of the final choice.
        optimism: the score shown for it, minus its mean over all seeds.
        evaluations: trainings that it took.
    """

    regret: float
    optimism: float
    evaluations: int


class Lookup:
    """An executor that answers from a table: the search with any seed of a cell.

    The four confirmations of a trial take four of the five seeds, the search's own or not; with
    `redraws` each takes any of the five again.
    """

    def __init__(self, table: Table, seed: int, *, redraws: bool) -> None:
        self._table, self._seed, self._redraws = table, seed, redraws
        self.count = 0

    def evaluate(self, planned: Sequence[PlannedEvaluation]) -> Iterator[tuple[Evaluation, ...]]:
        """All at once."""
        yield tuple(map(self._one, planned))

    def _one(self, planned: PlannedEvaluation) -> Evaluation:
        self.count += 1
        scores = self._table.of_seeds(planned.configuration)
        score = float(scores[self._drawn(planned.number, planned.repeat)])
        return Evaluation(
            planned=planned,
            outcome=COMPLETED,
            validation_score=score,
            validation_loss=_facts(self._table).constant_loss,  # says nothing
        )

    def _drawn(self, number: int, repeat: int) -> int:
        if self._redraws or not repeat:
            return int(generator(self._seed, "table", number, repeat).integers(SEEDS))
        return int(generator(self._seed, "confirm", number).permutation(SEEDS)[repeat - 1])


def _facts(table: Table) -> DataFacts:
    data = table.data
    return DataFacts(
        fingerprint=data.name,
        rows=data.rows,
        validation_rows=data.validation_rows,
        test_rows=0,
        class_count=data.classes,
        majority_share=1 / data.classes,
        constant_loss=float(np.log(data.classes)),
    )


def own_search(name: str, table: Table, start: Start, seed: int, *, redraws: bool = False) -> Found:
    """A search by hpsearch's driver and samplers."""
    (low, high), (least, most) = start.lr, start.wd
    sections = {
        "data": {"name": "digits"},  # stands in: the table answers
        "split": {"holdout": 0.2},
        "space": {"text": f"lr={low}:{high},wd={least}:{most}"},
        "search": {**PLAN, **OWN[name], "seed": seed},
    }
    spec = bootstrap.ask(None, sections, None).spec
    executor = Lookup(table, seed, redraws=redraws)
    study = searched(spec, BUDGET - CONFIRMATIONS, _facts(table), executor)
    best = best_trials(study.trials, 1)[0]
    assert best.confirmed_score is not None
    return _found(table, best.configuration, best.confirmed_score, executor.count)


def peer_search(name: str, table: Table, start: Start, seed: int) -> Found:
    """A search by one of Optuna's samplers with its own defaults."""
    import optuna

    def score(trial: optuna.Trial) -> float:
        values = {"lr": start.lr, "wd": start.wd}
        drawn = {each: trial.suggest_float(each, *values[each], log=True) for each in values}
        chance = generator(seed, "table", trial.number, 0)
        found = table.of_seeds(Configuration(tuple(drawn.items())))
        return float(found[chance.integers(SEEDS)])

    with quiet():
        sampler = getattr(optuna.samplers, PEERS[name])(seed=seed)
        study = optuna.create_study(direction="maximize", sampler=sampler)
        study.optimize(score, n_trials=BUDGET)
    chosen = Configuration(tuple(study.best_params.items()))
    return _found(table, chosen, study.best_value, BUDGET)


def _found(table: Table, chosen: Configuration, shown: float, evaluations: int) -> Found:
    return Found(
        regret=table.regret(chosen),
        optimism=shown - table.true(chosen),
        evaluations=evaluations,
    )


def search_of(name: str, *, redraws: bool) -> Search:
    """How a contender searches."""
    return partial(own_search, redraws=redraws) if name in OWN else peer_search


def main(arguments: Sequence[str] | None = None) -> None:
    """Search and print the table."""
    parser = argparse.ArgumentParser("python -m benchmarks.landscapes", description=__doc__)
    parser.add_argument("--seeds", type=int, default=16, metavar="N", help="searches per table")
    parser.add_argument("--first-seed", type=int, default=0, metavar="N")
    names = (*PEERS, *OWN)
    parser.add_argument("--searches", nargs="+", choices=names, default=USUAL, metavar="NAME")
    parser.add_argument(
        "--redraw", action="store_true", help="confirm each time with any of the five seeds"
    )
    given = parser.parse_args(arguments)
    limit_to_one_thread()
    tables = [load(data) for data in DATA]
    seeds = range(given.first_seed, given.first_seed + given.seeds)
    rows = [
        _row(name, search_of(name, redraws=given.redraw), tables, seeds) for name in given.searches
    ]
    print(f"## Tables as landscapes\n\n{header(given.seeds)}\n\n{markdown_table(COLUMNS, rows)}")


def _row(name: str, search: Search, tables: Sequence[Table], seeds: range) -> tuple[str, ...]:
    started = time.perf_counter()
    found: dict[str, list[list[Found]]] = defaultdict(list)
    for seed in seeds:
        for start in STARTS:
            found[start.name].append([search(name, table, start, seed) for table in tables])
    everything = [each for runs in found.values() for run in runs for each in run]
    optimism = np.mean([each.optimism for each in everything])
    evaluations = np.mean([each.evaluations for each in everything])
    row = (
        name,
        str(len(seeds)),
        *(_regret_text(found[start.name]) for start in STARTS),
        f"{optimism:+.3f}",
        f"{evaluations:.0f}",
    )
    seconds = f"{time.perf_counter() - started:.0f} s"
    print(*row, seconds, sep=" | ", file=sys.stderr, flush=True)
    return row


def _regret_text(runs: Sequence[Sequence[Found]]) -> str:
    """Mean over tables and seeds, ± its standard error over seeds."""
    means = [float(np.mean([each.regret for each in run])) for run in runs]
    error = f" ± {np.std(means, ddof=1) / len(means) ** 0.5:.3f}" if len(means) > 1 else ""
    return f"{np.mean(means):.3f}{error}"


if __name__ == "__main__":
    main()
