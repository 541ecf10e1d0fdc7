"""A search as an estimator of scikit-learn."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils import (
    ClassifierTags,
    RegressorTags,
    assert_all_finite,
    check_random_state,
)
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    check_array,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from hpsearch import bootstrap, finalization
from hpsearch.data import in_memory
from hpsearch.domain.keywords import keyword_sections
from hpsearch.domain.ranking import ranked
from hpsearch.domain.task import Task
from hpsearch.domain.trial import Purpose, Trial
from hpsearch.domain.usual_training import TABLE_EPOCHS
from hpsearch.errors import InvalidInput
from hpsearch.execution.blas import one_thread

NAME = "search"


def _classifies(estimator: MLPSearchCV) -> bool:
    """Whether it predicts classes, which have probabilities."""
    return estimator.task == Task.CLASSIFICATION


class MLPSearchCV(BaseEstimator):  # type: ignore[misc]
    """Searches hyperparameters of a multi-layer perceptron, then trains the best on all rows.

    Columns are prepared for each fold by what its own training rows teach: numbers standardised,
    missing values filled in, text one-hot. Fitted networks answer together.

    Args:
        space: what to search, as on the command line: `lr,wd`, or `lr=1e-3:1,dropout`.
        task: `classification` or `regression`.
        trials: configurations to try.
        cv: folds on which each is scored; None is 5, or as many as the smallest class has rows.
        metric: what they are ranked by; None is accuracy, or R².
        epochs: passes over the training rows.
        hidden: widths of the hidden layers, where `width` and `depth` are not searched.
        networks: networks that are trained at the end, each from a seed of its own.
        settings: any other keys of a study file, such as `{"prune": "none", "batch": 64}`.
        workers: processes that train; 1 trains in this one.
        random_state: source of all randomness.

    Attributes:
        best_params_: the best configuration.
        best_score_: its confirmed score, where finalists were confirmed, else that of the search.
        best_index_: where it stands in `cv_results_`.
        cv_results_: scores of all trials, in the layout of scikit-learn's searches; NaN where a
            trial was given up.
        classes_: of a classification.
        model_: what predicts; `hpsearch.model.model_file.saved` writes it to a file.
        n_splits_: folds.
        refit_time_: seconds of the final trainings.
    """

    def __init__(
        self,
        space: str = "lr,wd",
        *,
        task: str = "classification",
        trials: int = 60,
        cv: int | None = None,
        metric: str | None = None,
        epochs: int = TABLE_EPOCHS,
        hidden: tuple[int, ...] = (128, 128),
        networks: int = 5,
        settings: dict[str, Any] | None = None,
        workers: int = 1,
        random_state: Any = 0,
    ) -> None:
        self.space = space
        self.task = task
        self.trials = trials
        self.cv = cv
        self.metric = metric
        self.epochs = epochs
        self.hidden = hidden
        self.networks = networks
        self.settings = settings
        self.workers = workers
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn should know: kind of estimator, and that values may be missing."""
        tags = super().__sklearn_tags__()
        is_class = self.task == "classification"
        tags.estimator_type = "classifier" if is_class else "regressor"
        tags.classifier_tags = ClassifierTags() if is_class else None
        tags.regressor_tags = None if is_class else RegressorTags()
        tags.target_tags.required = True
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: Any, y: Any) -> MLPSearchCV:
        """Search, and train the best configuration on all rows.

        Args:
            X: a frame, or an array `(row, column)`.
            y: classes or numbers, `(row,)`.

        Raises:
            ValueError: data that cannot be searched on.
        """
        task = Task(self.task)
        frame, targets = self._checked(X, y)
        if task is Task.CLASSIFICATION:
            check_classification_targets(targets)
            self.classes_, targets = np.unique(targets, return_inverse=True)
            if len(self.classes_) < 2:
                raise ValueError("the classifier needs rows of two classes or more, not one class")
        frame = frame.assign(**{in_memory.TARGET: targets})
        with tempfile.TemporaryDirectory(prefix="hpsearch-") as folder:
            try:
                with one_thread():
                    self._search(frame, Path(folder), task)
            except InvalidInput as error:
                raise ValueError(f"{error.message} ({error.hint})") from error
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Class, or number, of each row."""
        answers = self._asked(X, "predict")
        return self.classes_[answers] if self.task == "classification" else answers

    def score(self, X: Any, y: Any) -> float:
        """Accuracy, or R²."""
        measure = accuracy_score if self.task == "classification" else r2_score
        return float(measure(y, self.predict(X)))

    @available_if(_classifies)  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probability of each class, `(row, class)`, in the order of `classes_`."""
        return self._asked(X, "predict_proba")

    def _asked(self, X: Any, method: str) -> NDArray[Any]:
        check_is_fitted(self)
        frame = self._frame(X, reset=False)
        with one_thread():
            try:
                answers: NDArray[Any] = getattr(self.model_, method)(frame)
            except InvalidInput as error:
                raise ValueError(f"{error.message} ({error.hint})") from error
        return answers

    def _checked(self, X: Any, y: Any) -> tuple[Any, NDArray[Any]]:
        if y is None:
            raise ValueError("MLPSearchCV requires y to be passed, but the target y is None")
        frame = self._frame(X, reset=True)
        if len(frame) < 2:
            raise ValueError(
                f"n_samples={len(frame)}: a search needs rows to train and to validate"
            )
        targets = column_or_1d(y, warn=True)
        assert_all_finite(targets, input_name="y")
        if self.task == "regression":
            targets = check_array(targets, ensure_2d=False, dtype=np.float64, input_name="y")
        check_consistent_length(frame, targets)
        return frame, targets

    def _frame(self, X: Any, *, reset: bool) -> Any:
        """`X` as a frame with columns `x0`, `x1` and so on; other frames keep their text."""
        if hasattr(X, "columns") and hasattr(X, "iloc"):
            validate_data(self, X, reset=reset, skip_check_array=True)
            values = X.reset_index(drop=True)
        else:
            values = pd.DataFrame(
                validate_data(self, X, reset=reset, ensure_all_finite="allow-nan")
            )
        return values.set_axis([f"x{index}" for index in range(values.shape[1])], axis=1)

    def _search(self, frame: Any, folder: Path, task: Task) -> None:
        sections = self._sections(frame, folder, task)
        storage = f"sqlite:///{folder}/search.db"
        question = bootstrap.ask(None, sections, NAME)
        with bootstrap.run_question(storage, question, self.workers) as run:
            for _ in run.events:
                pass
        started = time.perf_counter()
        wish = finalization.Wish(
            name=NAME, networks=self.networks, output=folder / f"{NAME}.npz", is_again=True
        )
        finished = finalization.finalize(storage, wish)
        self.refit_time_ = time.perf_counter() - started
        self.model_ = finished.model
        best, study = finished.trial, finished.study
        self.n_splits_ = study.spec.split.fold_count
        self.best_params_ = dict(best.configuration)
        self.best_score_ = best.score if best.confirmed_score is None else best.confirmed_score
        self.best_index_ = next(
            index for index, each in enumerate(study.trials) if each.number == best.number
        )
        self.cv_results_ = cv_results(study.trials, self.n_splits_)

    def _sections(self, frame: Any, folder: Path, task: Task) -> dict[str, dict[str, Any]]:
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        asked = {
            "trials": self.trials,
            "epochs": self.epochs,
            "hidden": list(self.hidden),
            "seed": seed,
            "target": in_memory.TARGET,
            "task": task.value,
            "test": 0.0,
        }
        given = {"folds": self.cv, "metric": self.metric}
        asked |= {key: value for key, value in given.items() if value is not None}
        sections = keyword_sections(asked | (self.settings or {}))
        sections["data"]["name"] = str(in_memory.table_file(frame, folder))
        sections["space"] = {"text": self.space}
        return sections


