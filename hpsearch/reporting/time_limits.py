"""What is said of the limits of a run, and of a study in which a time limit ended one."""

from hpsearch.domain.run_limits import RunLimits
from hpsearch.domain.study import Study
from hpsearch.reporting.text import duration_text, wrapped


def time_limit_notes(study: Study) -> list[str]:
    """A sentence for each run that its time limit ended; none where there is none."""
    if study.is_finished:
        since = "it has been finished since, and its results are those of a run without a limit"
    else:
        since = "how many there are depends on the machine"
    return [
        wrapped(
            f"Time-dependent: a limit of {duration_text(each.seconds)} ended a run on "
            f"{each.reached_at:%Y-%m-%d %H:%M} UTC, when {each.trials} trials were saved; {since}."
        )
        for each in study.time_limits
    ]


def limit_notes(limits: RunLimits) -> list[str]:
    """A sentence for each limit that a run would have."""
    notes = []
    if limits.seconds is not None:
        notes.append(
            f"A run ends after {duration_text(limits.seconds)}; `hpsearch resume` goes on."
        )
    if limits.training_seconds is not None:
        notes.append(
            f"A trial is given up that trains longer than {duration_text(limits.training_seconds)} "
            "on a fold: which ones depends on the machine."
        )
    if limits.worker_bytes is not None:
        notes.append(
            f"A worker may have {limits.worker_bytes / 1e9:.3g} GB of memory; a trial that needs "
            "more fails."
        )
    if limits.failures is not None:
        notes.append(f"A run ends once {limits.failures} trials have failed.")
    return [wrapped(note) for note in notes]
