"""Which trials of a grid stand beside each other, and what each is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hpsearch.domain.range_text import value_text
from hpsearch.domain.space import OFF, Configuration, Space, Value
from hpsearch.domain.trial import Trial

# Their values say themselves what they are.
PLAIN_WORDS = ("optimizer", "activation", "schedule")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """Trials that are compared directly.

    Attributes:
        title: what they have in common; empty where there is only one panel.
        trials: label and trial, in the order of the grid.
    """

    title: str
    trials: tuple[tuple[str, Trial], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """All trials of a grid in panels.

    Attributes:
        panels: one per value of the first hyperparameter that varies, if a second one does too.
        labels: of all panels, each once, in the order of the grid.
        is_ordered: whether the labels are numbers of one hyperparameter.
    """

    panels: tuple[Panel, ...]
    labels: tuple[str, ...]
    is_ordered: bool


def comparison(trials: Sequence[Trial], space: Space) -> Comparison:
    """The panels of a grid; a single one where each value of the first has only one trial."""
    names = varied(trials, space)
    groups: dict[Value | None, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(trial.configuration.get(names[0]) if names else None, []).append(trial)
    if len(groups) == 1 or all(len(group) == 1 for group in groups.values()):
        inner = names
        panels: tuple[Panel, ...] = (_panel("", trials, names),)
    else:
        inner = names[1:]
        panels = tuple(
            _panel(setting_text(names[0], group[0].configuration), group, inner)
            for group in groups.values()
        )
    labels = dict.fromkeys(label for panel in panels for label, _ in panel.trials)
    return Comparison(
        panels=panels,
        labels=tuple(labels),
        is_ordered=len(inner) == 1 and _are_numbers(trials, inner[0]),
    )


def varied(trials: Sequence[Trial], space: Space) -> tuple[str, ...]:
    """Hyperparameters that are not the same in all trials, in the order of the space."""
    return tuple(
        name for name in space if len({trial.configuration.get(name) for trial in trials}) > 1
    )


def setting_text(name: str, configuration: Mapping[str, Value]) -> str:
    """`lr 0.01`, or a word that needs no name; empty for what is inactive."""
    if name not in configuration:
        return ""
    value = value_text(configuration[name])
    return value if name in PLAIN_WORDS else f"{name} {value}"


def label(configuration: Configuration, names: Sequence[str]) -> str:
    """The values of some hyperparameters: `sgd, lr 0.01`."""
    return ", ".join(text for name in names if (text := setting_text(name, configuration)))


def in_lines(text: str, width: int, most: int = 3) -> str:
    """A label in lines of about `width` letters, cut between settings only."""
    lines = [""]
    for part in text.split(", "):
        if lines[-1] and len(lines[-1]) + len(part) + 2 > width:
            lines.append("")
        lines[-1] += f", {part}" if lines[-1] else part
    return "\n".join(lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} …"])


def _panel(title: str, trials: Sequence[Trial], names: Sequence[str]) -> Panel:
    labelled = tuple((label(trial.configuration, names), trial) for trial in trials)
    return Panel(title=title, trials=labelled)


def _are_numbers(trials: Sequence[Trial], name: str) -> bool:
    values = (trial.configuration.get(name, OFF) for trial in trials)
    return all(value == OFF or not isinstance(value, str) for value in values)
