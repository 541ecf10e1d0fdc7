"""First verdicts of the range rule on real training, from ranges that are right, low and high.

Each study is one stage of random trials, trained in this process. A verdict on the learning rate
is right if it leads towards the best rates, or keeps them inside; weight decay has no effect in
its range, and every move of it is a mistake. With shuffled labels nothing can be learned, and
every move is one.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.table import header
from hpsearch import bootstrap
from hpsearch.data import built_in, splits
from hpsearch.domain import study
from hpsearch.domain.axes import axes
from hpsearch.domain.baseline import Baseline, baseline
from hpsearch.domain.dataset import DataFacts, facts
from hpsearch.domain.halving import at_rung, survivors
from hpsearch.domain.learning import Observation, learning, observation
from hpsearch.domain.range_rule import judge
from hpsearch.domain.rungs import rungs
from hpsearch.domain.seeds import generator
from hpsearch.domain.space import Space
from hpsearch.domain.trial import PlannedEvaluation, Trial, finished_trial
from hpsearch.domain.verdict import Action, Judgement, Verdict
from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.reporting.text import markdown_table
from hpsearch.sampling.random_search import RandomSampler

TRIALS = 40
DECAY = "wd=1e-8:1e-4"
COLUMNS = (
    "study",
    "range of lr",
    "lr right",
    "wd moved",
    "lr right, pruned",
    "wd moved, pruned",
    "stops",
    "next range of lr (median)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A study and the range in which its search starts.

    Attributes:
        best: learning rates that score about best.
        is_shuffled: whether the labels are.
    """

    study: str
    lr: str
    best: tuple[float, float]
    is_shuffled: bool = False


