"""The Best-N: the configurations with the highest scores, and what their scores mean."""

from typing import Any

from hpsearch.domain.assessment import Assessment
from hpsearch.domain.breakdowns import breakdowns
from hpsearch.domain.range_text import value_text
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.space import Side
from hpsearch.domain.spec import ScoreEpoch
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Trial
from hpsearch.errors import NoValidTrial
from hpsearch.reporting.best_table import best_table, column_meanings, standing_values
from hpsearch.reporting.clipping import clipping_text
from hpsearch.reporting.conclusions import (
    chance_sentence,
    default_sentence,
    estimate_words,
    tie_sentence,
)
from hpsearch.reporting.function_text import function_meaning
from hpsearch.reporting.giving_up import audit_note
from hpsearch.reporting.going_on import going_on_note
from hpsearch.reporting.stages_text import verdict_lines
from hpsearch.reporting.text import configuration_text, score_name, score_text, wrapped


def best_rows(
    study: Study, count: int, assessment: Assessment | None = None
) -> list[dict[str, Any]]:
    """Rank, trial number, score and configuration of the best trials, as plain values.

    With an assessment also how sure they are.
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
        }
        for rank, trial in enumerate(best_trials(study.trials, count), 1)
    ]


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
        with_verdicts: whether to end with what the last verdicts say.

    Raises:
        NoValidTrial: no trial has a score.
    """
    rows = study.data.validation_rows
    best = best_trials(study.trials, count)
    if not best:
        raise no_valid_trial(study)
    score = "-f" if study.data.is_function else "val acc"
    lines = [_line(rank, trial, rows, score) for rank, trial in enumerate(best, 1)]
    notes = [
        column_meanings(study, assessment) if assessment and with_table else "",
        meaning(study, assessment),
        *(_sureness(study, assessment) if assessment else ()),
        clipping_text(best[0], "Best-1"),
        breakdown_note(study),
        audit_note(study),
        going_on_note(study),
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


def _line(rank: int, trial: Trial, rows: int, score: str) -> str:
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
    chance = score_text(study.data.majority_share, rows)
    answer = "the commonest class" if study.data.class_count else "the mean"
    name = score_name(study.data.class_count).capitalize()
    sure = f" Best-1: {estimate_words(study, assessment)}." if assessment else ""
    return f"{name} on {where} after the {epoch}; chance level {chance} ({answer}).{sure}"


def breakdown_note(study: Study) -> str:
    """Where every trial diverged; empty where that cannot be said."""
    return " ".join(
        f"All {each.trials} trials with {each.name} of {value_text(each.value)} or "
        f"{'more' if each.side is Side.HIGH else 'less'} diverged."
        for each in breakdowns(study)
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
        f"none of the {len(study.trials)} trials of study `{study.name}` has a score: "
        f"the first is {outcome.state}{reason}",
        "lower the range of lr" if outcome.state == "diverged" else "",
    )
