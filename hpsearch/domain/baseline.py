"""What is achieved without learning anything: the measure of whether something was learned."""

import math
from dataclasses import dataclass

from hpsearch.domain.dataset import DataFacts
from hpsearch.domain.task import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What the best constant prediction achieves: nothing was learned by what does no better.

    Attributes:
        constant_loss: its mean loss H0: the entropy of the class shares in nats, or the variance
            of the targets where the loss is a squared error.
        loss_limit: training loss above which a training counts as diverged.
        score_limit: accuracy from which on something was learned; None without accuracies.
        accuracy_rows: validation rows on which the score is an accuracy, whose noise follows from
            their number; None where the score is something else.
    """

    constant_loss: float
    loss_limit: float
    score_limit: float | None
    accuracy_rows: int | None = None


def baseline(facts: DataFacts, metric: Metric = Metric.ACCURACY) -> Baseline:
    """Baseline of a data set.

    Of classes: diverged above 10 ln C; learned, by accuracy, from majority + max(0.1 (1 -
    majority), 3 standard errors of the majority's share among the validation rows).
    """
    if facts.target_deviation is not None:
        return baseline_of_regression(facts.constant_loss or 1.0)
    is_accuracy = metric is Metric.ACCURACY
    majority, chance_loss = facts.majority_share, math.log(max(2, facts.class_count))
    error = math.sqrt(majority * (1 - majority) / max(1, facts.validation_rows))
    return Baseline(
        constant_loss=chance_loss if facts.constant_loss is None else facts.constant_loss,
        loss_limit=10 * chance_loss,
        score_limit=majority + max(0.1 * (1 - majority), 3 * error) if is_accuracy else None,
        accuracy_rows=facts.validation_rows if is_accuracy and not facts.is_function else None,
    )


def baseline_of_regression(variance: float) -> Baseline:
    """Baseline of regression, by the variance of its targets: diverged above 100 times it."""
    return Baseline(constant_loss=variance, loss_limit=100 * variance, score_limit=None)