# Where the mean score lies within about 0.01 of its highest, over 3,600 trials of these studies.
BOOK, DIGITS = (0.016, 0.2), (0.25, 1.0)
STARTS = (
    Start(study="book-mnist", lr="1e-6:1e-2", best=BOOK),
    Start(study="book-mnist", lr="1e-7:1e-5", best=BOOK),
    Start(study="book-mnist", lr="1e-5:1e-3", best=BOOK),
    Start(study="book-mnist", lr="1:10", best=BOOK),
    Start(study="book-mnist", lr="1e-4:1", best=BOOK),
    Start(study="digits-kfold", lr="1e-3:1", best=DIGITS),
    Start(study="digits-kfold", lr="1e-7:1e-4", best=DIGITS),
    Start(study="digits-kfold", lr="1e-5:1e-3", best=DIGITS),
    Start(study="digits-kfold", lr="2.2:10", best=DIGITS),
    Start(study="book-mnist", lr="1e-4:1", best=BOOK, is_shuffled=True),
    Start(study="digits-kfold", lr="1e-3:1", best=DIGITS, is_shuffled=True),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """A first stage, trained to its end."""

    space: Space
    facts: DataFacts
    epochs: int
    trials: tuple[Trial, ...]


def trained_stage(start: Start, seed: int, trials: int = TRIALS) -> Stage:
    """Propose and train the first stage of a study."""
    flags = {"search": {"seed": seed}, "space": {"text": f"lr={start.lr},{DECAY}"}}
    spec = bootstrap.ask(start.study, flags, None).spec
    dataset = built_in.load(spec.data, seed)
    if start.is_shuffled:
        shuffled = generator(seed, "shuffled labels").permutation(dataset.y)
        dataset = replace(dataset, y=shuffled)
    folds = splits.folds(dataset.y, spec.split, seed)
    trainer = bootstrap.trainer_for(spec, dataset, (folds,))
    first = study.Stage(number=1, space=spec.space, trial_count=trials, first_number=0)
    proposed = RandomSampler().propose(first, (), range(trials), seed)
    planned = [
        PlannedEvaluation(number=number, configuration=each, fold=fold, epochs=spec.training.epochs)
        for number, each in enumerate(proposed)
        for fold in range(len(folds))
    ]
    done = trainer.evaluate(planned)
    finished = (
        finished_trial(1, each, [one for one in done if one.planned.number == number])
        for number, each in enumerate(proposed)
    )
    return Stage(
        space=spec.space,
        facts=facts(dataset, folds),
        epochs=spec.training.epochs,
        trials=tuple(finished),
    )


def judged(stage: Stage, *, is_pruned: bool) -> Judgement:
    """The range rule's answer, with or without halving."""
    seen = halved(stage) if is_pruned else in_full(stage)
    return judge(stage.space, seen, validation_rows=stage.facts.validation_rows)


def in_full(stage: Stage) -> list[Observation]:
    """All trials, trained to their end."""
    constant = baseline(stage.facts)
    return [observation(trial, constant) for trial in stage.trials]


def halved(stage: Stage) -> list[Observation]:
    """All trials, each trained as far as halving would have let it.

    With a constant learning rate a short training is the beginning of a long one.
    """
    constant, protected = baseline(stage.facts), None
    running, reached = {trial.number: trial for trial in stage.trials}, {}
    for rung in rungs(stage.epochs)[:-1]:
        generation = [at_rung(trial, constant, rung) for trial in running.values()]
        decision = survivors(generation, stage.space, protected=protected)
        if not decision.is_pruned:
            break
        protected = decision.protected
        for number in running.keys() - set(decision.kept):
            reached[number] = _given_up(running.pop(number), constant, rung)
    complete = {number: observation(trial, constant) for number, trial in running.items()}
    return list((reached | complete).values())


def _given_up(trial: Trial, constant: Baseline, rung: int) -> Observation:
    short = learning(trial, constant, epochs=rung)
    return Observation(
        number=trial.number,
        configuration=trial.configuration,
        learning=replace(short, is_pruned=True),
    )


def is_right(start: Start, judgement: Judgement, stage: Stage) -> bool:
    """Whether the verdict on the learning rate leads towards the best rates."""
    verdict = _verdict(judgement, "lr")
    if start.is_shuffled:
        return verdict.action is Action.KEEP
    old, new = stage.space["lr"], judgement.space["lr"]
    low, high = start.best
    if old.high < low:
        return new.high > old.high
    if old.low > high:
        return new.low < old.low
    return new.low <= (low * high) ** 0.5 <= new.high


def _verdict(judgement: Judgement, name: str) -> Verdict:
    return next(each for each in judgement.verdicts if each.name == name)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, judge and print the table."""
    parser = argparse.ArgumentParser("python -m benchmarks.range_rule", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="studies per range")
    given = parser.parse_args(arguments)
    limit_to_one_thread()
    rows = [_row(start, given.seeds) for start in STARTS]
    print(f"## First verdicts of the range rule\n\n{header(given.seeds)}, {TRIALS} trials each\n")
    print(markdown_table(COLUMNS, rows))


def _row(start: Start, seeds: int) -> tuple[str, ...]:
    stages = [trained_stage(start, seed) for seed in range(seeds)]
    full = [judged(stage, is_pruned=False) for stage in stages]
    pruned = [judged(stage, is_pruned=True) for stage in stages]
    cells = []
    for judgements in (full, pruned):
        pairs = zip(judgements, stages, strict=True)
        cells.append(f"{sum(is_right(start, each, stage) for each, stage in pairs)}/{seeds}")
        moved = sum(_verdict(each, "wd").action is not Action.KEEP for each in judgements)
        cells.append(f"{moved}/{seeds}")
    stops = sorted({each.stop.value for each in full if each.stop})
    counted = ", ".join(f"{sum(each.stop == stop for each in full)} {stop}" for stop in stops)
    ranges = [(axis.entry.low, axis.entry.high) for each in full for axis in axes(each.space)[:1]]
    low, high = np.median(ranges, axis=0)
    name = f"{start.study}, shuffled" if start.is_shuffled else start.study
    print(f"{name} {start.lr}: {cells}", file=sys.stderr, flush=True)
    return (name, start.lr, *cells, counted, f"{low:.2g} to {high:.2g}")


if __name__ == "__main__":
    main()
