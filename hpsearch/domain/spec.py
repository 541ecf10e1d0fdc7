"""The question that a study asks: data, split, network, training, space, sampler and seed.

All values are frozen and check themselves. A spec never changes after a study was created; how
many trials answer it is the plan's affair and no part of it.
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

from hpsearch.domain.data_spec import DataSpec as DataSpec
from hpsearch.domain.data_spec import SplitSpec as SplitSpec
from hpsearch.domain.measurements import Measurement
from hpsearch.domain.search_plan import USUAL_GENERATION, Sampler, SearchPlan
from hpsearch.domain.space import Dependent, Space
from hpsearch.domain.toy_functions import TOY_FUNCTIONS
from hpsearch.errors import InvalidStudy


class Activation(StrEnum):
    """Non-linearity of the hidden layers."""

    RELU = "relu"
    LEAKY_RELU = "leaky_relu"
    SIGMOID = "sigmoid"
    TANH = "tanh"
    IDENTITY = "identity"


class InitialWeights(StrEnum):
    """Rule for the standard deviation of the normal initial weights; biases start at 0."""

    HE = "he"
    XAVIER = "xavier"
    GLOROT = "glorot"


class Optimizer(StrEnum):
    """Rule that turns gradients into steps."""

    SGD = "sgd"
    MOMENTUM = "momentum"
    NESTEROV = "nesterov"
    ADAGRAD = "adagrad"
    RMSPROP = "rmsprop"
    ADADELTA = "adadelta"
    ADAM = "adam"
    ADAMW = "adamw"


class AdamEpsilon(StrEnum):
    """Where Adam puts epsilon: beside the corrected root, or beside the uncorrected (the hat)."""

    STANDARD = "standard"
    HAT = "hat"


class Schedule(StrEnum):
    """How the learning rate changes over a training; all end where the last epoch does."""

    CONSTANT = "constant"
    STEP = "step"
    EXPONENTIAL = "exponential"
    INVERSE = "inverse"
    LINEAR = "linear"
    COSINE = "cosine"


class BatchNorm(StrEnum):
    """Batch normalisation of the hidden layers: none, before or after the activation."""

    OFF = "off"
    PRE = "pre"
    POST = "post"


class RunningStatistics(StrEnum):
    """Batch normalisation outside training: corrected for the start at 0, or as in the book."""

    UNBIASED = "unbiased"
    BOOK = "book"


class DropoutMode(StrEnum):
    """Scaled while training (inverted), or when the network is used, as in the book."""

    INVERTED = "inverted"
    BOOK = "book"


class DecayMode(StrEnum):
    """Weight decay as part of the gradient (coupled), or beside it (decoupled, as in AdamW)."""

    COUPLED = "coupled"
    DECOUPLED = "decoupled"


class ScoreEpoch(StrEnum):
    """Whose validation score a training gets: the last epoch's, or that of the lowest loss."""

    LAST = "last"
    BEST = "best"


class Minibatches(StrEnum):
    """How rows are drawn: each once per epoch, or with replacement as in the book's script."""

    PERMUTATION = "permutation"
    REPLACEMENT = "replacement"


