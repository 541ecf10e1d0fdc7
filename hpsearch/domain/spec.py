"""The question that a study asks: data, split, network, training, space, sampler and seed.

All values are frozen and check themselves. A spec never changes after a study was created; how
many trials answer it is the plan's affair and no part of it.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from hpsearch.domain.space import Space
from hpsearch.errors import InvalidStudy


class Activation(StrEnum):
    """Non-linearity of the hidden layers."""

    RELU = "relu"
    SIGMOID = "sigmoid"
    TANH = "tanh"


class InitialWeights(StrEnum):
    """Rule for the standard deviation of the normal initial weights; biases start at 0."""

    HE = "he"
    XAVIER = "xavier"
    GLOROT = "glorot"


class Optimizer(StrEnum):
    """Rule that turns gradients into steps."""

    SGD = "sgd"


class Minibatches(StrEnum):
    """How rows are drawn: each once per epoch, or with replacement as in the book's script."""

    PERMUTATION = "permutation"
    REPLACEMENT = "replacement"


class Precision(StrEnum):
    """Floating-point type of the training arrays."""

    FLOAT32 = "float32"
    FLOAT64 = "float64"


class Sampler(StrEnum):
    """How configurations are proposed."""

    RANDOM = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSpec:
    """Which rows are searched on.

    Attributes:
        name: a built-in data set.
        rows: rows drawn for the search by a seeded shuffle; None takes all that there are.
    """

    name: str
    rows: int | None = None

    def __post_init__(self) -> None:
        if self.rows is not None:
            _require(self.rows >= 4, "rows", f"`{self.rows}` is too few to train on")


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitSpec:
    """K folds, or one validation share; exactly one of the two is set."""

    folds: int | None = None
    holdout: float | None = None

    def __post_init__(self) -> None:
        if (self.folds is None) == (self.holdout is None):
            raise InvalidStudy("split", "needs either `folds` or `holdout`, not both or neither")
        if self.folds is not None:
            _require(self.folds >= 2, "folds", f"`{self.folds}` must be 2 or more")
        if self.holdout is not None:
            _require(0 < self.holdout < 1, "holdout", f"`{self.holdout}` must lie between 0 and 1")

    def train_rows(self, rows: int) -> int:
        """Rows that train, of `rows` in all, in the fold that has the fewest."""
        share = 1 / self.folds if self.folds else self.holdout or 0.0
        return rows - math.ceil(rows * share)

    @property
    def fold_count(self) -> int:
        """Number of trainings of one trial: K, or 1 for a holdout split."""
        return self.folds or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSpec:
    """A multi-layer perceptron without its input and output sizes.

    Attributes:
        hidden: widths of the hidden layers, input side first; empty for softmax regression.
        activation: non-linearity after each hidden layer.
        init: a rule, or the standard deviation itself.
    """

    hidden: tuple[int, ...] = (128, 128)
    activation: Activation = Activation.RELU
    init: InitialWeights | float = InitialWeights.HE

    def __post_init__(self) -> None:
        for width in self.hidden:
            _require(1 <= width <= 65536, "hidden", f"width `{width}` is outside 1 to 65536")
        if isinstance(self.init, float):
            reason = f"standard deviation `{self.init}` must be positive: constant weights in a "
            reason += "layer receive the same gradient and stay identical for ever"
            _require(math.isfinite(self.init) and self.init > 0, "init", reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSpec:
    """Settings of training; those that the space names are replaced by each configuration.

    Attributes:
        optimizer: rule that turns gradients into steps.
        lr: learning rate.
        wd: weight decay λ; the loss grows by ½ λ Σ W² over all weights, not the biases.
        batch: rows of a minibatch; the last one of an epoch may be smaller.
        epochs: passes over the training rows.
        minibatches: how rows are drawn.
        dtype: floating-point type.
    """

    optimizer: Optimizer = Optimizer.SGD
    lr: float = 0.01
    wd: float = 0.0
    batch: int = 32
    epochs: int = 50
    minibatches: Minibatches = Minibatches.PERMUTATION
    dtype: Precision = Precision.FLOAT32

    def __post_init__(self) -> None:
        _require(self.batch >= 1, "batch", f"`{self.batch}` must be 1 or more")
        _require(self.epochs >= 1, "epochs", f"`{self.epochs}` must be 1 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class StudySpec:
    """The question of a study.

    Attributes:
        seed: source of all randomness, 0 or more.
    """

    data: DataSpec
    split: SplitSpec
    network: NetworkSpec
    training: TrainingSpec
    space: Space
    sampler: Sampler = Sampler.RANDOM
    seed: int = 0

    def __post_init__(self) -> None:
        _require(0 <= self.seed < 2**63, "seed", f"`{self.seed}` must be 0 or more, below 2^63")


def _require(holds: bool, field: str, reason: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise InvalidStudy(field, reason)
