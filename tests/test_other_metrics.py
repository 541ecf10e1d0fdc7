"""Studies that are ranked by another metric than accuracy say so, in its unit."""

import numpy as np
import pytest

from hpsearch import replaying
from hpsearch.bootstrap import opened
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.task import Metric
from hpsearch.reporting.best import best_text
from hpsearch.reporting.next_study import next_study_toml
from hpsearch.reporting.replay_text import replay_text, spread_text
from tests.stored_studies import run_sections


def run(folder, metric):
    """A search on 60 rows: numbers in the thousands, or two classes that are easy to tell apart."""
    x = np.random.default_rng(0).normal(size=(60, 3))
    is_number = metric in (Metric.RMSE, Metric.MAE, Metric.R2)
    y = 5000 + 1000 * x[:, 0] if is_number else (x[:, 0] > 0.8).astype(int)
    np.savez(folder / "rows.npz", x=x, y=y)
    sections = {
        "data": {"name": str(folder / "rows.npz"), "metric": metric.value},
        "split": {"folds": 2},
        "network": {"hidden": "8"},
        "training": {"epochs": 8, "batch": 8},
        "space": {"text": "lr=0.01:0.5"},
        "search": {"trials": 12, "stages": 1, "prune": "none", "confirm": 3},
    }
    run_sections(folder, sections, "mine")
    with opened(f"sqlite:///{folder}/hpsearch.db") as store:
        study = store.load_study("mine")
        best = best_trials(study.trials, 1)[0]
        again = replaying.replay(store, study, [best.number])
    return study, best, [(each.stored, each.again, each.differences) for each in again]


@pytest.mark.parametrize(
    ("metric", "words"), [(Metric.RMSE, "RMSE"), (Metric.LOG_LOSS, "log loss")]
)
def test_what_is_better_when_lower_has_no_minus_and_falls(tmp_path, metric, words):
    study, best, compared = run(tmp_path, metric)
    assert f"{words} {-best.confirmed_score:.4g}" in next_study_toml(study).splitlines()[2]
    assert "-" not in spread_text(study, [-1.5, -2.5])
    assert f": {words} 2 on average" in spread_text(study, [-1.5, -2.5])
    assert spread_text(study, [-1.5, -2.5]).endswith("from 1.5 to 2.5.")
    (first, *_) = (each for each, _, _ in compared)
    assert f"{-first.validation_score:.4g}" in replay_text(study, best, compared)
    told = " ".join(best_text(study, 3).split())
    assert "the best score fell by" in told
    assert "e+0" not in told


@pytest.mark.parametrize("metric", [Metric.ROC_AUC, Metric.LOG_LOSS, Metric.R2])
def test_no_interval_holds_a_score_that_cannot_be(tmp_path, metric):
    from hpsearch.domain.assessment import confirmation_interval

    study, best, _ = run(tmp_path, metric)
    low, high = confirmation_interval(study, best)
    lowest, highest = metric.score_limits
    assert lowest <= low <= best.confirmed_score <= high <= highest
