"""Which pictures belong into the report of a study; all are yet to be drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hpsearch.domain.imported import ImportedStudy
from hpsearch.domain.measurements import activations_of, gradient_norms_of
from hpsearch.domain.ranking import best_trials, ranked
from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Trial
from hpsearch.reporting.pictures.activations import activation_histograms
from hpsearch.reporting.pictures.best_curves import COUNT, best_curves
from hpsearch.reporting.pictures.gradient_norms import gradient_pictures
from hpsearch.reporting.pictures.learning_curves import Curves, learning_curves
from hpsearch.reporting.pictures.parallel import parallel_coordinates
from hpsearch.reporting.pictures.reported_curves import reported_curves
from hpsearch.reporting.pictures.search_course import (
    best_so_far,
    fits,
    rung_scores,
    stage_ranges,
    trial_times,
)
from hpsearch.reporting.pictures.searched_space import axis_plots, score_map
from hpsearch.reporting.pictures.style import Drawing
from hpsearch.reporting.pictures.trajectories import trajectories

Details = Mapping[str, Any] | None

MEASURED_BEST = 5
MEASURED_MOST = 16  # more would not fit a page


def pictures(study: Study, read_curves: Callable[[Sequence[int]], Curves]) -> list[Drawing]:
    """The pictures of a study, the most telling first; none before a trial has ended.

    Args:
        read_curves: learning curves by trial number, asked once for those that are drawn.
    """
    if not study.trials:
        return []
    if study.data.is_function:
        return [trajectories(study)]
    measured = _measured_pictures(study)
    if measured and study.spec.training.epochs == 1:  # nothing was to be learned
        return measured
    return [*_curve_pictures(study, read_curves), *measured]


def search_pictures(study: Study) -> list[Drawing]:
    """What else can be drawn of a search: not of a grid, which is compared as it stands."""
    is_search = study.spec.sampler is not Sampler.GRID and not study.data.is_function
    if not is_search or not best_trials(study.trials, 1):
        return []
    drawings = (
        axis_plots(study),
        score_map(study),
        best_so_far(study),
        stage_ranges(study),
        parallel_coordinates(study),
        fits(study),
        rung_scores(study),
        trial_times(study),
    )
    return [each for each in drawings if each is not None]


def imported_pictures(study: ImportedStudy) -> list[Drawing]:
    """What can be drawn of trials that were trained elsewhere; nothing without a score."""
    if not best_trials(study.trials, 1):
        return []
    has_times = any(trial.seconds > 0 for trial in study.trials)
    drawings = (
        reported_curves(study),
        axis_plots(study),
        score_map(study),
        best_so_far(study),
        stage_ranges(study),
        parallel_coordinates(study),
        trial_times(study) if has_times else None,
    )
    return [each for each in drawings if each is not None]


def _curve_pictures(study: Study, read: Callable[[Sequence[int]], Curves]) -> list[Drawing]:
    if study.spec.sampler is Sampler.GRID:
        return learning_curves(study, read([trial.number for trial in study.trials]))
    best = best_trials(study.trials, COUNT)
    return [best_curves(study, read([trial.number for trial in best]))] if best else []


def _measured_pictures(study: Study) -> list[Drawing]:
    """Of the trials of a grid in its order; of a search, of the best."""
    drawings: list[Drawing] = []
    for measured, draw in (
        (activations_of, activation_histograms),
        (gradient_norms_of, gradient_pictures),
    ):
        trials = [trial for trial in study.trials if _first(trial, measured)]
        shown, which = _shown(study, trials)
        if shown:
            drawings += [replace(each, heading=each.heading + which) for each in draw(study, shown)]
    return drawings


def _shown(study: Study, trials: Sequence[Trial]) -> tuple[Sequence[Trial], str]:
    """Those of `trials` that are drawn, and what the heading says of the choice."""
    if study.spec.sampler is not Sampler.GRID:
        best = ranked(trials)[:MEASURED_BEST]
        return best, f", Best-{len(best)}"
    if len(trials) > MEASURED_MOST:
        return trials[:MEASURED_MOST], f", first {MEASURED_MOST} of {len(trials)} trials"
    return trials, ""


def _first(trial: Trial, measured: Callable[[Details], Sequence[object]]) -> object:
    return next((each for each in trial.evaluations if measured(each.details)), None)
