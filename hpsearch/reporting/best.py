"""The Best-N: the configurations with the highest scores, and what their scores mean."""

from typing import Any

from hpsearch.domain.assessment import Assessment, confirmation_interval
from hpsearch.domain.default_configuration import default_words
from hpsearch.domain.range_text import value_text
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.repeat_scores import repeat_means
from hpsearch.domain.space import Side
from hpsearch.domain.spec import ScoreEpoch
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Origin, State, Trial
from hpsearch.errors import NoValidTrial
from hpsearch.reporting.best_table import best_table, column_meanings, standing_values
from hpsearch.reporting.clipping import clipping_text
from hpsearch.reporting.conclusions import (
    chance_sentence,
    default_sentence,
    estimate_words,
    tie_sentence,
)
from hpsearch.reporting.failures_text import failure_hint
from hpsearch.reporting.final_test import test_note
from hpsearch.reporting.function_text import function_meaning
from hpsearch.reporting.giving_up import audit_note
from hpsearch.reporting.going_on import going_on_note
from hpsearch.reporting.metric_text import (
    chance_words,
    expectation,
    metric_words,
    score_label,
)
from hpsearch.reporting.stages_text import verdict_lines
from hpsearch.reporting.text import (
    ScoreForm,
    configuration_text,
    score_form,
    score_text,
    wrapped,
)
from hpsearch.statistics.intervals import wilson

HINTS = {
    State.DIVERGED: "lower the range of lr",
    State.TIMED_OUT: "start another study with a longer `--trial-timeout`, or smaller networks",
}


def best_rows(
    study: Study, count: int, assessment: Assessment | None = None
) -> list[dict[str, Any]]:
    """Rank, trial number, score and configuration of the best trials, as plain values.

    With an assessment also how sure they are, and of the best what it scores on new rows: its score
    without the luck of having been picked by it.
    """
    standings = assessment.standings if assessment else ()
    return [
        {
            "rank": rank,
            "number": trial.number,
            "score": trial.score,
            "confirmed_score": trial.confirmed_score,
            "configuration": dict(trial.configuration),
            **(standing_values(standings[rank - 1]) if rank <= len(standings) else {}),
            **(_estimate_values(assessment) if assessment and rank == 1 else {}),
        }
        for rank, trial in enumerate(best_trials(study.trials, count), 1)
    ]


def _estimate_values(assessment: Assessment) -> dict[str, Any]:
    estimate, interval = assessment.estimate
    return {"estimate": estimate, "estimate_interval": list(interval)}


def best_text(
    study: Study,
    count: int,
    assessment: Assessment | None = None,
    *,
    with_table: bool = False,
    with_verdicts: bool = True,
) -> str:
    """The study notes' line for each of the best, then what it means.

    Args:
        assessment: how sure they are; None where that is not to be said.
        with_table: whether a table says how sure each place is.
        with_verdicts: whether to tell what failed, and to end with what the last verdicts say.

    Raises:
        NoValidTrial: no trial has a score.
    """
    rows = score_form(study)
    best = best_trials(study.trials, count)
    if not best:
        raise no_valid_trial(study)
    score = score_label(study)
    lines = [_line(rank, trial, rows, score) for rank, trial in enumerate(best, 1)]
    notes = [
        column_meanings(study, assessment, count) if assessment and with_table else "",
        meaning(study, assessment),
        *(_sureness(study, assessment) if assessment else [against_default(study, best[0])]),
        clipping_text(best[0], "Best-1"),
        breakdown_note(study),
        audit_note(study),
        failure_hint(study) if with_verdicts else "",
        going_on_note(study),
        test_note(study),
    ]
    shown = ["", best_table(study, assessment, count)] if assessment and with_table else []
    verdicts = ["", *last_verdicts(study)] if with_verdicts and last_verdicts(study) else []
    return "\n".join([*lines, *shown, "", *map(wrapped, filter(None, notes)), *verdicts])


def _sureness(study: Study, assessment: Assessment) -> tuple[str, ...]:
    return (
        chance_sentence(study, assessment),
        default_sentence(study, assessment),
        tie_sentence(assessment),
    )


def _line(rank: int, trial: Trial, rows: ScoreForm | int, score: str) -> str:
    shown = trial.score if trial.confirmed_score is None else trial.confirmed_score
    line = f"Best-{rank} ({score}: {score_text(shown, rows)}) | "
    line += configuration_text(trial.configuration)
    if trial.confirmed_score is None:
        return line
    return f"{line} | confirmed; in the search {score_text(trial.score, rows)}"


