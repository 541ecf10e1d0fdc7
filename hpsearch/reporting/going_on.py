"""Whether it is worth going on: how likely more trials are to beat the best so far."""

from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.study import Stage, Study
from hpsearch.domain.task import Direction
from hpsearch.domain.trial import Ending, Origin, State
from hpsearch.reporting.text import ScoreForm, score_form, score_text
from hpsearch.statistics.chance_of_better import chance_of_better
from hpsearch.statistics.expected_best import expected_best

FEW_MORE = 10
LEAST_TRIALS = 4  # of a stage, for half of them to be compared with all
LEARNING = (Sampler.TPE, Sampler.GP)


def going_on_note(study: Study) -> str:
    """What more trials of the last stage would bring; empty where nothing can be said.

    Only trials that were drawn alike and independently can be counted so: those of one stage, by
    a sampler that does not look at results.
    """
    stage = study.stages[-1]
    if stage.result is None:
        return ""
    if study.spec.sampler in LEARNING:
        return (
            f"Going on: what more trials would bring cannot be counted, because "
            f"{study.spec.sampler} proposes them from the results of those before."
        )
    drawn = [
        each
        for each in study.endings
        if each.stage == stage.number and each.origin is Origin.SAMPLER
    ]
    scores = [each.score for each in drawn if each.score is not None]
    if len(drawn) < LEAST_TRIALS or not scores:
        return ""
    return f"{_chances(study, stage, drawn, max(scores))} {_gain(study, stage, drawn, scores)}"


def _chances(study: Study, stage: Stage, drawn: list[Ending], best: float) -> str:
    count = len(drawn)
    how = "exact for independent draws"
    if study.spec.sampler is Sampler.SOBOL:
        how = "nearly: Sobol points are not quite independent"
    if any(each.state is State.PRUNED for each in drawn):
        how += "; what was given up counts as worse"
    where = f"in the ranges of stage {stage.number} " if len(study.stages) > 1 else ""
    few, many = (f"{100 * chance_of_better(count, more):.0f} %" for more in (FEW_MORE, count))
    text = (
        f"Going on: {FEW_MORE} more trials {where}would beat the best of these {count} with a "
        f"chance of {few}, {count} more with {many} ({how})."
    )
    if any(each.score is not None and each.score > best for each in study.endings):
        text += " The best of the study is none of these, and harder to beat."
    tied = sum(each.score == best for each in drawn)
    if tied > 1:
        text += f" {tied} of them share the best score: a higher one is less likely than that."
    return text


def _gain(study: Study, stage: Stage, drawn: list[Ending], scores: list[float]) -> str:
    """What the second half of the trials brought on average."""
    assert stage.result is not None
    metric, half = study.spec.data.metric, len(drawn) // 2
    worst = min(scores)
    every = [worst if each.score is None else each.score for each in drawn]
    gain = max(scores) - expected_best(every, half)
    moved = "rose" if metric.direction is Direction.MAXIMIZE else "fell"
    text = f"From {half} to {len(drawn)} trials the best score {moved} by {_gained(gain, study)}"
    text += " on average"
    error = stage.result.judgement.error
    if error is None:
        return f"{text}."
    verdict = "more than" if gain > error else "less than"
    return f"{text}, {verdict} the noise of a comparison ({_size(error, study)})."


def _size(difference: float, study: Study) -> str:
    """A difference between scores, in the unit of the metric."""
    return score_text(study.spec.data.metric.score(difference), score_form(study))


def _gained(gain: float, study: Study) -> str:
    """A small difference; of accuracies with one decimal more than a score has."""
    rows = score_form(study)
    if isinstance(rows, ScoreForm):
        return _size(gain, study)
    return f"{gain:.{3 if rows <= 200 else 4}f}" if rows else f"{gain:.2g}"
