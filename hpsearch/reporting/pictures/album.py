"""Which pictures belong into the report of a study."""

from collections.abc import Callable, Sequence

from hpsearch.domain.measurements import activations_of, gradient_norms_of
from hpsearch.domain.ranking import best_trials, ranked
from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Evaluation, Trial
from hpsearch.reporting.picture import Picture
from hpsearch.reporting.pictures.activations import activation_histograms
from hpsearch.reporting.pictures.best_curves import COUNT, best_curves
from hpsearch.reporting.pictures.gradient_norms import gradient_pictures
from hpsearch.reporting.pictures.learning_curves import Curves, learning_curves
from hpsearch.reporting.pictures.trajectories import trajectories

MEASURED_BEST = 5


def pictures(study: Study, read_curves: Callable[[Sequence[int]], Curves]) -> list[Picture]:
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


def _curve_pictures(study: Study, read: Callable[[Sequence[int]], Curves]) -> list[Picture]:
    if study.spec.sampler is Sampler.GRID:
        return learning_curves(study, read([trial.number for trial in study.trials]))
    best = best_trials(study.trials, COUNT)
    return [best_curves(study, read([trial.number for trial in best]))] if best else []


def _measured_pictures(study: Study) -> list[Picture]:
    """Of all trials of a grid in its order; of a search, of the best."""
    is_grid = study.spec.sampler is Sampler.GRID
    shown = study.trials if is_grid else ranked(study.trials)[:MEASURED_BEST]
    drawn: list[Picture] = []
    if _any(shown, lambda each: activations_of(each.details)):
        drawn.append(activation_histograms(study, shown))
    if _any(shown, lambda each: gradient_norms_of(each.details)):
        drawn.extend(gradient_pictures(study, shown))
    return drawn


def _any(trials: Sequence[Trial], has: Callable[[Evaluation], object]) -> bool:
    return any(has(each) for trial in trials for each in trial.evaluations)