def cv_results(trials: tuple[Trial, ...], splits: int) -> dict[str, Any]:
    """Scores of trials in the layout of scikit-learn's `cv_results_`; NaN where there is none."""
    table = [_fold_scores(trial, splits) for trial in trials]
    scores = np.array(table, np.float64).reshape(len(trials), -1)
    names = dict.fromkeys(name for trial in trials for name in trial.configuration)
    order = {trial.number: rank for rank, trial in enumerate(ranked(trials), 1)}
    params = {f"param_{name}": _column(trials, name) for name in names}
    return {
        "params": [dict(trial.configuration) for trial in trials],
        **params,
        **{f"split{index}_test_score": column for index, column in enumerate(scores.T)},
        "mean_test_score": scores.mean(axis=1),
        "std_test_score": scores.std(axis=1),
        "rank_test_score": np.array([order[trial.number] for trial in trials], np.int32),
        "mean_fit_time": np.array([trial.seconds / splits for trial in trials]),
        "state": np.array([trial.outcome.state.value for trial in trials]),
    }


def _fold_scores(trial: Trial, splits: int) -> list[float]:
    scores = [np.nan] * splits
    for each in trial.of(Purpose.SEARCH):
        if each.validation_score is not None:
            scores[each.planned.fold] = each.validation_score
    return scores


def _column(trials: tuple[Trial, ...], name: str) -> Any:
    values = [trial.configuration.get(name) for trial in trials]
    is_missing = [value is None for value in values]
    return np.ma.MaskedArray(values, mask=is_missing, dtype=object)
