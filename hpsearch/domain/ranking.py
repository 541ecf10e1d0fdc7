"""Which trials are best: one total order, the same in every table."""

import heapq
import math
from collections.abc import Iterable, Sequence

from hpsearch.domain.trial import State, Trial


def ranked(trials: Iterable[Trial]) -> list[Trial]:
    """Trials, best first.

    Confirmed ones first, by their confirmed score; then complete ones by score, then by lower
    validation loss; diverged ones after them, the later the better; then the rest. Ties go to the
    lower trial number.
    """
    return sorted(trials, key=rank_key)


def best_trials(trials: Iterable[Trial], count: int) -> list[Trial]:
    """The `count` best trials that have a score; fewer where there are fewer."""
    complete = [trial for trial in trials if trial.outcome.is_complete]
    return heapq.nsmallest(count, _candidates(complete, count), key=rank_key)


def _candidates(complete: Sequence[Trial], count: int) -> Sequence[Trial]:
    """Those that can be among the best: of very many, ranking all takes ten times as long.

    Where `count` others score more, each of them is ranked before, confirmed or not.
    """
    scores = [trial.score for trial in complete if trial.score is not None]
    if len(scores) <= count:
        return complete
    least = heapq.nlargest(count, scores)[-1] if count else math.inf
    return [
        trial
        for trial in complete
        if trial.score is None or trial.score >= least or trial.confirmed_score is not None
    ]


def better(first: Trial | None, second: Trial) -> Trial:
    """The better of two trials; `second` where there is no first."""
    return second if first is None else min(first, second, key=rank_key)


def rank_key(trial: Trial) -> tuple[float, ...]:
    """Sorts trials, best first."""
    if trial.score is not None:
        # Of imported trials nothing but the score is known.
        loss = math.inf if trial.validation_loss is None else trial.validation_loss
        confirmed = trial.confirmed_score
        is_open, shown = (True, trial.score) if confirmed is None else (False, confirmed)
        return 0, is_open, -shown, -trial.score, loss, trial.number
    if trial.outcome.state is State.DIVERGED:
        return 1, -(trial.outcome.epoch or 0), 0, trial.number
    return 2, 0, 0, trial.number
