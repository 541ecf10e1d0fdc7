"""Early stopping: which networks still improve, and which have waited too long for it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.spec import ScoreEpoch, TrainingSpec
from hpsearch.training.epochs import Measures


class Patience:
    """The lowest validation loss of each lane, and for how many epochs it has not fallen.

    Attributes:
        is_needed: whether the best epoch of each lane counts.
    """

    def __init__(self, lanes: int, training: TrainingSpec) -> None:
        self._epochs = training.early_stopping
        self.is_needed = training.early_stopping > 0 or training.score is ScoreEpoch.BEST
        self._lowest = np.full(lanes, np.inf)
        self._waited = np.zeros(lanes, np.int64)

    def waited(self, lane: int) -> tuple[float, int]:
        """The lowest loss of a lane, and for how many epochs it has not fallen."""
        return float(self._lowest[lane]), int(self._waited[lane])

    def go_on(self, waited: Sequence[tuple[float, int]]) -> None:
        """Take over what `waited` gave for all lanes."""
        self._lowest[:], self._waited[:] = zip(*waited, strict=True)

    def judge(
        self, lanes: NDArray[np.int64], validation: Measures
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether each lane improved in this epoch, and whether its patience is at an end."""
        improved = validation.loss < self._lowest[lanes]
        self._lowest[lanes] = np.where(improved, validation.loss, self._lowest[lanes])
        self._waited[lanes] = np.where(improved, 0, self._waited[lanes] + 1)
        is_out = (self._waited[lanes] >= self._epochs) & (self._epochs > 0)
        return improved, is_out
