"""The training of a population, from its first epoch or where a shorter one ended, to its last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.measurements import Measurement
from hpsearch.domain.row_results import packed
from hpsearch.domain.spec import TrainingSpec
from hpsearch.training.epochs import Population, Snapshot
from hpsearch.training.learning_log import LearningLog, Record
from hpsearch.training.patience import Patience
from hpsearch.training.rows import FoldRows

# Of a larger training no checkpoint is taken: copies of it could fill the memory.
LARGEST_CHECKPOINT = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checkpoint:
    """A training after some epochs, from which a longer one goes on to the same bits.

    Attributes:
        epochs: done.
        snapshot: of the network.
        record: what was written down so far.
        waited: its lowest validation loss, and for how many epochs that has not fallen.
    """

    epochs: int
    snapshot: Snapshot
    record: Record
    waited: tuple[float, int]

    @property
    def size(self) -> int:
        """Bytes of its arrays."""
        return sum(each.nbytes for each in self.snapshot.arrays)


class LaneTraining:
    """Trains lanes that share their structure, and writes down what they come to.

    Args:
        population: untrained.
        rows: of its folds.
        training: settings that all lanes share.
        lanes: trainings side by side, an ensemble counting as one.
        on_end: is called with lanes that have ended as a population of their own, and their
            original numbers.

    Attributes:
        log: of all lanes.
        checkpoints: of the lanes that have come to the last epoch, by original number.
    """

    def __init__(
        self,
        population: Population,
        rows: FoldRows,
        training: TrainingSpec,
        lanes: int,
        on_end: Callable[[Population, list[int]], None],
    ) -> None:
        self._population, self._rows, self._training = population, rows, training
        self._on_end = on_end
        self.log, self._patience = LearningLog(lanes, training.score), Patience(lanes, training)
        self.checkpoints: dict[int, Checkpoint] = {}

    def start(self) -> None:
        """Measure all lanes before their first step."""
        population = self._population
        is_watched = Measurement.ACTIVATIONS in self._training.measure
        train = self._rows.train()
        hidden = population.activations(train) if is_watched else ()
        self.log.start(population.evaluate(train), hidden)

    def go_on(self, starts: Sequence[Checkpoint]) -> None:
        """Take up all lanes where each has a checkpoint, all of them after as many epochs."""
        self._population.go_on([each.snapshot for each in starts])
        self.log.go_on([each.record for each in starts])
        self._patience.go_on([each.waited for each in starts])
        self._rows.skip(self._training.minibatches, self._training.batch, starts[0].epochs)

    def run(self, epochs: int) -> None:
        """Train for so many epochs, as far as lanes go, and measure those that end."""
        for _ in range(epochs):
            stay = self._epoch()
            if not stay.all():
                self.log.leave(stay)
                if not stay.any():
                    return
                self._population.keep(stay)
                self._rows.keep(stay)

    def finish(self) -> None:
        """Measure the lanes that have come to the last epoch."""
        if len(self.log.alive):
            self._end(np.ones(len(self.log.alive), np.bool_))

    def keep_checkpoints(self, epochs: int) -> None:
        """Take checkpoints of the lanes that train still, after so many epochs in all."""
        for at, lane in enumerate(self.log.alive.tolist()):
            found = Checkpoint(
                epochs=epochs,
                snapshot=self._population.snapshot(at),
                record=self.log.record(lane),
                waited=self._patience.waited(lane),
            )
            if found.size <= LARGEST_CHECKPOINT:
                self.checkpoints[lane] = found

    def _epoch(self) -> NDArray[np.bool_]:
        """Train for an epoch; False for the lanes that go no further."""
        population, rows, training = self._population, self._rows, self._training
        epoch = rows.epoch(training.minibatches, training.batch)
        means = population.train_epoch(epoch, training.batch)
        measures = population.evaluate(rows.validation)
        is_alive = self.log.add(means, measures, population.gradient_norms)
        improved, is_out = self._patience.judge(self.log.alive, measures)
        if self._patience.is_needed:
            population.mark_best(improved)
        if (is_alive & is_out).any():
            self._end(is_alive & is_out)
        return np.asarray(is_alive & ~is_out)

    def _end(self, lanes: NDArray[np.bool_]) -> None:
        """Measure the lanes that have ended, with their best weights where those are kept."""
        log, population, rows = self.log, self._population, self._rows
        ended = population if lanes.all() else population.taken(lanes)
        validation = rows.validation_of(lanes)
        results: list[NDArray[Any]] = ended.row_results(validation)
        if ended.restore_best() and log.scores_best:
            results = ended.row_results(validation)
        measures, clipped = ended.evaluate(rows.train(lanes)), ended.clipped_shares()
        log.finish(log.alive[lanes], measures, clipped, [packed(each) for each in results])
        self._on_end(ended, log.alive[lanes].tolist())
