"""What came of trainings that were done again."""

import math
from collections.abc import Sequence

from hpsearch.domain.study import Study
from hpsearch.domain.trial import Evaluation, Trial
from hpsearch.reporting.text import aligned, configuration_text, score_name, score_text, wrapped
from hpsearch.statistics.confirmation import confirmed_interval

Compared = tuple[Evaluation, Evaluation, Sequence[str]]


def replay_text(study: Study, trial: Trial, compared: Sequence[Compared]) -> str:
    """A line for each training: what is stored, what came out now, and whether that is the same.

    Args:
        compared: stored, trained again, and the names of what differs.
    """
    rows = study.data.validation_rows
    lines = [
        (
            stored.planned.purpose.value,
            str(stored.planned.repeat),
            str(stored.planned.fold),
            str(stored.planned.epochs),
            _end(stored, rows),
            _end(again, rows),
            f"differs: {', '.join(differences)}" if differences else "the same",
        )
        for stored, again, differences in compared
    ]
    headers = ("purpose", "repeat", "fold", "epochs", "stored", "now", "to the last bit")
    title = f"Trial {trial.number} of {study.name}: {configuration_text(trial.configuration)}"
    return f"{title}\n\n{aligned(headers, lines)}"


def spread_text(study: Study, scores: Sequence[float | None]) -> str:
    """The spread of fresh trainings, in sentences."""
    rows, known = study.data.validation_rows, [each for each in scores if each is not None]
    lost = len(scores) - len(known)
    text = f"{len(scores)} trainings with fresh seeds and fresh splits: "
    if not known:
        return f"{text}none has a score."
    name = "-f" if study.data.is_function else score_name(study.data.class_count)
    text += f"{name} {score_text(math.fsum(known) / len(known), rows)} on average"
    interval = confirmed_interval(known)
    if interval is not None:
        mean = math.fsum(known) / len(known)
        variance = math.fsum((each - mean) ** 2 for each in known) / (len(known) - 1)
        low, high = (score_text(end, rows) for end in interval)
        text += f" (95 % interval {low} to {high}), standard deviation {math.sqrt(variance):.2g}"
    text += f"; from {score_text(min(known), rows)} to {score_text(max(known), rows)}"
    return wrapped(text + (f"; {lost} ended without a score." if lost else "."))


def _end(evaluation: Evaluation, rows: int) -> str:
    if evaluation.outcome.is_complete:
        return score_text(evaluation.validation_score, rows)
    return evaluation.outcome.state.value
