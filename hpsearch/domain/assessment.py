"""How sure the best of a study are: intervals, ties, and what of the best score was luck.

Everything is computed from what is stored; nothing is decided by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.axes import axes
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.repeat_scores import paired, repeat_means, rows_ratio, scores_of
from hpsearch.domain.row_results import row_scores
from hpsearch.domain.space import Side
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Purpose, Trial
from hpsearch.statistics.best_of_many import CorrectedBest, corrected_best, fold_optimism
from hpsearch.statistics.confirmation import confirmed_interval
from hpsearch.statistics.exact_tests import mcnemar
from hpsearch.statistics.intervals import wilson
from hpsearch.statistics.multiple_tests import holm
from hpsearch.statistics.overlapping import corrected_difference, corrected_mean

COMPARED = 20  # of the best, with Best-1
SIGNIFICANCE = 0.05
EDGE_SHARE = 0.1  # of the width of a range
NUMBERS_AT_MOST = 20_000_000  # of all trials and rows together, to bound the memory

RowResults = Mapping[int, Mapping[tuple[int, int], bytes]]
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
class Assessment:
    """The best of a study and how sure they are.

    Attributes:
        standings: best first; `COMPARED` or as many as were asked for.
        corrected: the best score of the search without its luck.
        chance_level: accuracy of naming the commonest class always.
    """

    standings: tuple[Standing, ...]
    corrected: Corrected
    chance_level: float

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
        """What Best-1 scores on new rows: confirmed, or else the corrected score of the search."""
        confirmed, interval = self.best.trial.confirmed_score, self.best.confirmed_interval
        if confirmed is not None and interval is not None:
            return confirmed, interval
        return self.corrected.mean, self.corrected.interval

    @property
    def is_better_than_chance(self) -> bool:
        """Whether the whole interval of the estimate lies above the chance level."""
        return self.estimate[1][0] > self.chance_level


def assessed_trials(study: Study) -> list[Trial]:
    """The trials whose rows an assessment needs, by number.

    All that are complete; of very many only the highest scores, which alone could win.
    """
    complete = [trial for trial in study.trials if trial.score is not None]
    most = max(COMPARED, NUMBERS_AT_MOST // max(1, study.data.validation_rows))
    if len(complete) > most:
        complete = sorted(complete, key=lambda trial: (-(trial.score or 0.0), trial.number))[:most]
    return sorted(complete, key=lambda trial: trial.number)


def assess(study: Study, row_results: RowResults, count: int = COMPARED) -> Assessment:
    """Assess the best of a study.

    Args:
        study: with at least one complete trial, on data.
        row_results: packed results of the validation rows by trial, repeat and fold; trials
            without all of them are left out of what needs them.
        count: how many of the best.
    """
    best = best_trials(study.trials, max(count, COMPARED))
    rows = _scores_by_row(study, row_results)
    found = corrected_best(np.array(list(rows.values()))) if rows else None
    ps = _ties(study, best, rows)
    order = list(rows)
    return Assessment(
        standings=tuple(
            _standing(study, rank, trial, p, found, order)
            for rank, (trial, p) in enumerate(zip(best, ps, strict=True), 1)
        ),
        corrected=_corrected(study, found, len(order)),
        chance_level=study.data.majority_share,
    )


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
        confirmed_interval=_within(study, confirmed_interval(repeats)),
        repeats=len(repeats),
        p=p,
        edges=edges(study, trial),
    )


def search_interval(study: Study, trial: Trial) -> Interval | None:
    """95 % interval of the search score of a trial by itself; None where there is none.

    From the scores of the folds where there are two or more trainings, else from the rows.
    """
    scores = list(scores_of(trial, Purpose.SEARCH).values())
    mean = corrected_mean(scores, rows_ratio(study.spec.split))
    if mean is not None:
        return _within(study, (mean.low, mean.high))
    if trial.score is None or not study.data.validation_rows:
        return None
    return wilson(trial.score * study.data.validation_rows, study.data.validation_rows)


def edges(study: Study, trial: Trial) -> tuple[tuple[str, Side], ...]:
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


def _corrected(study: Study, found: CorrectedBest | None, chosen_from: int) -> Corrected:
    scores = [trial.score for trial in study.trials if trial.score is not None]
    if found is not None:
        return Corrected(
            naive=found.naive,
            mean=found.mean,
            interval=(found.low, found.high),
            by=Correction.ROWS,
            chosen_from=chosen_from,
        )
    naive, rows = max(scores), study.data.validation_rows
    folds = [list(scores_of(trial, Purpose.SEARCH).values()) for trial in study.trials]
    most = max(map(len, folds))
    if most >= 2:
        mean = naive - fold_optimism([each for each in folds if len(each) == most])
        interval, by = wilson(min(1.0, max(0.0, mean)) * rows, rows), Correction.FOLDS
    else:
        # Bonferroni: the luckiest of so many lies within it as often as one lies within 95 %.
        quantile = NormalDist().inv_cdf(1 - 0.025 / len(scores))
        mean, interval, by = naive, wilson(naive * rows, rows, quantile), Correction.COUNT
    return Corrected(naive=naive, mean=mean, interval=interval, by=by, chosen_from=len(scores))


def _scores_by_row(study: Study, results: RowResults) -> dict[int, NDArray[np.float32]]:
    """Score of each validation row, by number, of the trials whose rows are all known.

    Repeats divide the same rows anew: their results cannot be put side by side.
    """
    if study.spec.repeats > 1:
        return {}
    parts = study.spec.parts
    return {
        trial.number: np.concatenate(
            [row_scores(results[trial.number][part], scores[part]) for part in parts]
        )
        for trial in assessed_trials(study)
        if (scores := scores_of(trial, Purpose.SEARCH)).keys() >= set(parts)
        and results.get(trial.number, {}).keys() >= set(parts)
    }


def _ties(
    study: Study, best: Sequence[Trial], rows: Mapping[int, NDArray[np.float32]]
) -> list[float | None]:
    """Holm's adjusted p-values of the differences from Best-1; None for that and the unknown."""
    raw = [_p(study, best[0], each, rows) for each in best[1:]]
    adjusted = iter(holm([p for p in raw if p is not None]))
    return [None, *(None if p is None else next(adjusted) for p in raw)]


def _p(
    study: Study, first: Trial, second: Trial, rows: Mapping[int, NDArray[np.float32]]
) -> float | None:
    """Two-sided p-value of the difference of two trials; None where it cannot be told."""
    found = corrected_difference(*paired(first, second), rows_ratio(study.spec.split))
    if found is not None:
        return found.p
    if first.number not in rows or second.number not in rows:
        return None
    one, other = rows[first.number], rows[second.number]
    if study.data.class_count:
        return mcnemar(int((one > other).sum()), int((other > one).sum()))
    found = corrected_difference(one.tolist(), other.tolist(), 0.0)
    return None if found is None else found.p


def _within(study: Study, interval: Interval | None) -> Interval | None:
    """An interval of accuracies, cut off at 0 and 1."""
    if interval is None or not study.data.class_count:
        return interval
    return max(0.0, interval[0]), min(1.0, interval[1])
