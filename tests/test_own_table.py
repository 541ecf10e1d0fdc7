"""From a table of one's own to predictions, with the real steps in between."""

import numpy as np
import pandas as pd
import pytest

from hpsearch.data import sources
from hpsearch.domain.trial import Purpose
from hpsearch.finalization import Wish, finalize
from hpsearch.model.model_file import load
from tests.stored_studies import run_sections


def churn(rows=400, seed=0):
    """Who leaves: the young, those in Rome, and some others; with gaps, an id and a constant."""
    rng = np.random.default_rng(seed)
    age, city = rng.integers(18, 80, rows), rng.choice(["Rome", "Oslo", "Bonn", "Lima"], rows)
    leaves = (age < 40) ^ (city == "Rome") ^ (rng.random(rows) < 0.05)
    spend = 10 * age + 100 * (city == "Lima") + rng.normal(0, 10, rows)
    frame = pd.DataFrame(
        {
            "customer_id": np.arange(1000, 1000 + rows),
            "age": np.where(rng.random(rows) < 0.1, np.nan, age),
            "city": city,
            "member": rng.random(rows) < 0.5,
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, rows), "D"),
            "country": "XY",
            "spend": spend.round(2),
            "churned": np.where(leaves, "yes", "no"),
        }
    )
    frame["since"] = frame.since.dt.strftime("%Y-%m-%d")
    return frame


def sections(target, **data):
    return {
        "data": {"name": "churn.csv", "target": target, **data},
        "split": {"folds": 3},
        "network": {"hidden": "16"},
        "training": {"epochs": 15},
        "space": {"text": "lr=0.05:0.3"},
        "search": {"trials": 4, "stages": 1, "prune": "none", "confirm": 0},
    }


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    churn().to_csv("churn.csv", index=False)
    return tmp_path


def finalized(folder, asked, networks=2):
    run_sections(folder, asked, "churn")
    return finalize(f"sqlite:///{folder}/hpsearch.db", Wish(name="churn", networks=networks))


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1"])
def test_classes(folder, metric):
    finished = finalized(folder, sections("churned", drop="spend", metric=metric))
    model, opening = load("churn.model.npz"), finished.opening
    assert model.classes == ("no", "yes")
    assert next(iter(opening.scores)) == metric
    assert opening.rows == 80
    assert opening.scores["accuracy"] > 0.75 > opening.scores["chance"]
    new = churn(300, seed=1)
    assert (
        model.predict(new.drop(columns=["churned", "customer_id"])) == new.churned
    ).mean() > 0.75
    assert model.predict_proba(new).sum(axis=1) == pytest.approx(np.ones(300))


def test_the_score_is_that_of_the_model_on_the_rows_set_aside(folder):
    finished = finalized(folder, sections("churned", drop="spend"))
    spec = finished.study.spec
    raw = sources.load_test_part(spec.data, spec.seed)
    frame = churn()
    found = load("churn.model.npz").predict_proba(frame)
    right = found[places_set_aside(finished, frame)].argmax(axis=1) == raw.y
    assert finished.opening.scores["accuracy"] == pytest.approx(right.mean())


def test_numbers_are_predicted_in_their_own_unit(folder):
    finished = finalized(folder, sections("spend", drop="churned"))
    model, scores = load("churn.model.npz"), finished.opening.scores
    assert model.classes == ()
    assert scores["r2"] > 0.8
    new = churn(300, seed=1)
    error = model.predict(new) - new.spend
    assert np.sqrt((error**2).mean()) == pytest.approx(scores["rmse"], rel=0.5)
    assert scores["rmse"] < new.spend.std() / 2


@pytest.mark.parametrize("target", ["churned", "spend"])
def test_a_model_answers_to_the_rows_it_learned_as_its_trainer_measured(folder, target):
    drop = {"churned": "spend", "spend": "churned"}[target]
    finished = finalized(folder, sections(target, drop=drop), networks=1)
    (final,) = finished.study.trials[finished.trial.number].of(Purpose.FINAL)
    frame, sealed = churn(), finished.opening.rows
    learned = frame.drop(index=places_set_aside(finished, frame))
    assert len(learned) == len(frame) - sealed
    answers = load("churn.model.npz").predict(learned)
    if target == "churned":
        score = (answers == learned.churned).mean()
    else:
        score = 1 - ((answers - learned.spend) ** 2).mean() / learned.spend.var(ddof=0)
    assert score == pytest.approx(final.train_score, rel=1e-4)


def places_set_aside(finished, frame):
    """Positions of the rows of the test part."""
    spec, inputs = finished.study.spec, finished.model.inputs
    sealed = inputs.preparation.encoding.features(sources.load_test_part(spec.data, spec.seed).x)
    whole = inputs.transform(frame)
    return [int(np.flatnonzero((whole == row).all(axis=1))[0]) for row in sealed]


def test_rows_set_aside_have_no_part_in_the_model(folder):
    """The same model comes out whatever stands in the inputs of the test part."""
    asked = sections("churned", drop="spend")
    first = finalized(folder, asked)
    frame = churn()
    places = places_set_aside(first, frame)
    frame.loc[places, "age"] = 1000
    frame.loc[places, "city"] = "Atlantis"
    other = folder / "other"
    other.mkdir()
    frame.to_csv("churn.csv", index=False)
    run_sections(other, asked, "churn")
    second = finalize(
        f"sqlite:///{other}/hpsearch.db", Wish(name="churn", networks=2, output=other / "m.npz")
    )
    assert second.path.read_bytes() == first.path.read_bytes()
    assert second.opening.fingerprint != first.opening.fingerprint
