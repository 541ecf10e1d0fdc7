"""How sure the best of a study are: intervals, ties, and what of the best score was luck.

Everything is computed from what is stored; nothing is decided by it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import NormalDist

import numpy as np

from hpsearch.domain.axes import axes
from hpsearch.domain.comparisons import COMPARED, RowResults, is_too_large, scores_by_row, ties
from hpsearch.domain.imported import Searched
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.repeat_scores import repeat_means, rows_ratio, scores_of
from hpsearch.domain.space import Side
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Origin, Purpose, Trial
from hpsearch.statistics.best_of_many import CorrectedBest, corrected_best, fold_optimism
from hpsearch.statistics.confirmation import confirmed_interval, luck_of_the_pick
from hpsearch.statistics.intervals import NORMAL_QUANTILE, wilson
from hpsearch.statistics.overlapping import corrected_mean

SIGNIFICANCE = 0.05
EDGE_SHARE = 0.1  # of the width of a range

Interval = tuple[float, float]


class Correction(StrEnum):
    """What the luck of the best score was estimated from."""

    ROWS = "rows"
    FOLDS = "folds"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """The best score of a search without its luck.

    Attributes:
        naive: the highest score of the search.
        mean: what such a choice scores on new rows.
        interval: 95 % interval of that.
        by: what it was estimated from. From the number of trials alone there is no estimate of
            the luck, only an interval that is wide enough for the luckiest of so many.
        chosen_from: trials that were in it.
    """

    naive: float
    mean: float
    interval: Interval
    by: Correction
    chosen_from: int

    @property
    def optimism(self) -> float:
        """How much of the highest score was luck."""
        return self.naive - self.mean


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standing:
    """One of the best trials, and how sure its place is.

    Attributes:
        rank: from 1.
        interval: 95 % interval of its search score, by itself.
        ranks: between which its rank lies in 95 % of the resampled searches; None if unknown.
        chance: share of those in which it was the best; None if unknown.
        confirmed_interval: 95 % interval of its confirmed score; None without one.
        repeats: of its confirmation.
        p: that it is as good as Best-1, adjusted for the number of comparisons; None for Best-1
            itself, and where it cannot be told.
        edges: hyperparameters that lie in the outer tenth of their range, with the end.
    """

    rank: int
    trial: Trial
    interval: Interval | None
    ranks: tuple[int, int] | None = None
    chance: float | None = None
    confirmed_interval: Interval | None = None
    repeats: int = 0
    p: float | None = None
    edges: tuple[tuple[str, Side], ...] = ()

    @property
    def letter(self) -> str:
        """`a` where it is not worse than Best-1 as far as can be told, else `b`."""
        return "b" if self.p is not None and self.p < SIGNIFICANCE else "a"

    @property
    def gap(self) -> float | None:
        """How much better it is on the rows that it learned from."""
        if self.trial.train_score is None or self.trial.score is None:
            return None
        return self.trial.train_score - self.trial.score


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AgainstDefault:
    """Best-1 beside the default configuration, which was tried without being chosen.

    Attributes:
        trial: the one with the default configuration.
        score: its confirmed score, or else that of the search.
        gain: how much more Best-1 is estimated to score.
        is_clear: whether their intervals do not overlap.
    """

    trial: Trial
    score: float
    gain: float
    is_clear: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """The choice of Best-1 among confirmed finalists.

    Attributes:
        finalists: among which it has the highest mean.
        luck: how much of that mean was luck.
    """

    finalists: int
    luck: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assessment:
    """The best of a study and how sure they are.

    Attributes:
        standings: best first; `COMPARED` or as many as were asked for.
        corrected: the best score of the search without its luck; None of a study read in part
            whose Best-1 is confirmed.
        chance_level: accuracy of naming the commonest class always; R² of naming the mean.
        default: None where the default configuration was not tried, or is Best-1.
        pick: what of Best-1's confirmed score was the luck of being picked by it; None where it
            was not picked among several.
    """

    standings: tuple[Standing, ...]
    corrected: Corrected | None
    chance_level: float
    default: AgainstDefault | None = None
    pick: Pick | None = None

    @property
    def best(self) -> Standing:
        """Best-1."""
        return self.standings[0]

    @property
    def tied(self) -> int:
        """How many others are not worse than Best-1 as far as can be told."""
        return sum(each.letter == "a" for each in self.standings[1:])

    @property
    def estimate(self) -> tuple[float, Interval]:
        """What Best-1 scores on new rows: confirmed or in the search, less the luck in it."""
        confirmed, interval = self.best.trial.confirmed_score, self.best.confirmed_interval
        if confirmed is not None and interval is not None:
            luck = self.pick.luck if self.pick else 0.0
            return confirmed - luck, (interval[0] - luck, interval[1] - luck)
        assert self.corrected is not None
        return self.corrected.mean, self.corrected.interval

    @property
    def is_better_than_chance(self) -> bool:
        """Whether the whole interval of the estimate lies above the chance level."""
        return self.estimate[1][0] > self.chance_level


def assess(
    study: Study,
    row_results: RowResults,
    count: int = COMPARED,
    best_by_fold: Sequence[float] | None = None,
) -> Assessment:
    """Assess the best of a study.

    Args:
        study: with at least one complete trial, on data.
        row_results: packed results of the validation rows by trial, repeat and fold; trials
            without all of them are left out of what needs them.
        count: how many of the best.
        best_by_fold: highest score of all complete trials in each repeat and fold, for a study
            read in part whose Best-1 is not confirmed.
    """
    best = best_trials(study.trials, max(count, COMPARED))
    rows = scores_by_row(study, row_results, count)
    is_whole = bool(rows) and not is_too_large(study)
    found = corrected_best(np.array(list(rows.values()))) if is_whole else None
    ps = ties(study, best, rows)
    order, places = list(rows), enumerate(zip(best, ps, strict=True), 1)
    standings = tuple(_standing(study, rank, trial, p, found, order) for rank, (trial, p) in places)
    is_told = study.overview is None or standings[0].confirmed_interval is None
    assessment = Assessment(
        standings=standings,
        corrected=_corrected(study, found, len(order), best_by_fold) if is_told else None,
        chance_level=study.data.majority_share,
        pick=pick(study),
    )
    return replace(assessment, default=_against_default(study, assessment))


def pick(study: Study) -> Pick | None:
    """How Best-1 was picked among the finalists that were confirmed as often as any."""
    means = [repeat_means(each) for each in study.trials if each.number in study.finalists]
    most = max(map(len, means), default=0)
    table = [each for each in means if len(each) == most]
    if most < 2 or len(table) < 2:
        return None
    return Pick(finalists=len(table), luck=luck_of_the_pick(table))


def _standing(
    study: Study,
    rank: int,
    trial: Trial,
    p: float | None,
    found: CorrectedBest | None,
    order: Sequence[int],
) -> Standing:
    at = order.index(trial.number) if trial.number in order else None
    ranks = chance = None
    if found is not None and at is not None:
        ranks = int(found.first_ranks[at]), int(found.last_ranks[at])
        chance = float(found.chances[at])
    repeats = repeat_means(trial)
    return Standing(
        rank=rank,
        trial=trial,
        interval=search_interval(study, trial),
        ranks=ranks,
        chance=chance,
        confirmed_interval=confirmation_interval(study, trial),
        repeats=len(repeats),
        p=p,
        edges=edges(study, trial),
    )


def _against_default(study: Study, assessment: Assessment) -> AgainstDefault | None:
    tried = [trial for trial in study.trials if trial.origin is Origin.DEFAULT]
    if not tried or tried[0].score is None or tried[0].number == assessment.best.trial.number:
        return None
    trial, (estimate, (low, high)) = tried[0], assessment.estimate
    score, own = trial.confirmed_score, confirmation_interval(study, trial)
    if score is None or own is None:
        score, own = tried[0].score, search_interval(study, trial)
    is_clear = own is not None and (low > own[1] or high < own[0])
    return AgainstDefault(trial=trial, score=score, gain=estimate - score, is_clear=is_clear)


def confirmation_interval(study: Study, trial: Trial) -> Interval | None:
    """Interval of a confirmed score, by the spread of all finalists; None without one.

    That of an accuracy is for new rows, that of another metric for these rows.
    """
    others = [
        repeat_means(each)
        for each in study.trials
        if each.number in study.finalists and each.number != trial.number
    ]
    rows = None if study.accuracy_rows is None else study.data.rows
    return _within(study, confirmed_interval(repeat_means(trial), others, rows=rows))


def search_interval(study: Study, trial: Trial) -> Interval | None:
    """95 % interval of the search score of a trial by itself; None where there is none.

    From the scores of the folds where there are two or more trainings, else from the rows.
    """
    scores = list(scores_of(trial, Purpose.SEARCH).values())
    mean = corrected_mean(scores, rows_ratio(study.spec.split))
    if mean is not None:
        return _within(study, (mean.low, mean.high))
    return None if trial.score is None else _around(study, trial.score)


def edges(study: Searched, trial: Trial) -> tuple[tuple[str, Side], ...]:
    """Hyperparameters of a trial in the outer tenth of the range that its stage searched."""
    stage = next(each for each in study.stages if each.number == trial.stage)
    found = []
    for axis in axes(stage.space):
        if axis.width > 0 and axis.is_active(trial.configuration):
            at = (axis.positions([trial.configuration])[0] - axis.low) / axis.width
            if at <= EDGE_SHARE:
                found.append((axis.name, Side.LOW))
            elif at >= 1 - EDGE_SHARE:
                found.append((axis.name, Side.HIGH))
    return tuple(found)


def _corrected(
    study: Study,
    found: CorrectedBest | None,
    chosen_from: int,
    best_by_fold: Sequence[float] | None,
) -> Corrected:
    if found is not None:
        return Corrected(
            naive=found.naive,
            mean=found.mean,
            interval=(found.low, found.high),
            by=Correction.ROWS,
            chosen_from=chosen_from,
        )
    naive, scored = study.totals.best, study.totals.scored
    assert naive is not None
    folds = [list(scores_of(trial, Purpose.SEARCH).values()) for trial in study.trials]
    most = max(map(len, folds))
    if most >= 2:
        mean = naive - fold_optimism([each for each in folds if len(each) == most], best_by_fold)
        interval, by = _around(study, mean), Correction.FOLDS
    else:
        # Bonferroni: the luckiest of so many lies within it as often as one lies within 95 %.
        quantile = NormalDist().inv_cdf(1 - 0.025 / scored)
        mean, interval, by = naive, _around(study, naive, quantile), Correction.COUNT
    return Corrected(naive=naive, mean=mean, interval=interval, by=by, chosen_from=scored)


def _around(study: Study, mean: float, quantile: float = NORMAL_QUANTILE) -> Interval:
    """Interval around a score of which only its mean over the rows is known.

    The variance of single rows' R² is unknown without them: that of normal errors is taken, for
    which 1 - R² has a relative error of √(2/n).
    """
    rows = study.data.validation_rows
    if study.data.class_count:
        return wilson(min(1.0, max(0.0, mean)) * rows, rows, quantile)
    half = quantile * (1 - mean) * math.sqrt(2 / rows)
    return mean - half, mean + half


def _within(study: Study, interval: Interval | None) -> Interval | None:
    """An interval of scores, cut off where no score of the metric can be."""
    if interval is None or study.data.is_function:
        return interval
    lowest, highest = study.spec.data.metric.score_limits
    return max(lowest, interval[0]), min(highest, interval[1])
