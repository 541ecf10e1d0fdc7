"""The Best-N: the configurations with the highest scores, and what their scores mean."""

from typing import Any

from hpsearch.domain.ranking import best_trials
from hpsearch.domain.spec import ScoreEpoch
from hpsearch.domain.study import Study
from hpsearch.errors import NoValidTrial
from hpsearch.reporting.clipping import clipping_text
from hpsearch.reporting.function_text import function_meaning
from hpsearch.reporting.text import configuration_text, score_text, wrapped
from hpsearch.statistics.intervals import wilson


def best_rows(study: Study, count: int) -> list[dict[str, Any]]:
    """Rank, trial number, score and configuration of the best trials, as plain values."""
    return [
        {
            "rank": rank,
            "number": trial.number,
            "score": trial.score,
            "configuration": dict(trial.configuration),
        }
        for rank, trial in enumerate(best_trials(study.trials, count), 1)
    ]


def best_text(study: Study, count: int) -> str:
    """The study notes' line for each of the best, then what it means.

    Raises:
        NoValidTrial: no trial has a score.
    """
    rows = study.data.validation_rows
    best = best_trials(study.trials, count)
    if not best:
        raise no_valid_trial(study)
    score = "-f" if study.data.is_function else "val acc"
    lines = [
        f"Best-{rank} ({score}: {score_text(trial.score, rows)}) | "
        f"{configuration_text(trial.configuration)}"
        for rank, trial in enumerate(best, 1)
    ]
    return "\n".join([*lines, "", meaning(study)])


def meaning(study: Study) -> str:
    """How to read the scores of a study: chance level, validation rows, uncertainty."""
    if study.data.is_function:
        return function_meaning(study)
    best = best_trials(study.trials, 1)[0]
    rows, folds = study.data.validation_rows, study.spec.split.fold_count
    assert best.score is not None
    low, high = wilson(best.score * rows, rows)
    where = f"{rows} validation rows" + (f" over {folds} folds" if folds > 1 else "")
    where += f", mean of {study.spec.repeats} repeats," if study.spec.repeats > 1 else ""
    epoch = "last epoch" if study.spec.training.score is ScoreEpoch.LAST else "best epoch"
    return wrapped(
        f"Accuracy on {where} after the {epoch}; chance level "
        f"{score_text(study.data.majority_share, rows)} (the commonest class). "
        f"95 % interval of Best-1 by itself: {score_text(low, rows)} to {score_text(high, rows)}. "
        f"It is the best of {len(study.trials)}, so expect a little less. "
        f"{clipping_text(best, 'Best-1')}"
    )


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
