"""What is written down while a population trains, lane by lane, also of those that leave it."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.measurements import LayerActivations, Measurement, activation_values
from hpsearch.domain.spec import ScoreEpoch
from hpsearch.domain.trial import (
    COMPLETED,
    Curve,
    Evaluation,
    Outcome,
    PlannedEvaluation,
    State,
)
from hpsearch.training.epochs import Measures


class Record(NamedTuple):
    """What was written down of one lane: its curves, and what else was measured."""

    curves: list[list[float]]
    details: dict[str, Any]


class LearningLog:
    """Curves, ends and final measures of the lanes of one population.

    Args:
        lanes: how many there are at the start.
        score: the epoch whose validation measures count.

    Attributes:
        alive: original index of each lane that still trains.
        scores_best: whether that is the one with the lowest validation loss, else the last.
    """

    def __init__(self, lanes: int, score: ScoreEpoch) -> None:
        self.scores_best = score is ScoreEpoch.BEST
        self.alive: NDArray[np.int64] = np.arange(lanes)
        self._curves: list[list[list[float]]] = [[[], [], [], []] for _ in range(lanes)]
        self._diverged: dict[int, int] = {}
        self._row_results: dict[int, bytes] = {}
        self._final: dict[int, tuple[float, float]] = {}
        self._details: list[dict[str, Any]] = [{} for _ in range(lanes)]

    def start(self, before: Measures, hidden: Sequence[tuple[LayerActivations, ...]] = ()) -> None:
        """Record the training loss before the first step, and the hidden layers if measured."""
        for lane, loss in zip(self.alive, before.loss, strict=True):
            self._curves[lane][0].append(loss)
        for lane, layers in enumerate(hidden):
            self._details[lane][Measurement.ACTIVATIONS.value] = activation_values(layers)

    def record(self, lane: int) -> Record:
        """A copy of what was written down of a lane."""
        return copy.deepcopy(Record(self._curves[lane], self._details[lane]))

    def go_on(self, records: Sequence[Record]) -> None:
        """Take over the records of all lanes."""
        for lane, each in enumerate(records):
            self._curves[lane], self._details[lane] = copy.deepcopy(each)

    def add(
        self,
        train: Measures,
        validation: Measures,
        gradient_norms: Sequence[list[float | None]] = (),
    ) -> NDArray[np.bool_]:
        """Record an epoch; False for each lane that diverged in it.

        Args:
            gradient_norms: of each lane's layers; none where they are not measured.
        """
        for lane, *values in zip(
            self.alive, train.loss, train.score, validation.loss, validation.score, strict=True
        ):
            for series, value in zip(self._curves[lane], values, strict=True):
                series.append(value)
        for lane, norms in zip(self.alive.tolist(), gradient_norms, strict=False):
            self._details[lane].setdefault(Measurement.GRADIENTS.value, []).append(norms)
        survivors = np.isfinite(train.loss) & np.isfinite(validation.loss)
        for lane in self.alive[~survivors].tolist():
            self._diverged[lane] = len(self._curves[lane][1])
        return survivors

    def leave(self, stay: NDArray[np.bool_]) -> None:
        """Forget the lanes that train no further."""
        self.alive = self.alive[stay]

    def finish(
        self,
        lanes: NDArray[np.int64],
        train: Measures,
        details: Mapping[str, NDArray[np.float64]],
        row_results: Sequence[bytes],
    ) -> None:
        """Record the measures over all training rows, and what else was measured.

        Args:
            lanes: original index of each lane that `train` and `details` speak of.
            row_results: of each of them, packed.
        """
        self._row_results |= dict(zip(lanes.tolist(), row_results, strict=True))
        for at, (lane, loss, score) in enumerate(
            zip(lanes.tolist(), train.loss, train.score, strict=True)
        ):
            self._final[lane] = float(loss), float(score)
            self._details[lane] |= {name: float(each[at]) for name, each in details.items()}
            if not np.isfinite(loss):
                self._diverged.setdefault(lane, len(self._curves[lane][1]))

    def evaluation(self, lane: int, planned: PlannedEvaluation, seconds: float) -> Evaluation:
        """The evaluation of a lane that has ended."""
        curve, details = self._curve(lane), self._details[lane] or None
        if lane in self._diverged:
            return Evaluation(
                planned=planned,
                outcome=Outcome(State.DIVERGED, self._diverged[lane]),
                curve=curve,
                seconds=seconds,
                details=details,
            )
        epoch = int(np.argmin(self._curves[lane][2])) if self.scores_best else -1
        return Evaluation(
            planned=planned,
            outcome=COMPLETED,
            train_loss=self._final[lane][0],
            train_score=self._final[lane][1],
            validation_loss=float(self._curves[lane][2][epoch]),
            validation_score=float(self._curves[lane][3][epoch]),
            curve=curve,
            seconds=seconds,
            details=details,
            row_results=self._row_results[lane],
        )

    def _curve(self, lane: int) -> Curve:
        series = [np.array(values, np.float32) for values in self._curves[lane]]
        return Curve(
            train_loss=series[0],
            train_score=series[1],
            validation_loss=series[2],
            validation_score=series[3],
        )