class Precision(StrEnum):
    """Floating-point type of the training arrays."""

    FLOAT32 = "float32"
    FLOAT64 = "float64"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSpec:
    """A multi-layer perceptron without its input and output sizes.

    Attributes:
        hidden: widths of the hidden layers, input side first; empty for softmax regression.
        activation: non-linearity after each hidden layer.
        slope: slope of the leaky ReLU below 0.
        init: a rule, or the standard deviation itself.
        batchnorm: where each hidden layer is normalised over the minibatch, if at all.
        bn_running: statistics that stand in for the minibatch's outside training.
        residual: whether each hidden layer as wide as the one below adds its input to its output.
    """

    hidden: tuple[int, ...] = (128, 128)
    activation: Activation = Activation.RELU
    slope: float = 0.01
    init: InitialWeights | float = InitialWeights.HE
    batchnorm: BatchNorm = BatchNorm.OFF
    bn_running: RunningStatistics = RunningStatistics.UNBIASED
    residual: bool = False

    def __post_init__(self) -> None:
        for width in self.hidden:
            _require(1 <= width <= 65536, "hidden", f"width `{width}` is outside 1 to 65536")
        if isinstance(self.init, float):
            reason = f"standard deviation `{self.init}` must be positive: constant weights in a "
            reason += "layer receive the same gradient and stay identical for ever"
            is_random = math.isfinite(self.init) and self.init > 0
            _require(is_random, "init", reason, "use `init=he`, or a small number such as `0.01`")
        _require(0 <= self.slope < 1, "slope", f"`{self.slope}` is outside 0 to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSpec:
    """Settings of training; those that the space names are replaced by each configuration.

    A value of 0 turns off what has no other off switch.

    Attributes:
        optimizer: rule that turns gradients into steps.
        lr: learning rate.
        momentum: share of the last step that is kept (momentum and nesterov).
        beta1: Adam's average of gradients.
        beta2: Adam's average of squared gradients.
        rho: average of squared gradients of RMSProp and AdaDelta.
        eps: epsilon of the optimiser; None takes its usual one.
        eps_inside: whether AdaGrad and RMSProp put epsilon inside the root.
        adam_eps: where Adam puts epsilon.
        schedule: how the learning rate changes.
        warmup: share of the steps over which the learning rate first grows, in [0, 1).
        batch: rows of a minibatch; the last one of an epoch may be smaller.
        epochs: passes over the training rows.
        wd: weight decay λ; the loss grows by ½ λ Σ W² over all weights, not the biases.
        wd_mode: whether weight decay goes through the optimiser.
        l1: the loss grows by this times Σ |W| over all weights.
        max_norm: largest norm of the weights into one unit.
        dropout: share of hidden activations that are set to 0, in [0, 1).
        dropout_mode: when the others are scaled.
        clip_value: gradients are cut to this size, each for itself.
        clip_norm: the whole gradient is shortened to this length.
        label_smoothing: share of each target that is spread over all classes, in [0, 1).
        early_stopping: epochs without a lower validation loss after which training ends, with the
            weights of the best epoch.
        ensemble: networks, alike but for their initial weights and dropout masks, whose
            probabilities are averaged; 1 is a single network.
        score: the epoch whose validation measures count.
        minibatches: how rows are drawn.
        dtype: floating-point type.
        measure: what is measured beside the scores, which it does not change.
    """

    optimizer: Optimizer = Optimizer.SGD
    lr: float = 0.01
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    rho: float = 0.99
    eps: float | None = None
    eps_inside: bool = False
    adam_eps: AdamEpsilon = AdamEpsilon.STANDARD
    schedule: Schedule = Schedule.CONSTANT
    warmup: float = 0.0
    batch: int = 32
    epochs: int = 50
    wd: float = 0.0
    wd_mode: DecayMode = DecayMode.COUPLED
    l1: float = 0.0
    max_norm: float = 0.0
    dropout: float = 0.0
    dropout_mode: DropoutMode = DropoutMode.INVERTED
    clip_value: float = 0.0
    clip_norm: float = 0.0
    label_smoothing: float = 0.0
    early_stopping: int = 0
    ensemble: int = 1
    score: ScoreEpoch = ScoreEpoch.LAST
    minibatches: Minibatches = Minibatches.PERMUTATION
    dtype: Precision = Precision.FLOAT32
    measure: tuple[Measurement, ...] = ()

    def __post_init__(self) -> None:
        _require(self.batch >= 1, "batch", f"`{self.batch}` must be 1 or more")
        _require(self.epochs >= 1, "epochs", f"`{self.epochs}` must be 1 or more")
        _require(1 <= self.ensemble <= 100, "ensemble", f"`{self.ensemble}` is outside 1 to 100")
        for name in ("momentum", "beta1", "beta2", "rho", "warmup", "dropout", "label_smoothing"):
            value = getattr(self, name)
            _require(0 <= value < 1, name, f"`{value}` must be 0 or more, below 1")
        for name in ("l1", "max_norm", "clip_value", "clip_norm", "early_stopping"):
            value = getattr(self, name)
            is_size = value >= 0 and math.isfinite(value)
            _require(is_size, name, f"`{value}` must be 0 (off) or more")
        if self.eps is not None:
            _require(0 < self.eps < 1, "eps", f"`{self.eps}` is outside 0 to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class StudySpec:
    """The question of a study.

    Attributes:
        seed: source of all randomness, 0 or more.
        generation: trials proposed together; None for a whole stage, or where the sampler learns
            from results, for its usual number.
        repeats: times that each trial is trained, each time with fresh initial weights,
            minibatches and folds; its score is the mean over all of them.
        plan: stages, giving up early, baseline and confirmation.
    """

    data: DataSpec
    split: SplitSpec
    network: NetworkSpec
    training: TrainingSpec
    space: Space
    sampler: Sampler = Sampler.RANDOM
    seed: int = 0
    generation: int | None = None
    repeats: int = 1
    plan: SearchPlan = field(default_factory=SearchPlan)

    def __post_init__(self) -> None:
        _require(0 <= self.seed < 2**63, "seed", f"`{self.seed}` must be 0 or more, below 2^63")
        _require(1 <= self.repeats <= 1000, "repeats", f"`{self.repeats}` is outside 1 to 1000")
        if self.generation is None:
            object.__setattr__(self, "generation", USUAL_GENERATION.get(self.sampler))
        elif self.generation < 1:
            raise InvalidStudy("generation", f"`{self.generation}` must be 1 or more")
        self.plan.check(self.training.epochs)
        self._refuse_hidden_without_layers()
        is_normalised = self.network.batchnorm is not BatchNorm.OFF or "batchnorm" in self.space
        if is_normalised and self._may_take_single_rows():
            raise InvalidStudy(
                "batch",
                "`1` leaves batch normalisation nothing to normalise over",
                "use `batch=2` or more, or `batchnorm=off`",
            )

    @property
    def is_compared(self) -> bool:
        """Whether listed values are compared, rather than ranges searched."""
        return self.sampler is Sampler.GRID or self.data.name in TOY_FUNCTIONS

    @property
    def parts(self) -> tuple[tuple[int, int], ...]:
        """`(repeat, fold)` of each training of one trial, in order."""
        return tuple(product(range(self.repeats), range(self.split.fold_count)))

    def _may_take_single_rows(self) -> bool:
        searched = self.space.get("batch")
        if searched is None or isinstance(searched, Dependent):
            return self.training.batch == 1
        return 1 in searched or any(each.get("batch") == 1 for each in self.plan.tries)

    def _refuse_hidden_without_layers(self) -> None:
        if self.network.hidden or "depth" in self.space:
            return
        for name in ("width", "activation", "dropout", "batchnorm"):
            if name in self.space:
                raise InvalidStudy(
                    name,
                    "is never active without a hidden layer (`hidden=none`)",
                    "give `hidden` a layer, or search `depth`",
                )


def _require(holds: bool, field: str, reason: str, hint: str = "") -> None:  # noqa: FBT001
    if not holds:
        raise InvalidStudy(field, reason, hint)
