"""What is predicted, and the metric that says how well."""

import math
from enum import StrEnum


class Task(StrEnum):
    """Kind of target: one of several classes, or a number."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"


class Direction(StrEnum):
    """Which values of a metric are better: high or low ones."""

    MAXIMIZE = "maximize"
    MINIMIZE = "minimize"


class Metric(StrEnum):
    """What trials are ranked by.

    Definitions are scikit-learn's: `balanced_accuracy` is the mean recall of the classes that
    occur, `macro_f1` the mean F1 over classes, `roc_auc` the area under the ROC curve (of each
    class against the rest, averaged, where there are more than two), `log_loss` the mean
    cross-entropy in nats, `rmse` and `mae` are in the target's own unit.

    A *score* is higher where better, whatever the metric: the score of a metric that is minimised
    is minus its value.
    """

    ACCURACY = "accuracy"
    BALANCED_ACCURACY = "balanced_accuracy"
    LOG_LOSS = "log_loss"
    MACRO_F1 = "macro_f1"
    ROC_AUC = "roc_auc"
    R2 = "r2"
    RMSE = "rmse"
    MAE = "mae"

    @property
    def task(self) -> Task:
        """The task that it measures."""
        is_number = self in (Metric.R2, Metric.RMSE, Metric.MAE)
        return Task.REGRESSION if is_number else Task.CLASSIFICATION

    @property
    def direction(self) -> Direction:
        """Which of its values are better."""
        return Direction.MINIMIZE if self in MINIMIZED else Direction.MAXIMIZE

    @property
    def words(self) -> str:
        """Its name in a sentence."""
        return TITLES[self]

    def score(self, value: float) -> float:
        """The score of a value of the metric, and the value of a score: the sign may change."""
        return -value if self.direction is Direction.MINIMIZE else value

    @property
    def score_limits(self) -> tuple[float, float]:
        """The lowest and the highest score that there can be; infinite where there is no end."""
        if self.direction is Direction.MINIMIZE:
            return -math.inf, 0.0
        return (-math.inf if self is Metric.R2 else 0.0), 1.0


MINIMIZED = (Metric.LOG_LOSS, Metric.RMSE, Metric.MAE)
USUAL_METRIC = {Task.CLASSIFICATION: Metric.ACCURACY, Task.REGRESSION: Metric.R2}
TITLES = {
    Metric.ACCURACY: "accuracy",
    Metric.BALANCED_ACCURACY: "balanced accuracy",
    Metric.LOG_LOSS: "log loss",
    Metric.MACRO_F1: "macro F1",
    Metric.ROC_AUC: "ROC AUC",
    Metric.R2: "R²",
    Metric.RMSE: "RMSE",
    Metric.MAE: "MAE",
}