def meaning(study: Study, assessment: Assessment | None = None) -> str:
    """How to read the scores of a study: chance level, validation rows, uncertainty."""
    if study.data.is_function:
        return function_meaning(study)
    rows, folds = study.data.validation_rows, study.spec.split.fold_count
    where = f"{rows} validation rows" + (f" over {folds} folds" if folds > 1 else "")
    where += f", mean of {study.spec.repeats} repeats," if study.spec.repeats > 1 else ""
    epoch = "last epoch" if study.spec.training.score is ScoreEpoch.LAST else "best epoch"
    if study.accuracy_rows is None:
        told = f"{metric_words(study)} on {where} after the {epoch}{chance_words(study)}. "
        otherwise = expectation(study)
    else:
        chance = score_text(study.data.majority_share, rows)
        told = f"Accuracy on {where} after the {epoch}; "
        told += f"chance level {chance} (the commonest class). "
        otherwise = _unconfirmed(study, rows)
    if assessment is not None:
        return f"{told}Best-1: {estimate_words(study, assessment)}."
    return told + (_confirmed(study, best_trials(study.trials, 1)[0]) or otherwise)


def _unconfirmed(study: Study, rows: int) -> str:
    score = best_trials(study.trials, 1)[0].score or 0.0
    low, high = wilson(score * rows, rows)
    return (
        f"95 % interval of Best-1 by itself: {score_text(low, rows)} to {score_text(high, rows)}. "
        f"It is the best of {study.finished}, so expect a little less."
    )


def _confirmed(study: Study, best: Trial) -> str:
    """What the confirmations of the finalists say; empty where there are none."""
    rows, interval = score_form(study), confirmation_interval(study, best)
    if interval is None:
        return ""
    low, high = sorted((score_text(end, rows) for end in interval), key=float)
    of_what = "over seeds and splits of these rows"
    if study.accuracy_rows is not None:
        of_what = "for new rows"
    count = len(repeat_means(best))
    return (
        f"Confirmed: mean of {count} more trainings with fresh seeds and fresh splits, "
        f"95 % interval of Best-1 {of_what} {low} to {high}."
    )


def against_default(study: Study, best: Trial) -> str:
    """How much better the best is than the default configuration; empty where it was not tried."""
    tried = [each for each in study.trials if each.origin is Origin.DEFAULT]
    if not tried or tried[0].score is None or tried[0].number == best.number:
        return ""
    shown = best.score if best.confirmed_score is None else best.confirmed_score
    default = tried[0].score if tried[0].confirmed_score is None else tried[0].confirmed_score
    assert shown is not None
    rows, gain = score_form(study), shown - default
    size = study.spec.data.metric.score(abs(gain))
    words = "better" if gain >= 0 else "worse"
    configuration = tried[0].configuration
    is_confirmed = best.confirmed_score is not None and tried[0].confirmed_score is None
    where = " in the search" if is_confirmed else ""  # which was on another split
    return (
        f"That is {score_text(size, rows)} {words} than {default_words(configuration)} "
        f"({configuration_text(configuration)}: {score_text(default, rows)}{where})."
    )


def breakdown_note(study: Study) -> str:
    """Where every trial diverged; empty where that cannot be said."""
    return " ".join(
        f"All {each.trials} trials with {each.name} of {value_text(each.value)} or "
        f"{'more' if each.side is Side.HIGH else 'less'} diverged."
        for each in study.totals.breakdowns
    )


def last_verdicts(study: Study) -> list[str]:
    """What the last verdicts say, a sentence for each range; empty before there are any."""
    judged = [stage for stage in study.stages if stage.result]
    return verdict_lines(judged[-1]) if judged else []


def no_valid_trial(study: Study) -> NoValidTrial:
    """The error for a study that has nothing to rank."""
    if not study.trials:
        hint = f"`hpsearch resume {study.name}` runs it"
        return NoValidTrial(f"study `{study.name}` has no finished trial yet", hint)
    outcome = study.trials[0].outcome
    reason = f" ({outcome.reason})" if outcome.reason else ""
    return NoValidTrial(
        f"none of the {study.finished} trials of study `{study.name}` has a score: "
        f"the first is {outcome.state}{reason}",
        HINTS.get(outcome.state, ""),
    )
