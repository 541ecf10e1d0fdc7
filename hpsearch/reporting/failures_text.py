"""What is said of trainings that gave no score for a reason that is no property of their values."""

import shlex
from typing import Any, NamedTuple

from hpsearch.domain.study import Study
from hpsearch.domain.trial import FAILURES, State, Trial
from hpsearch.reporting.text import number_list, wrapped

WORDS = {State.FAILED: "failed", State.TIMED_OUT: "timed out", State.LOST: "lost"}
MOST_REASONS = 5  # that are told one by one


class Failure(NamedTuple):
    """Trials that failed alike.

    Attributes:
        is_again: whether they have a score, and failed when they were trained again.
        numbers: of the trials.
    """

    state: State
    reason: str
    is_again: bool
    numbers: tuple[int, ...]


def failures_of(study: Study) -> list[Failure]:
    """What failed, by how and why, the most frequent first."""
    found: dict[tuple[State, str, bool], list[int]] = {}
    for trial in study.trials:
        for state, reason in _ends(trial):
            found.setdefault((state, reason, trial.outcome.is_complete), []).append(trial.number)
    kinds = sorted(found.items(), key=lambda each: (-len(each[1]), each[1]))
    return [Failure(*kind, tuple(numbers)) for kind, numbers in kinds]


def failure_notes(study: Study) -> list[str]:
    """A sentence for each way in which trials failed, with the reason."""
    failures = failures_of(study)
    notes = [_sentence(each) for each in failures[:MOST_REASONS]]
    rest = failures[MOST_REASONS:]
    if rest:
        numbers = sorted({number for each in rest for number in each.numbers})
        notes.append(f"Failed for {len(rest)} other reasons: {_trials(numbers)}.")
    return [wrapped(each) for each in notes]


def failure_values(study: Study) -> list[dict[str, Any]]:
    """The same as plain values."""
    return [
        {
            "state": each.state.value,
            "reason": each.reason,
            "trained_again": each.is_again,
            "trials": list(each.numbers),
        }
        for each in failures_of(study)
    ]


def failure_hint(study: Study) -> str:
    """How many trials failed, and who says why; empty without one."""
    ended = dict(study.totals.states)
    counted = [f"{ended[state]} {words}" for state, words in WORDS.items() if state in ended]
    if not counted:
        return ""
    return (
        f"Without a score, of {study.finished} trials: {', '.join(counted)}; "
        f"`hpsearch show {shlex.quote(study.name)}` says why."
    )


def _ends(trial: Trial) -> list[tuple[State, str]]:
    """The ways in which a trial failed: its end, else those of other trainings."""
    own = [trial.outcome] if trial.outcome.state in FAILURES else []
    if trial.outcome.is_complete:
        own = [each.outcome for each in trial.evaluations if each.outcome.state in FAILURES]
    return list(dict.fromkeys((each.state, each.reason) for each in own))


def _sentence(failure: Failure) -> str:
    how = WORDS[failure.state].capitalize() + (" when trained again" if failure.is_again else "")
    said = f"{how}: {_trials(failure.numbers)}: {failure.reason}."
    if failure.state is State.TIMED_OUT:
        return f"{said} Time-dependent: a faster machine may be in time."
    is_memory = "out of memory" in failure.reason
    return f"{said} A machine with more memory may train it." if is_memory else said


def _trials(numbers: tuple[int, ...] | list[int]) -> str:
    return f"trial{'s' if len(numbers) > 1 else ''} {number_list(numbers)}"
