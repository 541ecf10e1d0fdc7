"""The search as an estimator: scikit-learn's own checks, and what a user does with it."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

from hpsearch.estimator import MLPSearchCV

QUICK = {"stages": 1, "confirm": 0, "prune": "none", "optimizer": "adam"}


def quick(space="lr", **values):
    given = {"trials": 3, "epochs": 20, "hidden": (16,), "networks": 1, "settings": QUICK}
    return MLPSearchCV(space, **given | values)


# No exception is listed: every check is passed, or skipped by scikit-learn itself.
EXPECTED_TO_FAIL: dict[str, str] = {}


@parametrize_with_checks(
    [quick(task="classification"), quick(task="regression")],
    expected_failed_checks=lambda _: EXPECTED_TO_FAIL,
)
def test_scikit_learn_finds_an_estimator(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def iris():
    return load_iris(as_frame=True)


def test_classes_of_text_come_back_as_text(iris):
    names = iris.target_names[iris.target]
    fitted = quick(trials=5).fit(iris.data, names)
    assert fitted.score(iris.data, names) > 0.9
    assert set(fitted.predict(iris.data[:9])) <= set(names)
    shares = fitted.predict_proba(iris.data)
    assert shares.shape == (150, 3)
    assert (fitted.classes_[shares.argmax(axis=1)] == fitted.predict(iris.data)).all()


def test_numbers_are_predicted_in_their_own_unit():
    data = load_diabetes()
    fitted = quick(task="regression", trials=5).fit(data.data, data.target)
    assert fitted.score(data.data, data.target) > 0.4
    assert not hasattr(fitted, "predict_proba")


def test_the_results_are_laid_out_like_those_of_scikit_learn(iris):
    search = quick("lr,optimizer=momentum|adam,momentum", trials=6, cv=3)
    search.settings = {key: value for key, value in QUICK.items() if key != "optimizer"}
    fitted = search.fit(iris.data, iris.target)
    results = fitted.cv_results_
    best = fitted.best_index_
    assert results["params"][best] == fitted.best_params_
    assert results["rank_test_score"][best] == 1
    assert fitted.n_splits_ == 3
    splits = np.array([results[f"split{fold}_test_score"] for fold in range(3)])
    assert results["mean_test_score"] == pytest.approx(splits.mean(axis=0))
    assert fitted.best_score_ == pytest.approx(results["mean_test_score"][best])
    inactive = [params.get("optimizer") == "adam" for params in results["params"]]
    assert results["param_momentum"].mask.tolist() == inactive
    assert len(pd.DataFrame(results)) == 6


def test_frames_may_hold_text_and_gaps():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"city": rng.choice(["Rome", "Oslo"], 90), "age": rng.integers(20, 60, 90).astype(float)},
        index=[f"row {index}" for index in range(90)],
    )
    y = (frame.city == "Rome") ^ (frame.age > 40)
    frame.loc[frame.index[::10], "age"] = np.nan
    fitted = quick(epochs=60).fit(frame, y)
    assert fitted.score(frame, y) > 0.8
    assert fitted.predict(frame).dtype == bool
    assert fitted.feature_names_in_.tolist() == ["city", "age"]


def test_it_stands_in_pipelines_and_cross_validation(iris):
    pipeline = make_pipeline(FunctionTransformer(), quick())
    assert cross_val_score(pipeline, iris.data, iris.target, cv=2).mean() > 0.8


def test_the_seed_decides(iris):
    first, same = (quick().fit(iris.data, iris.target).predict_proba(iris.data) for _ in range(2))
    other = quick(random_state=1).fit(iris.data, iris.target).predict_proba(iris.data)
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"space": "learning"}, "unknown hyperparameter `learning`"),
        ({"settings": {"optimiser": "adam"}}, "unknown setting `optimiser`"),
        ({"cv": 99}, "smallest class"),
        ({"task": "clustering"}, "clustering"),
        ({"metric": "r2"}, "r2"),
    ],
)
def test_what_makes_no_sense_is_a_value_error(iris, values, said):
    with pytest.raises(ValueError, match=said):
        quick(**values).fit(iris.data, iris.target)


def test_before_it_is_fitted_it_says_so(iris):
    with pytest.raises(NotFittedError):
        quick().predict(iris.data)
