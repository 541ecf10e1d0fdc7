"""Contenders timed in turn, with the machine's peak measured beside every run."""

import statistics
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.commands import Measures, sgemm_peak

START_UP_TRIALS = 2  # of the short run from which a peer's start-up is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """Something to be timed.

    Attributes:
        name: what the table calls it.
        run: does the work once and says how long it took (`seconds`), and more.
        warm_up: does a little of it, untimed, so that its files are in memory.
    """

    name: str
    run: Callable[[], Measures]
    warm_up: Callable[[], object]


class Summary(NamedTuple):
    """Median and extremes of some values."""

    median: float
    low: float
    high: float

    def text(self, digits: str = ".3g", unit: str = "") -> str:
        """`12.1 s (11.8-12.6)`, or the median alone of a single value."""
        median = f"{self.median:{digits}}{unit and ' ' + unit}"
        if self.low == self.high:
            return median
        return f"{median} ({self.low:{digits}}-{self.high:{digits}})"


def summary(values: Sequence[float]) -> Summary:
    """Summary of at least one value."""
    return Summary(statistics.median(values), min(values), max(values))


Runs = dict[str, list[Measures]]


def in_turn(contenders: Sequence[Contender], rounds: int) -> Runs:
    """Run all contenders in each round; their measures by name, in the order of rounds.

    Each run's `peak` is the mean of sgemm's peak in the moments before and after it.
    """
    for contender in contenders:
        _progress(f"warming up {contender.name}")
        contender.warm_up()
    runs: Runs = defaultdict(list)
    for number in range(1, rounds + 1):
        before = sgemm_peak()
        for contender in contenders:
            measures = contender.run()
            after = sgemm_peak()
            runs[contender.name].append(measures | {"peak": (before + after) / 2})
            before = after
            _progress(_run_text(number, rounds, contender.name, runs[contender.name][-1]))
    return runs


def values(runs: Runs, name: str, measure: str = "seconds") -> list[float]:
    """One measure of one contender, by round."""
    return [each[measure] for each in runs[name]]


def ratio(runs: Runs, name: str, base: str) -> float:
    """Median time of `name` over the median time of `base`."""
    return summary(values(runs, name)).median / summary(values(runs, base)).median


def peak_note(runs: Runs) -> str:
    """The peaks beside all runs, for the foot of a table."""
    peaks = [measures["peak"] for each in runs.values() for measures in each]
    return f"sgemm peak, 2 processes at once: {summary(peaks).text('.0f', 'GFLOP/s')}."


def scaled(run: Callable[[int], Measures], trials: int, peer_trials: int | None) -> Measures:
    """Time of `trials` trials; of fewer, scaled beyond the start-up, where `peer_trials` says so.

    A run of `START_UP_TRIALS` and one of `peer_trials` give the time of one trial more.

    Raises:
        RuntimeError: too few trials to tell their time from the noise of the start-up.
    """
    if peer_trials is None or peer_trials >= trials:
        return run(trials)
    short, long = run(START_UP_TRIALS)["seconds"], run(peer_trials)["seconds"]
    per_trial = (long - short) / (peer_trials - START_UP_TRIALS)
    if per_trial <= 0:
        raise RuntimeError(
            f"{peer_trials} trials are too few to scale from: give --peer-trials more"
        )
    return {"seconds": long + per_trial * (trials - peer_trials)}


def scaling_text(trials: int, peer_trials: int | None) -> str:
    """What a table says beside the name of a peer that ran fewer trials; else nothing."""
    if peer_trials is None or peer_trials >= trials:
        return ""
    return f" [SCALED: {peer_trials} trials run, time extrapolated to {trials}]"


def _run_text(number: int, rounds: int, name: str, measures: Measures) -> str:
    return (
        f"round {number} of {rounds}: {name} {measures['seconds']:.4g} s, "
        f"sgemm peak beside it {measures['peak']:.0f} GFLOP/s"
    )


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
