"""Imported studies as text, which says no more than one score for each trial can say."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hpsearch.domain.assessment import edges
from hpsearch.domain.imported import ImportedStudy, SourceKind
from hpsearch.domain.range_text import range_table, value_text
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.task import Direction
from hpsearch.domain.trial import Origin, Trial
from hpsearch.errors import NoValidTrial
from hpsearch.reporting.conclusions import SIDES
from hpsearch.reporting.importance import importance_facts
from hpsearch.reporting.picture import Picture
from hpsearch.reporting.stages_text import ranges_text
from hpsearch.reporting.sureness_text import NOTHING
from hpsearch.reporting.text import (
    aligned,
    configuration_text,
    duration_text,
    markdown_table,
    without_markup,
    wrapped,
)

BETTER = {Direction.MAXIMIZE: "higher", Direction.MINIMIZE: "lower"}
LIMITS = (
    "One score for each trial is all that is known: no folds, rows or repeats. So there is no "
    "interval, and no test of which of the next are as good."
)


def imported_value(study: ImportedStudy, score: float | None) -> str:
    """What a score stands for, in the unit of what trials are ranked by."""
    return "-" if score is None else f"{study.source.score(score) + 0.0:.4g}"


def imported_note(study: ImportedStudy) -> str:
    """What was brought in, in a sentence."""
    return f"study {study.name}: {outcome_words(study)}, from {study.source.words}"


def imported_question(study: ImportedStudy) -> str:
    """Where a study came from, and by what its trials are ranked, in lines."""
    source = study.source
    guessed = "; ranges are those of the values" if source.kind is SourceKind.CSV else ""
    return "\n".join(
        [
            f"Study     {study.name}",
            f"Source    imported from {source.words}{guessed}",
            f"Ranked    by `{source.metric}`, {BETTER[source.direction]} is better",
        ]
    )


def outcome_words(study: ImportedStudy) -> str:
    """How many trials ended in which way, and for how long they ran where that is known."""
    counts = Counter(trial.outcome.state.value for trial in study.trials)
    shown = ", ".join(f"{count} {state}" for state, count in counts.items()) or "none"
    seconds, left_out = sum(trial.seconds for trial in study.trials), study.source.left_out
    time = f"; {duration_text(seconds)} in all" if seconds else ""
    rest = f"; {left_out} that had not ended left out" if left_out else ""
    return f"{len(study.trials)} trials: {shown}{time}{rest}"


def imported_conclusions(study: ImportedStudy) -> list[str]:
    """The verdict, the most important sentence first.

    Raises:
        NoValidTrial: no trial has a score.
    """
    best, count = _best(study, 1)[0], _scored(study)
    source = study.source
    shown = imported_value(study, best.score)
    said = [
        f"Best: {configuration_text(best.configuration)}: {source.metric} {shown}, "
        f"{'the only trial' if count == 1 else f'the best of {count} trials'} with a score.",
        _luck_sentence(study, count),
        LIMITS,
        _edge_sentence(study, best),
        "Next: where these were trained, train the best few again with fresh seeds and on fresh "
        "splits, and choose by that.",
    ]
    return [each for each in said if each]


def imported_best_text(study: ImportedStudy, count: int) -> str:
    """The study notes' line for each of the best, then what it means.

    Raises:
        NoValidTrial: no trial has a score.
    """
    lines = [
        f"Best-{rank} ({study.source.metric}: {imported_value(study, trial.score)}) | "
        + configuration_text(trial.configuration)
        for rank, trial in enumerate(_best(study, count), 1)
    ]
    notes = [f"Imported from {study.source.words}.", *imported_conclusions(study)[1:]]
    return "\n".join([*lines, "", *map(wrapped, notes)])


def imported_rows(study: ImportedStudy, count: int) -> list[dict[str, Any]]:
    """Rank, trial number, score, value and configuration of the best, as plain values."""
    return [
        {
            "rank": rank,
            "number": trial.number,
            "score": trial.score,
            "value": None if trial.score is None else study.source.score(trial.score),
            "configuration": dict(trial.configuration),
        }
        for rank, trial in enumerate(best_trials(study.trials, count), 1)
    ]


def imported_values(study: ImportedStudy) -> dict[str, Any]:
    """Source, ranges and the best, as plain values."""
    return {
        "name": study.name,
        "source": asdict(study.source),
        "trials": len(study.trials),
        "stages": [
            {
                "number": stage.number,
                "trials": stage.trial_count,
                "ranges": {name: range_table(each) for name, each in stage.space.items()},
            }
            for stage in study.stages
        ],
        "best": imported_rows(study, 5),
    }


def imported_show_text(study: ImportedStudy) -> str:
    """Source, progress, ranges and the best."""
    parts = [
        imported_question(study),
        outcome_words(study),
        ranges_text(study.stages, aligned),
        *([imported_best_text(study, 5)] if _scored(study) else []),
    ]
    return "\n\n".join(parts)


def what_decides(study: ImportedStudy, shares: Mapping[str, float]) -> list[tuple[str, str]]:
    """How much each hyperparameter decides, as a term with its meaning."""
    drawn = sum(each.stage == 1 and each.origin is Origin.SAMPLER for each in study.trials)
    return importance_facts(shares, drawn)


def imported_markdown(
    study: ImportedStudy,
    count: int,
    pictures: Sequence[Picture] = (),
    shares: Mapping[str, float] = NOTHING,
) -> str:
    """The report as Markdown: verdict, source, the best, pictures, ranges."""
    headers, rows = best_columns(study, count)
    facts = [
        without_markup(f"- {term}: {meaning}") for term, meaning in what_decides(study, shares)
    ]
    drawn = [_drawn(each) for each in pictures]
    parts = [
        f"# {study.name}",
        *(wrapped(without_markup(each)) for each in imported_conclusions(study)),
        f"```text\n{imported_question(study)}\n```",
        f"## Best-{len(rows)}",
        markdown_table(headers, rows),
        *facts,
        *drawn,
        "## Ranges",
        ranges_text(study.stages, markdown_table),
        "## Trials",
        wrapped(f"{outcome_words(study)}."),
    ]
    return "\n\n".join(parts) + "\n"


def _drawn(picture: Picture) -> str:
    heading = without_markup(picture.heading)
    caption = without_markup(wrapped(picture.caption))
    return f"## {heading}\n\n![{picture.name}]({picture.name}.svg)\n\n{caption}"


def best_columns(study: ImportedStudy, count: int) -> tuple[list[str], list[tuple[str, ...]]]:
    """Headers and rows of the best: rank, score, configuration, trial."""
    names = space_names(study)
    rows = [
        (
            str(rank),
            imported_value(study, trial.score),
            *(value_text(trial.configuration.get(name, "-")) for name in names),
            str(trial.number),
        )
        for rank, trial in enumerate(_best(study, count), 1)
    ]
    return ["rank", study.source.metric, *names, "trial"], rows


def space_names(study: ImportedStudy) -> list[str]:
    """Every hyperparameter of its stages, in order."""
    return list(dict.fromkeys(name for stage in study.stages for name in stage.space))


def nothing_scored(study: ImportedStudy) -> NoValidTrial:
    """The error for a study that has nothing to rank."""
    return NoValidTrial(f"none of the {len(study.trials)} trials of `{study.name}` has a score")


def _best(study: ImportedStudy, count: int) -> list[Trial]:
    best = best_trials(study.trials, count)
    if not best:
        raise nothing_scored(study)
    return best


def _scored(study: ImportedStudy) -> int:
    return len(best_trials(study.trials, len(study.trials)))


def _luck_sentence(study: ImportedStudy, count: int) -> str:
    if count == 1:
        return ""
    worse = "less" if study.source.direction is Direction.MAXIMIZE else "more"
    return (
        f"The best of {count} owes something to luck wherever scores are noisy: expect a little "
        f"{worse} from it elsewhere. How much cannot be told from these data."
    )


def _edge_sentence(study: ImportedStudy, best: Trial) -> str:
    """Whether the best lies at an end; not where the ends are only those of the values."""
    found = edges(study, best) if study.source.kind is SourceKind.OPTUNA else ()
    if not found:
        return ""
    where = " and ".join(f"the {SIDES[side]} end of {name}" for name, side in found)
    return f"It lies at {where}: something better may lie beyond."
