"""The catalogue of hyperparameters: what a study may vary, and where its range comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

from hpsearch.domain.space import (
    Choices,
    IntegerRange,
    Range,
    Scale,
    Searchable,
    Side,
    Switched,
    Value,
)
from hpsearch.domain.spec import Activation, DropoutMode, InitialWeights, Optimizer, Schedule
from hpsearch.errors import UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameter:
    """A setting of training that a study may vary.

    Attributes:
        name: what the user types.
        meaning: one plain sentence.
        range: searched when a space names it without bounds.
        hard_low: the smallest number that makes sense; no range goes below it.
        hard_high: the largest number that makes sense; no range goes above it.
        default: the value of a network whose study does not search it.
        source: where the default range comes from.
        by_optimizer: ranges for particular optimisers, where they differ.
        only_with: optimisers with which it is active; empty for all.
        unstable_side: the end at which training breaks down; None where neither is known to.
    """

    name: str
    meaning: str
    range: Searchable
    hard_low: float = 0.0
    hard_high: float = 0.0
    default: Value
    source: str
    by_optimizer: tuple[tuple[Optimizer, Range], ...] = ()
    only_with: tuple[Optimizer, ...] = ()
    unstable_side: Side | None = None


def _log(low: float, high: float) -> Range:
    return Range(low=low, high=high, scale=Scale.LOG)


def _linear(low: float, high: float) -> Range:
    return Range(low=low, high=high, scale=Scale.LINEAR)


RATES = {
    Optimizer.SGD: _log(1e-4, 1),
    Optimizer.MOMENTUM: _log(1e-5, 0.3),
    Optimizer.NESTEROV: _log(1e-5, 0.3),
    Optimizer.ADAGRAD: _log(1e-4, 1),
    Optimizer.RMSPROP: _log(1e-5, 0.1),
    Optimizer.ADAM: _log(1e-5, 0.1),
    Optimizer.ADAMW: _log(1e-5, 0.1),
}

CATALOGUE: Mapping[str, Hyperparameter] = {
    each.name: each
    for each in (
        Hyperparameter(
            name="lr",
            meaning="learning rate: length of each step of the optimiser",
            range=RATES[Optimizer.SGD],
            hard_low=1e-7,
            hard_high=10.0,
            default=0.01,
            source="Bengio 2012 (default 0.01); the usual 1e-6..1e-2 ends below the best for SGD",
            by_optimizer=tuple(RATES.items()),
            only_with=tuple(RATES),
            unstable_side=Side.HIGH,
        ),
        Hyperparameter(
            name="wd",
            meaning="weight decay: the loss grows by half of it times the sum of squared weights",
            range=Switched(_log(1e-6, 0.1)),
            hard_low=1e-12,
            hard_high=10.0,
            default=0.0,
            source="LCBench 1e-5..0.1; Gorishniy et al. 2021: off, or 1e-6..1e-3",
        ),
        Hyperparameter(
            name="momentum",
            meaning="share of the last step that is kept",
            range=_linear(0.5, 0.99),
            hard_high=0.9999,
            default=0.9,
            source="LCBench 0.1..0.99",
            only_with=(Optimizer.MOMENTUM, Optimizer.NESTEROV),
        ),
        Hyperparameter(
            name="dropout",
            meaning="share of hidden activations that are set to 0 in each step",
            range=Switched(_linear(0.05, 0.5)),
            hard_high=0.95,
            default=0.0,
            source="Gorishniy et al. 2021: off, or 0..0.5",
        ),
        Hyperparameter(
            name="dropout_mode",
            meaning="whether dropout scales while training, or when the network is used (book)",
            range=Choices(tuple(DropoutMode)),
            default=DropoutMode.INVERTED,
            source="both forms of the study notes; the same in expectation",
        ),
        Hyperparameter(
            name="width",
            meaning="units of each hidden layer",
            range=IntegerRange(low=16, high=512),
            hard_low=1,
            hard_high=65536,
            default=128,
            source="HPOBench 16..1024; Gorishniy et al. 2021 1..512",
        ),
        Hyperparameter(
            name="depth",
            meaning="number of hidden layers",
            range=IntegerRange(low=1, high=4, scale=Scale.LINEAR),
            hard_low=0,
            hard_high=1000,
            default=2,
            source="HPOBench 1..3; LCBench 1..5",
        ),
        Hyperparameter(
            name="batch",
            meaning="rows of a minibatch; best left alone unless time is the question",
            range=IntegerRange(low=16, high=256),
            hard_low=1,
            hard_high=1e9,
            default=32,
            source="Gorishniy et al. 2021 128..1024 by rows; the Playbook: do not tune it",
        ),
        Hyperparameter(
            name="activation",
            meaning="non-linearity of the hidden layers",
            range=Choices((Activation.RELU, Activation.LEAKY_RELU, Activation.TANH)),
            default=Activation.RELU,
            source="the functions of the study notes but sigmoid and identity",
        ),
        Hyperparameter(
            name="init",
            meaning="rule for the initial weights",
            range=Choices(tuple(InitialWeights)),
            default=InitialWeights.HE,
            source="He for ReLU, Xavier or Glorot for sigmoid and tanh",
        ),
        Hyperparameter(
            name="optimizer",
            meaning="rule that turns gradients into steps; lr has a range for each",
            range=Choices((Optimizer.SGD, Optimizer.MOMENTUM, Optimizer.ADAM)),
            default=Optimizer.SGD,
            source="the optimisers of the study notes",
        ),
        Hyperparameter(
            name="batchnorm",
            meaning="batch normalisation of the hidden layers",
            range=Choices(("off", "pre")),
            default="off",
            source="Ioffe and Szegedy 2015: before the activation",
        ),
        Hyperparameter(
            name="residual",
            meaning="hidden layers as wide as the one below add their input to their output",
            range=Choices(("off", "on")),
            default="off",
            source="He et al. 2016; worth it from about ten layers on",
        ),
        Hyperparameter(
            name="schedule",
            meaning="how the learning rate changes over a training",
            range=Choices((Schedule.CONSTANT, Schedule.LINEAR, Schedule.COSINE)),
            default=Schedule.CONSTANT,
            source="Deep Learning Tuning Playbook: constant first, then linear or cosine",
        ),
        Hyperparameter(
            name="early_stopping",
            meaning="epochs without a lower validation loss after which training ends",
            range=Choices(("off", 16)),
            default="off",
            source="Gorishniy et al. 2021: 16",
        ),
        Hyperparameter(
            name="l1",
            meaning="the loss grows by this times the sum of absolute weights",
            range=Switched(_log(1e-7, 1e-2)),
            hard_low=1e-12,
            hard_high=1.0,
            default=0.0,
            source="a decade below weight decay: its pull does not fade with the weight",
        ),
        Hyperparameter(
            name="max_norm",
            meaning="largest norm of the weights into one unit",
            range=Switched(_log(0.5, 8.0)),
            hard_low=1e-3,
            hard_high=1e3,
            default=0.0,
            source="Srivastava et al. 2014: 3 to 4",
        ),
        Hyperparameter(
            name="clip_norm",
            meaning="the whole gradient is shortened to this length",
            range=Switched(_log(0.1, 10.0)),
            hard_low=1e-6,
            hard_high=1e6,
            default=0.0,
            source="about the 90 % quantile of the gradient norms (Deep Learning Tuning Playbook)",
        ),
        Hyperparameter(
            name="clip_value",
            meaning="each component of the gradient is cut to this size",
            range=Switched(_log(1e-3, 1.0)),
            hard_low=1e-9,
            hard_high=1e6,
            default=0.0,
            source="the study notes name it without a value; a component is far below the norm",
        ),
        Hyperparameter(
            name="ensemble",
            meaning="networks whose probabilities are averaged; each costs a training",
            range=IntegerRange(low=1, high=5, scale=Scale.LINEAR),
            hard_low=1,
            hard_high=100,
            default=1,
            source="the study notes: five",
        ),
        Hyperparameter(
            name="label_smoothing",
            meaning="share of each target that is spread over all classes",
            range=Switched(_linear(0.01, 0.2)),
            hard_high=0.9,
            default=0.0,
            source="Szegedy et al. 2016: 0.1",
        ),
    )
}


def hyperparameter(name: str) -> Hyperparameter:
    """Entry of the catalogue.

    Raises:
        UnknownName: no such hyperparameter; the error names the closest one.
    """
    if name not in CATALOGUE:
        raise UnknownName("hyperparameter", name, CATALOGUE)
    return CATALOGUE[name]
