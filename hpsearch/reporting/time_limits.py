"""What is said of a study in which a time limit ended a run."""

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
