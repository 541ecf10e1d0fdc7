"""What is said of a study of a toy function, where there is neither data nor accuracy."""

from collections.abc import Sequence

from hpsearch.domain.measurements import trajectory_of
from hpsearch.domain.range_text import value_text
from hpsearch.domain.spec import StudySpec
from hpsearch.domain.study import Study
from hpsearch.domain.toy_functions import TOY_FUNCTIONS
from hpsearch.domain.trial import Trial
from hpsearch.reporting.text import score_text, wrapped


def function_lines(spec: StudySpec) -> list[str]:
    """The function and the length of a descent, as lines of a question."""
    function = TOY_FUNCTIONS[spec.data.name]
    x, y = function.start
    return [
        f"Function  {function.name}: f = {function.formula}, from ({x:g}, {y:g})",
        f"Training  {spec.training.epochs} updates",
    ]


def function_meaning(study: Study) -> str:
    """How to read a score."""
    function = TOY_FUNCTIONS[study.spec.data.name]
    end = (
        "0, its minimum, is the best there is."
        if function.has_minimum
        else "it falls without end, so a score only says how far down a descent has come."
    )
    return wrapped(
        f"The score is -f, minus the value of f = {function.formula} after "
        f"{study.spec.training.epochs} updates: higher is better; {end}"
    )


def descent_rows(trials: Sequence[Trial], names: Sequence[str]) -> list[tuple[str, ...]]:
    """A row per descent: rank, score, where it ended, configuration, trial."""
    return [
        (
            str(rank),
            score_text(trial.score, 0),
            ", ".join(f"{each:.6f}" for each in _end(trial)),
            *(value_text(trial.configuration.get(name, "-")) for name in names),
            str(trial.number),
        )
        for rank, trial in enumerate(trials, 1)
    ]


def _end(trial: Trial) -> tuple[float, ...]:
    return trajectory_of(trial.evaluations[0].details)[-1]
