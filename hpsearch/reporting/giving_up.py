"""What giving up early may have cost: the audited among the dropped, beside the best."""

import math

from hpsearch.domain.study import Study
from hpsearch.domain.trial import Purpose, Trial
from hpsearch.reporting.text import score_form, score_text


def audit_scores(study: Study) -> dict[int, float]:
    """Search scores, by trial number, of what was given up and trained in full all the same."""
    found = {trial.number: _mean_score(trial) for trial in study.trials if trial.of(Purpose.AUDIT)}
    return {number: score for number, score in found.items() if score is not None}


def audit_note(study: Study) -> str:
    """What the best of the audited scored; empty without one."""
    audits, best = audit_scores(study), study.totals.best
    if not audits or best is None:
        return ""
    rows, lost = score_form(study), max(audits.values())
    cost = "a better score was given up" if lost > best else "no better score was given up"
    return (
        f"Giving up early: {cost} among the {len(audits)} that were trained in full as a check; "
        f"the best of them scored {score_text(lost, rows)}, the best of the search "
        f"{score_text(best, rows)}."
    )


def _mean_score(trial: Trial) -> float | None:
    scores = [each.validation_score for each in trial.of(Purpose.AUDIT)]
    known = [score for score in scores if score is not None]
    return math.fsum(known) / len(known) if len(known) == len(scores) else None
