"""What a study has shown, in sentences that claim no more than its numbers carry."""

import shlex
from collections import defaultdict

from hpsearch.domain.assessment import Assessment, Correction
from hpsearch.domain.default_configuration import default_words
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.space import Side
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Origin
from hpsearch.domain.verdict import Reason, Verdict
from hpsearch.reporting.going_on import going_on_note
from hpsearch.reporting.text import configuration_text, score_name, score_text

SIGNIFICANCE = 0.05
SIDES = {Side.LOW: "low", Side.HIGH: "high"}


def conclusions(study: Study, assessment: Assessment) -> list[str]:
    """The verdict on a study, the most important sentence first."""
    best = assessment.best.trial
    said = [
        f"Best: {configuration_text(best.configuration)}: {estimate_words(study, assessment)}.",
        chance_sentence(study, assessment),
        default_sentence(study, assessment),
        tie_sentence(assessment),
        matter_sentence(study),
        edge_sentence(assessment),
        going_on_note(study),
        next_sentence(study, assessment),
    ]
    return [each for each in said if each]


def estimate_words(study: Study, assessment: Assessment) -> str:
    """Score of Best-1 on new rows, its interval, and where both come from."""
    rows, (score, ends) = study.data.validation_rows, assessment.estimate
    low, high = (score_text(end, rows) for end in ends)
    best, name = assessment.best, score_name(study.data.class_count)
    if best.confirmed_interval is not None:
        naive = score_text(best.trial.score, rows)
        how = f"mean of {best.repeats} more trainings with fresh seeds and fresh splits"
        how += _pick_words(assessment, rows)
    else:
        assert assessment.corrected is not None
        corrected = assessment.corrected
        naive = score_text(corrected.naive, rows)
        if corrected.by is Correction.COUNT:
            return (
                f"{name} {naive} in the search, which is the luckiest of {corrected.chosen_from}: "
                f"the truth may be anywhere from {low} to {high}"
            )
        how = f"corrected for the luck of being the best of {corrected.chosen_from}"
    shown = f"the search itself showed {naive}"
    return f"{name} {score_text(score, rows)}, 95 % interval {low} to {high} ({how}; {shown})"


def _pick_words(assessment: Assessment, rows: int) -> str:
    """What was taken off a confirmed score; empty where that does not show."""
    pick = assessment.pick
    if pick is None or float(score_text(pick.luck, rows)) == 0:
        return ""
    luck = score_text(pick.luck, rows)
    return f", less {luck} for the luck of being the best of {pick.finalists} such means"


def chance_sentence(study: Study, assessment: Assessment) -> str:
    """Whether anything was learned; empty where that is plain."""
    if assessment.is_better_than_chance:
        return ""
    level = score_text(assessment.chance_level, study.data.validation_rows)
    answer = "commonest class" if study.data.class_count else "mean"
    return (
        "That is not better than chance, as far as these data can tell: always naming the "
        f"{answer} scores {level}."
    )


def default_sentence(study: Study, assessment: Assessment) -> str:
    """How much better the best is than the default configuration; empty where it was not tried."""
    tried = [each for each in study.trials if each.origin is Origin.DEFAULT]
    against = assessment.default
    if not tried or tried[0].score is None:
        return ""
    if against is None:
        return f"It is {default_words(tried[0].configuration)}: nothing better was found."
    rows, gain = study.data.validation_rows, against.gain
    words = "better" if gain >= 0 else "worse"
    configuration = against.trial.configuration
    is_confirmed = against.trial.confirmed_score is not None
    where = " in the search" if study.finalists and not is_confirmed else ""  # on another split
    doubt = "" if against.is_clear else ", a difference that may be chance"
    return (
        f"That is {score_text(abs(gain), rows)} {words} than {default_words(configuration)} "
        f"({configuration_text(configuration)}: {score_text(against.score, rows)}"
        f"{where}){doubt}."
    )


def tie_sentence(assessment: Assessment) -> str:
    """How many others may be as good as Best-1; empty where there is only one."""
    others, tied = len(assessment.standings) - 1, assessment.tied
    if not others:
        return ""
    if not tied:
        which = f"Each of the next {others} best" if others > 1 else "The next best"
        return f"{which} is worse than it (Holm's test at 5 %)."
    if others == 1:
        which = "The next best is"
    elif tied == others:
        which = f"All of the next {others} best are"
    else:
        which = f"{tied} of the next {others} best {'are' if tied > 1 else 'is'}"
    return f"{which} tied with it: no test here tells them apart."


def matter_sentence(study: Study) -> str:
    """Which hyperparameters made a difference in any stage, and which may not have.

    The smallest p-value of its stages counts, times their number (Bonferroni).
    """
    found: dict[str, list[float]] = defaultdict(list)
    for stage in study.stages:
        for each in stage.result.judgement.verdicts if stage.result else ():
            p = _p(each)
            found[each.name] += [] if p is None else [p]
    known = {name: min(own) * len(own) for name, own in found.items() if own}
    matter = [name for name in sorted(known, key=known.__getitem__) if known[name] < SIGNIFICANCE]
    rest = [name for name in known if name not in matter]
    said = [f"{_listed(matter)} {'matter' if len(matter) > 1 else 'matters'}"] if matter else []
    if rest:
        does = "matter" if len(rest) > 1 else "matters"
        said.append(f"there is no evidence that {_listed(rest, 'or')} {does}")
    if not said:
        return ""
    text = "; ".join(said)
    # Names of hyperparameters are written small wherever they stand.
    return f"{text if matter else text[0].upper() + text[1:]}."


def edge_sentence(assessment: Assessment) -> str:
    """Whether the best lies at an end of a range that was searched; empty if not."""
    edges = assessment.best.edges
    if not edges:
        return ""
    where = " and ".join(f"the {SIDES[side]} end of {name}" for name, side in edges)
    return f"It lies at {where}: something better may lie beyond."


def next_sentence(study: Study, assessment: Assessment | None = None) -> str:
    """What to do next; empty where nothing is left to do."""
    name = shlex.quote(study.name)
    if study.finished < study.trial_count:
        return f"The search is not finished: `hpsearch resume {name}` goes on with it."
    if assessment is not None and not assessment.is_better_than_chance:
        return "Look at the data and the ranges before searching on."
    if study.spec.is_compared or study.openings:
        return ""
    if best_trials(study.trials, 1)[0].confirmed_score is None:
        return f"Next: `hpsearch confirm {name}` trains the best again with fresh seeds."
    end = " and opens the test set, once" if study.data.test_rows else ""
    return f"Next: `hpsearch finalize {name}` trains it on all rows{end}."


def _p(verdict: Verdict) -> float | None:
    """The smallest p-value that the hyperparameter makes no difference; None if none was taken."""
    evidence = verdict.evidence
    # A trend counts where it moved the range: by itself it has another level.
    trend = evidence.trend_p if evidence.reason is Reason.EVIDENCE else None
    found = [*(each.p for each in evidence.choices), evidence.p, trend]
    return min((each for each in found if each is not None), default=None)


def _listed(names: list[str], word: str = "and") -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"
