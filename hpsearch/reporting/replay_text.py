"""What came of trainings that were done again."""

import math
from collections.abc import Sequence

from hpsearch.domain.study import Study
from hpsearch.domain.trial import Evaluation, Trial
from hpsearch.reporting.text import (
    ScoreForm,
    aligned,
    configuration_text,
    score_form,
    score_text,
    wrapped,
)
from hpsearch.statistics.confirmation import confirmed_interval

Compared = tuple[Evaluation, Evaluation, Sequence[str]]


def replay_text(study: Study, trial: Trial, compared: Sequence[Compared]) -> str:
    """A line for each training: what is stored, what came out now, and whether that is the same.

    Args:
        compared: stored, trained again, and the names of what differs.
    """
    form = score_form(study)
    lines = [
        (
            stored.planned.purpose.value,
            str(stored.planned.repeat),
            str(stored.planned.fold),
            str(stored.planned.epochs),
            _end(stored, form),
            _end(again, form),
            f"differs: {', '.join(differences)}" if differences else "the same",
        )
        for stored, again, differences in compared
    ]
    headers = ("purpose", "repeat", "fold", "epochs", "stored", "now", "to the last bit")
    title = f"Trial {trial.number} of {study.name}: {configuration_text(trial.configuration)}"
    return f"{title}\n\n{aligned(headers, lines)}"


def spread_text(study: Study, scores: Sequence[float | None]) -> str:
    """The spread of fresh trainings, in sentences."""
    metric = study.spec.data.metric
    form, known = score_form(study), [each for each in scores if each is not None]
    lost = len(scores) - len(known)
    text = f"{len(scores)} trainings with fresh seeds and fresh splits: "
    if not known:
        return f"{text}none has a score."
    name = "-f" if study.data.is_function else metric.words
    text += f"{name} {score_text(math.fsum(known) / len(known), form)} on average"
    interval = confirmed_interval(known)
    if interval is not None:
        mean = math.fsum(known) / len(known)
        variance = math.fsum((each - mean) ** 2 for each in known) / (len(known) - 1)
        limits = (-math.inf, math.inf) if study.data.is_function else metric.score_limits
        ends = (max(limits[0], interval[0]), min(limits[1], interval[1]))
        low, high = sorted((score_text(end, form) for end in ends), key=float)
        text += f" (95 % interval {low} to {high}), standard deviation {math.sqrt(variance):.2g}"
    lowest, highest = sorted((score_text(end, form) for end in (min(known), max(known))), key=float)
    text += f"; from {lowest} to {highest}"
    return wrapped(text + (f"; {lost} ended without a score." if lost else "."))


def _end(evaluation: Evaluation, form: ScoreForm | int) -> str:
    if evaluation.outcome.is_complete:
        return score_text(evaluation.validation_score, form)
    return evaluation.outcome.state.value
