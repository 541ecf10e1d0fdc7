"""Two studies side by side: the best of each, tested on the splits that both were trained on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.assessment import Assessment, Interval, confirmation_interval
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.repeat_scores import paired, rows_ratio, scores_of
from hpsearch.domain.row_results import row_scores
from hpsearch.domain.spec_text import differences
from hpsearch.domain.study import Study
from hpsearch.domain.task import Metric
from hpsearch.domain.trial import Purpose, Trial
from hpsearch.statistics import student
from hpsearch.statistics.exact_tests import mcnemar
from hpsearch.statistics.overlapping import Difference, corrected_difference

PartResults = Mapping[tuple[int, int], bytes]
Unlike = tuple[str, object, object]


class Method(StrEnum):
    """How two trials are tested on what they share."""

    CORRECTED_T = "corrected_t"
    MCNEMAR = "mcnemar"
    ROWS_T = "rows_t"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contender:
    """A study with its best trial.

    Attributes:
        assessment: how sure its best are; None where that is not told.
        row_results: what the search made of each validation row of the best, packed, by repeat and
            fold; empty where that was not kept.
    """

    study: Study
    assessment: Assessment | None
    row_results: PartResults

    @property
    def best(self) -> Trial:
        """Best-1, which every contender has."""
        return best_trials(self.study.trials, 1)[0]

    @property
    def interval(self) -> Interval | None:
        """95 % interval of the best one's search score by itself; None where it is not told."""
        return self.assessment.best.interval if self.assessment else None

    @property
    def confirmed_interval(self) -> Interval | None:
        """95 % interval of its confirmed score; None without one."""
        if self.assessment:
            return self.assessment.best.confirmed_interval
        return confirmation_interval(self.study, self.best)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTest:
    """The best of two studies, tested on what both were trained and validated on.

    Attributes:
        purpose: of the trainings: confirmations, or those of the search, by which both were chosen.
        trainings: pairs of trainings on one split.
        rows: validation rows, where the rows of a single split are the pairs; else None.
        difference: mean score of the second study's best minus that of the first's.
        interval: 95 % interval of the difference; None of McNemar's test.
        p: two-sided p-value.
    """

    method: Method
    purpose: Purpose
    trainings: int
    rows: int | None
    difference: float
    interval: Interval | None
    p: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoStudies:
    """Two studies side by side.

    Attributes:
        unlike: key, value of the first and value of the second, of all in which they differ.
        found: a paired test, or why there is none.
    """

    first: Contender
    second: Contender
    unlike: tuple[Unlike, ...]
    found: PairedTest | str


def side_by_side(first: Contender, second: Contender) -> TwoStudies:
    """Compare two studies, each of which has a trial with a score."""
    one, other = first.study, second.study
    found = why_unpaired(one, other) or _tested(first, second)
    return TwoStudies(first=first, second=second, unlike=_unlike(one, other), found=found)


def _unlike(first: Study, second: Study) -> tuple[Unlike, ...]:
    """All in which two questions differ; what one searches and the other fixes stands once."""
    mine, theirs = first.data.fingerprint, second.data.fingerprint
    found: dict[str, tuple[object, object]] = {}
    if mine != theirs:
        found["data (SHA-256)"] = mine, theirs
    for key, one, other in differences(first.spec, second.spec):
        known = found.get(key, (None, None))
        found[key] = (known[0] if one is None else one, known[1] if other is None else other)
    return tuple((key, *values) for key, values in found.items())


def why_unpaired(first: Study, second: Study) -> str:
    """Why the folds of two studies are not the same, or their scores not; empty where they are.

    Rows are divided by the data, the split and the seed alone, and by a column of groups or times.
    """
    one, other = first.spec, second.spec
    if first.data.is_function or second.data.is_function:
        return "a function has no folds"
    are_same = first.data.fingerprint == second.data.fingerprint
    if not are_same and one.data.name != other.data.name:
        return "the data are not the same"
    told = {
        "metrics": (one.data.metric, other.data.metric),
        "splits": (split_words(first), split_words(second)),
        "groups": (one.data.group, other.data.group),
        "times": (one.data.time, other.data.time),
        "seeds": (one.seed, other.seed),
    }
    for what, (mine, theirs) in told.items():
        if mine != theirs:
            shown = " and ".join("none" if each is None else f"`{each}`" for each in (mine, theirs))
            meant = ", so that other rows validate" if what != "metrics" else ""
            return f"the {what} differ ({shown}){meant}"
    return "" if are_same else "the data are not the same"


def split_words(study: Study) -> str:
    """`5 folds`, or `holdout 0.2`."""
    split = study.spec.split
    return f"{split.folds} folds" if split.folds else f"holdout {split.holdout:g}"


def _tested(first: Contender, second: Contender) -> PairedTest | str:
    one, other = paired(second.best, first.best)
    found = corrected_difference(one, other, rows_ratio(first.study.spec.split))
    if found is None:
        return _tested_on_rows(first, second)
    if found.error == 0 and found.mean != 0:
        return f"the scores differ by the same on all {len(one)} splits, which tells no spread"
    return PairedTest(
        method=Method.CORRECTED_T,
        purpose=_purpose(first.best, second.best),
        trainings=len(one),
        rows=None,
        difference=found.mean,
        interval=_interval(found, len(one)),
        p=found.p,
    )


def _tested_on_rows(first: Contender, second: Contender) -> PairedTest | str:
    """A test on the rows of the one split that both searches were scored on."""
    metric = first.study.spec.data.metric
    if metric not in (Metric.ACCURACY, Metric.R2):
        return f"{metric.words} on a single split is no mean over rows; confirm both, or use folds"
    one, other = _rows(first), _rows(second)
    if one is None or other is None or len(one) != len(other):
        return "they share less than two trainings, and results of single rows are not stored"
    difference = corrected_difference(other.tolist(), one.tolist(), 0.0)
    if difference is None:
        return "they share less than two validation rows"
    is_class = metric is Metric.ACCURACY
    p = mcnemar(int((one > other).sum()), int((other > one).sum())) if is_class else difference.p
    return PairedTest(
        method=Method.MCNEMAR if is_class else Method.ROWS_T,
        purpose=Purpose.SEARCH,
        trainings=1,
        rows=len(one),
        difference=difference.mean,
        interval=None if is_class else _interval(difference, len(one)),
        p=p,
    )


def _rows(contender: Contender) -> NDArray[np.float32] | None:
    """Score of each validation row of the search's first split; None where it is not stored."""
    part, scores = (0, 0), scores_of(contender.best, Purpose.SEARCH)
    if part not in contender.row_results or part not in scores:
        return None
    return row_scores(contender.row_results[part], scores[part])


def _purpose(first: Trial, second: Trial) -> Purpose:
    one, other = (scores_of(each, Purpose.CONFIRM) for each in (first, second))
    return Purpose.CONFIRM if one.keys() & other.keys() else Purpose.SEARCH


def _interval(found: Difference, count: int) -> Interval:
    half = student.quantile(0.975, count - 1) * found.error
    return found.mean - half, found.mean + half
