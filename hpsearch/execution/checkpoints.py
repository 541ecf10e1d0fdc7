"""How far trainings have come, kept in memory so that longer ones need not start anew."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from hpsearch.domain.trial import Evaluation, PlannedEvaluation
from hpsearch.execution.work import Cohort, Trainer

MOST_BYTES = 256_000_000


class Checkpoint(Protocol):
    """How far a training has come; all else about it is its trainer's business."""

    @property
    def epochs(self) -> int:
        """Epochs done."""

    @property
    def size(self) -> int:
        """Bytes that it takes up."""


Checkpoints = Mapping[PlannedEvaluation, Checkpoint]
Trained = tuple[tuple[Evaluation, ...], Checkpoints]


@runtime_checkable
class ContinuingTrainer(Protocol):
    """A trainer that can go on where a shorter training of the same ended, to the same bits."""

    def evaluate_from(self, cohort: Cohort, starts: Checkpoints) -> Trained:
        """Results of `cohort`, in its order, and how far those have come that may go on.

        Args:
            starts: how far some of them have come.
        """


def trained(trainer: Trainer, cohort: Cohort, starts: Checkpoints) -> Trained:
    """Train a cohort, from `starts` where the trainer can go on from them."""
    if isinstance(trainer, ContinuingTrainer):
        return trainer.evaluate_from(cohort, starts)
    return trainer.evaluate(cohort), {}


class KeptCheckpoints:
    """The latest checkpoints of a run, as many as fit; the oldest make room.

    What is not here is trained from the first epoch, which gives the same result. So nothing of it
    is stored, and a run that goes on after an interruption starts without any.

    Args:
        limit: bytes that they may take up.
    """

    def __init__(self, limit: int = MOST_BYTES) -> None:
        self._limit, self._size = limit, 0
        self._kept: dict[tuple[int, int, int], Checkpoint] = {}

    def starts(self, cohort: Sequence[PlannedEvaluation]) -> Checkpoints:
        """What there is for a cohort to go on from."""
        found = {each: self._kept.get(_key(each)) for each in cohort}
        return {
            planned: each
            for planned, each in found.items()
            if each is not None and each.epochs < planned.epochs
        }

    def epochs_left(self, planned: Sequence[PlannedEvaluation]) -> int:
        """Epochs that are left to train of all of them together."""
        done = sum(each.epochs for each in self.starts(planned).values())
        return sum(each.epochs for each in planned) - done

    def keep(self, cohort: Sequence[PlannedEvaluation], found: Checkpoints) -> None:
        """Take over those of a cohort that was trained; what it went on from has had its day."""
        for planned in cohort:
            self._drop(_key(planned))
        for planned, each in found.items():
            self._drop(_key(planned))  # a cohort may hold several lengths of one training
            self._kept[_key(planned)] = each
            self._size += each.size
        while self._size > self._limit:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[int, int, int]) -> None:
        dropped = self._kept.pop(key, None)
        self._size -= dropped.size if dropped is not None else 0


def _key(planned: PlannedEvaluation) -> tuple[int, int, int]:
    return planned.number, planned.repeat, planned.fold
