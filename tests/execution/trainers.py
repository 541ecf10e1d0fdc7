"""Small real trainers, some of them hostile; worker processes import them from here."""

import ctypes
import os
import signal
import time
from dataclasses import dataclass, replace

from hpsearch.domain.space import Configuration
from hpsearch.domain.trial import COMPLETED, Evaluation, Outcome, PlannedEvaluation, State


def planned(numbers, folds=1):
    """Evaluations of trials in trial order, with `lr` equal to one more than the number."""
    return [
        PlannedEvaluation(
            number=number, configuration=Configuration((("lr", number + 1.0),)), fold=fold, epochs=1
        )
        for number in numbers
        for fold in range(folds)
    ]


@dataclass(frozen=True)
class InstantTrainer:
    """Scores by a known function of `lr`: 1 at 1, falling on both sides."""

    def evaluate(self, cohort):
        return tuple(self.one(each) for each in cohort)

    def one(self, each):
        score = 1 / (1 + abs(each.configuration["lr"] - 1) + each.fold / 100)
        return Evaluation(
            planned=each,
            outcome=COMPLETED,
            train_loss=1 - score,
            train_score=score,
            validation_loss=1 - score,
            validation_score=score,
            seconds=0.001,
        )


@dataclass(frozen=True)
class DivergingTrainer(InstantTrainer):
    """Diverges in epoch 1 where `lr` is above a limit."""

    limit: float

    def one(self, each):
        if each.configuration["lr"] > self.limit:
            return Evaluation(planned=each, outcome=Outcome(State.DIVERGED, 1))
        return super().one(each)


@dataclass(frozen=True)
class DeadlyTrainer(InstantTrainer):
    """Ends its process in some way as soon as the deadly trial is in the cohort."""

    trial: int
    way: str

    def evaluate(self, cohort):
        if any(each.number == self.trial for each in cohort):
            self.die()
        return super().evaluate(cohort)

    def die(self):
        match self.way:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "segfault":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "exit":
                os._exit(3)
            case "system exit":
                raise SystemExit(4)


@dataclass(frozen=True)
class CrowdedTrainer(InstantTrainer):
    """Kills its process where two trials share a cohort."""

    def evaluate(self, cohort):
        if len({each.number for each in cohort}) > 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().evaluate(cohort)


@dataclass(frozen=True)
class DeadlyOnceTrainer(InstantTrainer):
    """Kills its process the first time that the trial comes."""

    trial: int
    marker: str

    def evaluate(self, cohort):
        if any(each.number == self.trial for each in cohort) and not os.path.exists(self.marker):  # noqa: PTH110
            open(self.marker, "w").close()  # noqa: PTH123
            os.kill(os.getpid(), signal.SIGKILL)
        return super().evaluate(cohort)


@dataclass(frozen=True)
class RaisingTrainer(InstantTrainer):
    """Raises on one trial, and so on every cohort that it is in."""

    trial: int
    error: BaseException

    def evaluate(self, cohort):
        if any(each.number == self.trial for each in cohort):
            raise self.error
        return super().evaluate(cohort)


@dataclass(frozen=True)
class CountingTrainer(InstantTrainer):
    """Notes which process trained what, one file per evaluation."""

    folder: str
    seconds: float = 0.0

    def one(self, each):
        name = f"{self.folder}/{each.number}-{each.fold}-{os.getpid()}-{time.monotonic_ns()}"
        open(name, "w").close()  # noqa: PTH123
        time.sleep(self.seconds)
        return super().one(each)


@dataclass(frozen=True)
class HangingTrainer(InstantTrainer):
    """Never comes back, busy or asleep."""

    is_busy: bool

    def evaluate(self, cohort):
        while True:
            if not self.is_busy:
                time.sleep(1000)


@dataclass(frozen=True)
class HangingOnTrainer:
    """Trains as another trainer does, and never comes back from a cohort with certain trials.

    `way` is `busy`, `asleep`, or `locked`: in C, with Python's lock, and deaf to signals. Each
    process that hangs leaves a file whose name begins with `noted`, if that is given.
    """

    trainer: object
    trials: tuple[int, ...]
    way: str = "asleep"
    noted: str = ""

    def evaluate(self, cohort):
        if any(each.number in self.trials for each in cohort):
            if self.noted:
                open(f"{self.noted}-{os.getpid()}", "w").close()  # noqa: PTH123
            while True:
                self.hang()
        return self.trainer.evaluate(cohort)

    def hang(self):
        if self.way == "locked":
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            ctypes.PyDLL(None).sleep(1000)
        elif self.way == "asleep":
            time.sleep(1000)


@dataclass(frozen=True)
class GreedyTrainer(InstantTrainer):
    """Fills so many bytes of memory for each evaluation of a cohort that some trial is in.

    Attributes:
        group: control group that the process joins before.
        watched: bytes that the process lets itself have, as where the kernel does not count.
        marker: file that is made the first time; later nothing is filled.
    """

    trial: int
    size: int
    group: str = ""
    watched: int = 0
    marker: str = ""

    def evaluate(self, cohort):
        if any(each.number == self.trial for each in cohort) and not os.path.exists(self.marker):  # noqa: PTH110
            if self.marker:
                open(self.marker, "w").close()  # noqa: PTH123
            self.fill(len(cohort) * self.size)
        return super().evaluate(cohort)

    def fill(self, size):
        import numpy

        from hpsearch.execution.memory import watch_memory

        if self.watched:
            watch_memory(self.watched)
        if self.group:
            with open(f"{self.group}/cgroup.procs", "w") as processes:  # noqa: PTH123
                processes.write(str(os.getpid()))
        filled = numpy.ones(size, numpy.uint8)
        time.sleep(0.5 if self.watched else 0)  # long enough to be noticed
        del filled


@dataclass(frozen=True)
class ThreadCountingTrainer(InstantTrainer):
    """Fails with what it sees of its process as the reason."""

    def evaluate(self, cohort):
        import numpy
        from threadpoolctl import threadpool_info

        numpy.ones((64, 64)) @ numpy.ones((64, 64))
        threads = {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}
        raise ValueError(f"threads {sorted(threads)}, session {os.getsid(0) == os.getpid()}")


@dataclass(frozen=True)
class SlowToLoadTrainer(InstantTrainer):
    """Takes some seconds to be unpickled."""

    seconds: float

    def __reduce__(self):
        return _after, (self.seconds,)


@dataclass(frozen=True)
class HeavyToLoadTrainer(InstantTrainer):
    """Takes so many bytes to be unpickled."""

    size: int

    def __reduce__(self):
        return bytearray, (self.size,)


def _after(seconds):
    time.sleep(seconds)
    return SlowToLoadTrainer(seconds)


class Unloadable:
    """Can be pickled, and cannot be unpickled anywhere."""

    def __reduce__(self):
        return _refuse, ()


def _refuse():
    raise ValueError("cannot be loaded")


@dataclass(frozen=True)
class Progress:
    """How far a made-up training has come."""

    epochs: int
    size: int = 1


@dataclass(frozen=True)
class ContinuingTrainer(InstantTrainer):
    """Gives the epochs that it did itself as the seconds of a training."""

    def evaluate_from(self, cohort, starts):
        done = tuple(
            replace(
                self.one(each), seconds=each.epochs - (starts[each].epochs if each in starts else 0)
            )
            for each in cohort
        )
        return done, {each: Progress(each.epochs) for each in cohort}
