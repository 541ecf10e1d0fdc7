"""What is said of a test part that was looked at."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hpsearch.domain.opening import Opening
from hpsearch.reporting.final_test import openings_values, scores_text
from hpsearch.reporting.final_test import test_note as note_of
from hpsearch.reporting.text import wrapped
from tests.store import examples

NUMBERS = {"r2": 0.61, "rmse": 12.345678, "mae": 9.87654321, "chance": -0.001}


def opening(number=1, trial=4, networks=5, **scores):
    return Opening(
        number=number,
        trial=trial,
        networks=networks,
        rows=1000,
        fingerprint="f" * 64,
        scores=scores or {"accuracy": 0.9, "log_loss": 0.3, "chance": 0.1},
        opened_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.fixture
def study(tmp_path):
    store = examples.opened(tmp_path / "a.db")
    yield examples.created(store)
    store.close()


def test_a_test_part_that_nobody_saw_is_not_mentioned(study):
    assert note_of(study) == ""


def test_one_look(study):
    assert note_of(replace(study, openings=(opening(),))) == (
        "Final test: the test set was opened once, for trial 4 (5 networks together): accuracy "
        "0.900 on 1000 rows (95 % interval 0.880 to 0.917); chance level 0.100 (the commonest "
        "class)."
    )


def test_the_number_of_looks_is_never_broken_over_lines(study):
    note = note_of(replace(study, openings=tuple(map(opening, range(1, 13)))))
    assert "the test set was opened 12 times" in wrapped(note).splitlines()[0]
    assert "the first look, for trial 4" in note


def test_numbers_are_told_with_their_errors():
    assert scores_text(opening(networks=1, **NUMBERS)) == (
        "R² 0.610, RMSE 12.35, MAE 9.877 on 1000 rows; the mean of the target alone has an R² of 0"
    )


def test_the_metric_of_the_study_comes_first():
    shown = scores_text(opening(macro_f1=0.85, accuracy=0.9, log_loss=0.3, chance=0.1))
    assert shown.startswith("macro F1 0.850, accuracy 0.900 on 1000 rows")


def test_the_metric_of_the_study_is_told_with_its_interval():
    shown = scores_text(opening(**NUMBERS, low=0.5512, high=0.6618))
    assert shown.startswith("R² 0.610 (95 % interval 0.551 to 0.662), RMSE 12.35, MAE 9.877 on")
    shown = scores_text(opening(macro_f1=0.85, accuracy=0.9, chance=0.1, low=0.83, high=0.87))
    assert shown.startswith("macro F1 0.850 (95 % interval 0.830 to 0.870), accuracy 0.900 on")


def test_large_errors_are_written_out():
    assert "RMSE 63721, MAE 9.877" in scores_text(opening(**NUMBERS | {"rmse": 63721.4}))


def test_plain_values_hold_no_time(study):
    (values,) = openings_values(replace(study, openings=(opening(),)))
    assert values == {
        "number": 1,
        "trial": 4,
        "networks": 5,
        "rows": 1000,
        "fingerprint": "f" * 64,
        "scores": {"accuracy": 0.9, "log_loss": 0.3, "chance": 0.1},
    }
