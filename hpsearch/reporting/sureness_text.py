"""How sure the best of a study are, as terms with their meanings, and how that was computed."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from hpsearch.domain.assessment import Assessment, Correction, Interval
from hpsearch.domain.comparisons import is_too_large
from hpsearch.domain.study import Study
from hpsearch.reporting.importance import importance_facts
from hpsearch.reporting.text import score_text

NOTHING: Mapping[str, float] = MappingProxyType({})

Facts = list[tuple[str, str]]


def sureness_facts(
    study: Study, assessment: Assessment, shares: Mapping[str, float] = NOTHING
) -> Facts:
    """Terms and values: the best score as the search shows it, corrected, confirmed, and so on.

    Args:
        shares: how much each hyperparameter decides.
    """
    rows, corrected, best = study.data.validation_rows, assessment.corrected, assessment.best
    assert corrected is not None  # reports are of studies that were read whole
    facts = [
        (
            "Highest score of the search",
            f"{score_text(corrected.naive, rows)}, of {corrected.chosen_from} trials with a score",
        )
    ]
    if corrected.by is not Correction.COUNT:
        facts += [
            ("Corrected for luck", _with_interval(corrected.mean, corrected.interval, rows)),
            ("Luck in it (optimism)", f"{corrected.optimism:+.3f}"),
        ]
    if best.trial.confirmed_score is not None and best.confirmed_interval is not None:
        shown = _with_interval(best.trial.confirmed_score, best.confirmed_interval, rows)
        facts.append((f"Best-1 confirmed {best.repeats} times", shown))
    if assessment.pick is not None:
        among, luck = assessment.pick.finalists, assessment.pick.luck
        facts.append((f"Luck of the pick among {among} confirmed", f"{luck:+.3f}"))
    level = "commonest class always" if study.data.class_count else "mean always"
    facts += [
        ("Chance level", f"{score_text(assessment.chance_level, rows)} (the {level})"),
        ("Tied with Best-1", f"{assessment.tied} of the next {len(assessment.standings) - 1}"),
        ("Validation rows", _row_words(study)),
    ]
    return facts + importance_facts(shares, study.totals.drawn_in(1).count)


def _row_words(study: Study) -> str:
    rows, folds = study.data.validation_rows, study.spec.split.fold_count
    words = f"{rows}" + (f" over {folds} folds" if folds > 1 else ", one split")
    if study.data.class_count:
        words += f"; a single row moves an accuracy by {1 / rows:.2g}"
    return words


def _with_interval(score: float, interval: Interval, rows: int) -> str:
    low, high = (score_text(end, rows) for end in interval)
    return f"{score_text(score, rows)}, 95 % interval {low} to {high}"


def method_sentences(study: Study, assessment: Assessment) -> Sequence[str]:
    """How the numbers were computed, and what they leave out."""
    several = study.spec.split.fold_count * study.spec.repeats > 1
    said = [
        "95 %: interval of the search score of one trial by itself, "
        + (
            "Student's, with the variance of the folds corrected for the rows that their "
            "trainings share (Nadeau and Bengio 2003)."
            if several
            else "Wilson's, from the number of validation rows."
        )
    ]
    said += _luck_sentences(assessment)
    if is_too_large(study):
        said.append(
            f"Of so many trials the results of single rows are looked at for the best "
            f"{len(assessment.standings)} alone, to test for ties."
        )
    if assessment.best.confirmed_interval is not None:
        said.append(
            "Confirmed: mean over trainings with fresh seeds and fresh splits, Student's interval; "
            "the splits share rows, so that it is approximate. The best of several confirmed is a "
            "maximum again, though of few: the luck of the pick is by how much it leads what the "
            "best by the other repeats scores on each repeat, and is taken off the estimate."
        )
    pairs = (
        "a corrected t-test on shared folds" if several else "McNemar's mid-p test on shared rows"
    )
    said.append(
        f"Tie: a, not shown to be worse than Best-1; b, worse. By {pairs}, at 5 % after Holm's "
        "correction for the number of comparisons. A tie is not a proof of equality."
    )
    said.append("Gap: training minus validation score.")
    if sum(each.result is not None for each in study.stages) > 1:
        said.append(
            "What matters: by the smallest p-value of the stages, times their number, below 5 %; "
            "each range was moved by its own stage's alone."
        )
    if any(each.edges for each in assessment.standings):
        said.append("Edge: in the outer tenth of the range that its stage searched.")
    return said


def _luck_sentences(assessment: Assessment) -> list[str]:
    assert assessment.corrected is not None
    by = assessment.corrected.by
    if by is Correction.ROWS:
        return [
            "Corrected for luck: the choice of the best is repeated on many resamples of the "
            "validation rows, and scored on the rows left out (Tsamardinos, Greasidou and "
            "Borboudakis 2018). Ranks, between which 95 % of the same resamples put a trial, and "
            "P(best), the share in which it is first, come from them. Rows are taken to be "
            "independent, and the trained networks as they are; trials that were given up early "
            "have no score and are not in it."
        ]
    if by is Correction.FOLDS:
        return [
            "Corrected for luck: by how much each fold's own best beats the overall best on it "
            "(Tibshirani and Tibshirani 2009)."
        ]
    return []
