"""Small studies, trials and curves to store."""

from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np

from hpsearch.data.built_in import card
from hpsearch.domain.dataset import DataFacts
from hpsearch.domain.space import Configuration
from hpsearch.domain.spec_text import study_spec
from hpsearch.domain.trial import (
    COMPLETED,
    Curve,
    Evaluation,
    Outcome,
    PlannedEvaluation,
    State,
    finished_trial,
)
from hpsearch.store.sql_store import SqlStudyStore

FACTS = DataFacts(
    fingerprint="f" * 64,
    rows=1797,
    validation_rows=1797,
    test_rows=0,
    class_count=10,
    majority_share=0.10183639398998331,
)
VERSIONS = {"python": "3.11.7", "numpy": "2.0.0"}
SECTIONS = {
    "data": {"name": "digits"},
    "split": {"folds": 2},
    "space": {"text": "lr=1e-3:1,wd=1e-6:0.1:linear"},
    "search": {"seed": 3, "stages": 1, "prune": "none", "confirm": 0, "baseline": False},
}
START = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def opened(path, *, is_new_allowed=True):
    """A store whose clock ticks once a second from `START`."""
    ticks = count()
    return SqlStudyStore(
        path,
        describe=card,
        clock=lambda: START + timedelta(seconds=next(ticks)),
        is_new_allowed=is_new_allowed,
    )


def spec():
    return study_spec(SECTIONS, card("digits"))[0]


def created(store, name="example", trial_count=10):
    return store.create_study(name, spec(), trial_count, FACTS, VERSIONS)


def curve(epochs, *, diverged=False):
    values = np.linspace(0.1, 1 / 3, 4 * epochs + 1, dtype=np.float32)
    series = np.split(values, [epochs + 1, 2 * epochs + 1, 3 * epochs + 1])
    if diverged:
        series[0][-1] = np.inf
        series[2][-1] = np.nan
    return Curve(
        train_loss=series[0],
        train_score=series[1],
        validation_loss=series[2],
        validation_score=series[3],
    )


def evaluation(number, fold, outcome=COMPLETED):
    planned = PlannedEvaluation(
        number=number,
        configuration=Configuration(
            (("lr", 0.1 + number / 3), ("wd", 1e-300), ("batch", 64), ("dropout", "off"))
        ),
        fold=fold,
        epochs=3,
    )
    if not outcome.is_complete:
        epochs = outcome.epoch
        return Evaluation(
            planned=planned,
            outcome=outcome,
            curve=curve(epochs, diverged=True) if epochs else None,
        )
    return Evaluation(
        planned=planned,
        outcome=outcome,
        train_loss=1 / 3 + number,
        train_score=0.1 + 0.2,
        validation_loss=1e308,
        validation_score=5e-324,
        curve=curve(3),
        seconds=0.1,
    )


def trial(number, *outcomes):
    """A finished trial of two folds that ended as given, completed by default."""
    outcomes = outcomes or (COMPLETED, COMPLETED)
    evaluations = [evaluation(number, fold, each) for fold, each in enumerate(outcomes)]
    return finished_trial(1, evaluations[0].planned.configuration, evaluations)


ENDINGS = (
    (COMPLETED, COMPLETED),
    (COMPLETED, Outcome(State.DIVERGED, 2)),
    (Outcome(State.DIVERGED, 1), Outcome(State.DIVERGED, 3)),
    (Outcome(State.FAILED, reason="ValueError: `x` ' \" \\ ; λ\U0001f600"), COMPLETED),
    (COMPLETED, Outcome(State.LOST, reason="its worker died 3 times, last by SIGKILL")),
    (Outcome(State.TIMED_OUT), COMPLETED),
    (Outcome(State.PRUNED, 1), COMPLETED),
)


def add(store, study, *trials):
    evaluations = [each for one in trials for each in one.evaluations]
    store.add(study.id, evaluations, trials)


def values(one):
    """Everything of a trial but its curves, to compare by value."""
    return (
        one.number,
        one.stage,
        one.configuration,
        one.outcome,
        one.score,
        [
            (
                each.planned,
                each.outcome,
                each.train_loss,
                each.train_score,
                each.validation_loss,
                each.validation_score,
                each.seconds,
            )
            for each in one.evaluations
        ],
    )
