"""A model: trained networks with all that is needed to predict from data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.errors import InvalidInput
from hpsearch.model.array_inputs import ArrayInputs
from hpsearch.model.table_inputs import TableInputs
from hpsearch.training.trained_network import TrainedNetwork, outputs

if TYPE_CHECKING:
    import pandas as pd

    Data = NDArray[Any] | pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """What `hpsearch finalize` makes of a study; predicts like an estimator of scikit-learn.

    Attributes:
        network: the networks, which answer together.
        classes: name of each class, by index; none where numbers are predicted.
        inputs: how data become inputs.
        about: where it comes from, as values that JSON can hold: `study`, `trial`,
            `configuration`, `spec`, `data` (name, rows and fingerprint) and `version`.
        unit: what an output of 0 stands for, and the size of 1, where numbers are predicted.
    """

    network: TrainedNetwork
    classes: tuple[str, ...]
    inputs: ArrayInputs | TableInputs
    about: Mapping[str, Any]
    unit: tuple[float, float] = (0.0, 1.0)

    @property
    def classes_(self) -> NDArray[Any]:
        """The classes, in the order of the columns of `predict_proba`."""
        return labels(self.classes)

    def predict(self, data: Data) -> NDArray[Any]:
        """The most probable class of each row, or the predicted number, `(row,)`.

        Classes that are whole numbers come as integers, `True` and `False` as truth values, all
        others as text.

        Args:
            data: a frame with the columns of the search, in any order, or an array with its
                numbers in a row.

        Raises:
            InvalidInput: the data do not fit the model.
        """
        answers = self._answers(data)
        if not self.classes:
            return self.in_unit(answers[:, 0])
        return np.asarray(self.classes_[answers.argmax(axis=1)])

    def predict_proba(self, data: Data) -> NDArray[np.float64]:
        """Probability of each class, `(row, class)`.

        Raises:
            InvalidInput: the data do not fit the model, or it predicts numbers.
        """
        if not self.classes:
            hint = "leave `--probabilities` out; in Python, use `predict`"
            raise InvalidInput("the model predicts numbers, which have no probabilities", hint)
        return softmax(self._answers(data))

    def in_unit(self, answers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Outputs in the unit of the target."""
        zero, one = self.unit
        return answers * one + zero

    def _answers(self, data: Data) -> NDArray[np.float64]:
        x = self.inputs.transform(data)
        return outputs(self.network, x, is_class=bool(self.classes)).astype(np.float64)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities, `(row, class)`, from logits of the same shape."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def labels(classes: tuple[str, ...]) -> NDArray[Any]:
    """Names of classes as what they stand for: integers, truth values, or text."""
    if set(classes) == {"False", "True"}:
        return np.array([each == "True" for each in classes])
    try:
        numbers = [int(each) for each in classes]
    except ValueError:
        return np.array(classes)
    is_plain = [str(each) for each in numbers] == list(classes)
    fits = max(map(abs, numbers), default=0) < 2**63
    return np.array(numbers) if is_plain and fits else np.array(classes)
