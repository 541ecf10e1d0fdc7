"""Whether it is worth going on: how likely more trials are to beat the best so far."""

from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.study import Stage, Study
from hpsearch.domain.task import Direction
from hpsearch.domain.totals import DrawnTotals
from hpsearch.reporting.text import ScoreForm, score_form, score_text
from hpsearch.statistics.chance_of_better import chance_of_better

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
    drawn = study.totals.drawn_in(stage.number)
    if drawn.count < LEAST_TRIALS or drawn.best is None:
        return ""
    return f"{_chances(study, stage, drawn)} {_gain(study, stage, drawn)}"


def _chances(study: Study, stage: Stage, drawn: DrawnTotals) -> str:
    count = drawn.count
    how = "exact for independent draws"
    if study.spec.sampler is Sampler.SOBOL:
        how = "nearly: Sobol points are not quite independent"
    if drawn.pruned:
        how += "; what was given up counts as worse"
    where = f"in the ranges of stage {stage.number} " if len(study.stages) > 1 else ""
    few, many = (f"{100 * chance_of_better(count, more):.0f} %" for more in (FEW_MORE, count))
    text = (
        f"Going on: {FEW_MORE} more trials {where}would beat the best of these {count} with a "
        f"chance of {few}, {count} more with {many} ({how})."
    )
    if study.totals.best != drawn.best:
        text += " The best of the study is none of these, and harder to beat."
    if drawn.tied > 1:
        text += f" {drawn.tied} of them share the best score: a higher one is less likely than "
        text += "that."
    return text


def _gain(study: Study, stage: Stage, drawn: DrawnTotals) -> str:
    """What the second half of the trials brought on average."""
    assert stage.result is not None
    assert drawn.best is not None
    assert drawn.half_best is not None
    metric, half, gain = study.spec.data.metric, drawn.count // 2, drawn.best - drawn.half_best
    moved = "rose" if metric.direction is Direction.MAXIMIZE else "fell"
    text = f"From {half} to {drawn.count} trials the best score {moved} by {_gained(gain, study)}"
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
