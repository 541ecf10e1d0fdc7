"""Studies as text: the list of them, one of them, and its report."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from hpsearch.domain.assessment import Assessment
from hpsearch.domain.data_spec import ClassWeights, DataSpec
from hpsearch.domain.dataset import DatasetCard
from hpsearch.domain.default_configuration import default_configuration, default_words
from hpsearch.domain.range_text import range_table, value_text
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.search_plan import CONFIRMING_REPEATS, HALVING, Sampler
from hpsearch.domain.spec import NetworkSpec, StudySpec
from hpsearch.domain.study import Stage, Study
from hpsearch.domain.task import Metric
from hpsearch.domain.trial import Trial
from hpsearch.reporting.best import best_rows, best_text, meaning, no_valid_trial
from hpsearch.reporting.best_table import standing_columns
from hpsearch.reporting.conclusions import conclusions
from hpsearch.reporting.export import verdict_values
from hpsearch.reporting.failures_text import failure_notes, failure_values
from hpsearch.reporting.final_test import openings_values, test_note
from hpsearch.reporting.function_text import descent_rows, function_lines
from hpsearch.reporting.giving_up import audit_note
from hpsearch.reporting.going_on import going_on_note
from hpsearch.reporting.picture import Picture
from hpsearch.reporting.stages_text import ranges_text
from hpsearch.reporting.sureness_text import NOTHING, method_sentences, sureness_facts
from hpsearch.reporting.text import (
    aligned,
    configuration_text,
    duration_text,
    markdown_table,
    score_form,
    score_text,
    wrapped,
)
from hpsearch.reporting.time_limits import time_limit_notes


def show_text(study: Study, known: DatasetCard, assessment: Assessment | None = None) -> str:
    """Question, progress, ranges and the best so far."""
    parts = [question_text(study, known), outcome_text(study), ranges_text(study.stages, aligned)]
    if best_trials(study.trials, 1):
        parts.append(best_text(study, 5, assessment, with_verdicts=False))
    return "\n\n".join(parts)


def show_values(study: Study) -> dict[str, Any]:
    """Stages with their ranges and the best so far, as plain values."""
    return {
        "name": study.name,
        "finished": study.finished,
        "trials": study.trial_count,
        "time_limits": [
            {"seconds": each.seconds, "trials": each.trials} for each in study.time_limits
        ],
        "failures": failure_values(study),
        "stages": [
            {
                "number": stage.number,
                "trials": stage.trial_count,
                "ranges": {name: range_table(each) for name, each in stage.space.items()},
                **verdict_values(stage),
            }
            for stage in study.stages
        ],
        "best": best_rows(study, 5),
        **({"openings": openings_values(study)} if study.openings else {}),
    }


def report_markdown(
    study: Study,
    known: DatasetCard,
    pictures: Sequence[Picture] = (),
    assessment: Assessment | None = None,
    count: int | None = None,
    shares: Mapping[str, float] = NOTHING,
) -> str:
    """The report as Markdown: verdict, question, result, pictures, ranges, the best ranked.

    Args:
        assessment: how sure the best are; None where that is not to be said.
        count: how many of the best; None is 20, and all of a grid.
        shares: how much each hyperparameter decides.

    Raises:
        NoValidTrial: no trial has a score.
    """
    best = best_trials(study.trials, shown_count(study, count))
    if not best:
        raise no_valid_trial(study)
    drawn = [
        f"## {each.heading}\n\n![{each.heading}]({each.name}.svg)\n\n{wrapped(each.caption)}"
        for each in pictures
    ]
    parts = [
        f"# {study.name}",
        *(wrapped(each) for each in (conclusions(study, assessment) if assessment else ())),
        f"```text\n{question_text(study, known)}\n```",
        f"## Best-{len(best)}",
        _sure_table(study, assessment, len(best)) if assessment else _best_table(study, best),
        meaning(study),
        *(_sureness(study, assessment, shares) if assessment else ()),
        *filter(None, [test_note(study)]),
        *drawn,
        "## Ranges",
        ranges_text(study.stages, markdown_table),
        "## Trials",
        outcome_text(study),
        *map(wrapped, filter(None, [audit_note(study), going_on_note(study)])),
    ]
    return "\n\n".join(parts) + "\n"


def shown_count(study: Study, count: int | None) -> int:
    """How many of the best a report shows; all of a grid, which is there to be compared."""
    is_grid = study.spec.sampler is Sampler.GRID
    return count or (study.finished if is_grid else 20)


def _sure_table(study: Study, assessment: Assessment, count: int) -> str:
    standings = assessment.standings[:count]
    columns = {
        "rank": [str(each.rank) for each in standings],
        **{
            name: [value_text(each.trial.configuration.get(name, "-")) for each in standings]
            for name in study.spec.space
        },
    }
    columns |= standing_columns(study, standings)
    columns["trial"] = [str(each.trial.number) for each in standings]
    return markdown_table(tuple(columns), list(zip(*columns.values(), strict=True)))


def _sureness(study: Study, assessment: Assessment, shares: Mapping[str, float]) -> list[str]:
    facts = [f"- {term}: {meaning}" for term, meaning in sureness_facts(study, assessment, shares)]
    methods = [f"- {sentence}" for sentence in method_sentences(study, assessment)]
    return ["## How sure it is", "\n".join(facts), "\n".join(methods)]


def _best_table(study: Study, best: Sequence[Trial]) -> str:
    rows, names = score_form(study), list(study.spec.space)
    if study.data.is_function:
        headers = ("rank", "-f", "end (x, y)", *names, "trial")
        return markdown_table(headers, descent_rows(best, names))
    confirmed = ("confirmed",) if study.finalists else ()
    table = [
        (
            str(rank),
            *(score_text(trial.confirmed_score, rows) for _ in confirmed),
            score_text(trial.score, rows),
            score_text(trial.train_score, rows),
            *(value_text(trial.configuration.get(name, "-")) for name in names),
            str(trial.number),
        )
        for rank, trial in enumerate(best, 1)
    ]
    return markdown_table(("rank", *confirmed, "validation", "training", *names, "trial"), table)


def network_text(network: NetworkSpec, known: DatasetCard) -> str:
    """`784-100x6-10, relu, he`."""
    widths = [str(width) for width in network.hidden]
    if len(set(widths)) == 1 and len(widths) > 2:
        widths = [f"{widths[0]}x{len(widths)}"]
    sizes = "-".join([str(known.features), *widths, str(known.output_count)])
    return f"{sizes}, {network.activation}, initial weights {network.init}"


def plan_text(name: str, spec: StudySpec, trial_count: int, known: DatasetCard) -> str:
    """What a question would search, before anything is read."""
    rows = known.search_rows(spec.data.rows)
    counts = spec.plan.trial_counts(trial_count)
    question = _question_text(name, spec, rows, known.rows - rows, known)
    stage = Stage(number=1, space=spec.space, trial_count=counts[0])
    return f"{question}\n{search_line(spec, counts)}\n\n{ranges_text([stage], aligned)}"


def search_line(spec: StudySpec, counts: Sequence[int]) -> str:
    """How a question is searched: stages, giving up early, and what comes on top."""
    total = sum(counts)
    stages = f", stages of {', '.join(map(str, counts))}" if len(counts) > 1 else ""
    lines = [f"Search    {spec.sampler}, {total} trials{stages}"]
    generation = min(spec.generation or total, *counts)
    rungs = spec.plan.rungs(spec.training.epochs, generation)
    if len(rungs) > 1:
        how = HALVING if spec.plan.keeps_slow_starters else "giving up"
        early = " and ".join(map(str, rungs[:-1]))
        lines[0] += f"; {how} after {early} of {rungs[-1]} epochs"
    if generation < min(counts):
        lines[0] += f", {generation} at a time"
    lines += _first_lines(spec)
    if spec.plan.confirm and not spec.is_compared:
        finalists = f"{spec.plan.confirm} finalists {CONFIRMING_REPEATS} times more"
        lines.append(f"At end    train {finalists}, with fresh seeds")
    return "\n".join(lines)


def _first_lines(spec: StudySpec) -> list[str]:
    """What is tried before anything is drawn."""
    if not spec.plan.baseline:
        tried = []
    elif default := default_configuration(spec.space, spec.training.optimizer):
        tried = [f"{default_words(default)} ({configuration_text(default)})"]
    else:
        tried = ["no default configuration, which lies outside the space"]
    tried += [f"yours ({configuration_text(each)})" for each in spec.plan.tries]
    return [f"First     {', '.join(tried)}"] if tried else []


def question_text(study: Study, known: DatasetCard) -> str:
    """What a stored study asks, in lines with a word in front of each."""
    data = study.data
    text = _question_text(study.name, study.spec, data.rows, data.test_rows, known)
    return f"{text}\n{search_line(study.spec, [each.trial_count for each in study.stages])}"


def _question_text(
    name: str, spec: StudySpec, rows: int, test_rows: int, known: DatasetCard
) -> str:
    folds, training = spec.split.folds, spec.training
    split = f"{folds} folds" if folds else f"{spec.split.holdout:.0%} held out for validation"
    sealed = f", {test_rows} more sealed as test part" if test_rows else ""
    lines = [
        f"Data      {spec.data.name}: {rows} rows, {split}{sealed}",
        *_target_lines(spec.data),
        f"Network   {network_text(spec.network, known)}",
        f"Training  {training.optimizer}, batch {training.batch}, {training.epochs} epochs",
    ]
    if known.is_function:
        lines = function_lines(spec)
    if spec.repeats > 1:
        lines.append(f"Repeats   {spec.repeats}, each with fresh weights, minibatches and folds")
    special = _special_settings(spec)
    study = f"Study     {name}, seed {spec.seed}"
    return "\n".join([study, *lines, *([f"Settings  {special}"] if special else [])])


def _target_lines(data: DataSpec) -> list[str]:
    """What is predicted, and by which metric; nothing where that is as usual."""
    told = [f"`{data.target}`"] if data.target else []
    told += [f"rows grouped by `{data.group}`"] if data.group else []
    told += [f"later rows by `{data.time}` validate"] if data.time else []
    if data.metric is not Metric.ACCURACY or told:
        told.insert(1 if data.target else 0, f"{data.task} by {data.metric.words}")
    if data.class_weights is not ClassWeights.NONE:
        told.append(f"class weights {data.class_weights}")
    return [f"Target    {', '.join(told)}"] if told else []


def _special_settings(spec: StudySpec) -> str:
    """Settings that are not searched, not shown elsewhere and not at their defaults."""
    shown = {"hidden", "activation", "init", "optimizer", "batch", "epochs", *spec.space}
    given = [
        (field.name, getattr(part, field.name), field.default)
        for part in (spec.network, spec.training)
        for field in fields(part)
        if field.name not in shown
    ]
    return ", ".join(
        f"{name} {' and '.join(value) if isinstance(value, tuple) else value}"
        for name, value, usual in given
        if value != usual
    )


def outcome_text(study: Study) -> str:
    """How many trials ended in which way, and how long they trained."""
    counts = study.totals.states
    shown = ", ".join(f"{count} {state.value}" for state, count in counts) or "none yet"
    time = f"; {duration_text(study.seconds)} of training" if study.finished else ""
    line = f"{study.finished} of {study.trial_count} trials: {shown}{time}"
    return "\n".join([line, *failure_notes(study), *time_limit_notes(study)])
