"""Follows a running study on stderr: a live line on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from dataclasses import replace

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hpsearch.bootstrap import Run
from hpsearch.domain.study import Study
from hpsearch.domain.trial import FAILURES, State, Trial
from hpsearch.errors import StoreFailed
from hpsearch.reporting.failures_text import WORDS
from hpsearch.reporting.stages_text import verdict_lines
from hpsearch.reporting.text import configuration_text, number_list, score_form, score_text
from hpsearch.search.events import Confirmed, Event, StageJudged, StageOpened, TimeIsUp, TrialsSaved


def follow(run: Run) -> None:
    """Run the study to its end and tell of each trial that is saved."""
    console = Console(stderr=True, highlight=False)
    for note in run.notes:
        console.print(f"note: {escape(note)}", soft_wrap=True)
    if console.is_terminal:
        _follow_live(run, console)
    else:
        for event in _safe(run):
            typer.echo(_line(event, run.study), err=True)


def _safe(run: Run) -> Iterator[Event]:
    """The events of a run; where the disk fails, it is told how many trials are safe.

    Raises:
        StoreFailed: the disk is full or fails.
    """
    finished = run.study.finished
    try:
        for event in run.events:
            finished = event.finished if isinstance(event, TrialsSaved) else finished
            yield event
    except StoreFailed as error:
        safe = f"{finished} of {run.study.trial_count} trials are safe"
        raise StoreFailed(f"{error.message}; {safe}", error.hint) from None


def _follow_live(run: Run, console: Console) -> None:
    progress = Progress(
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[best]}"),
        console=console,
        transient=True,
    )
    with progress:
        done = run.study.finished
        total = run.study.trial_count
        task = progress.add_task("", total=total, completed=done, speed="starting", best="")
        started, done_before = time.monotonic(), done
        for event in _safe(run):
            console.print(escape(_line(event, run.study)), soft_wrap=True)
            if isinstance(event, TrialsSaved):
                speed = (event.finished - done_before) / (time.monotonic() - started)
                progress.update(
                    task,
                    completed=event.finished,
                    speed=f"{speed:.3g} trials/s",
                    best=escape(_best(event.best, run.study)),
                )


def _line(event: Event, study: Study) -> str:
    match event:
        case StageOpened():
            return _opened(event, study)
        case StageJudged(stage=stage, result=result):
            return "\n".join(verdict_lines(replace(stage, result=result)))
        case Confirmed():
            return f"confirmed {event.done} of {event.total} ({event.finalists} finalists)"
        case TimeIsUp():
            return f"time is up: {event.finished} of {event.trial_count} trials saved"
        case TrialsSaved():
            numbers = number_list([trial.number for trial in event.trials])
            saved = f"saved {numbers} ({event.finished} of {event.trial_count})"
            told = [saved, _given_up(event), _failed(event), _best(event.best, study)]
            return " · ".join(filter(None, told))


def _opened(event: StageOpened, study: Study) -> str:
    """The study and its stage, or only the stage where the run has been through others."""
    number, numbers, count = event.stage.number, event.stage.numbers, len(study.stages)
    if event.finished > study.finished:
        return f"stage {number} of {count}: trials {numbers.start}-{numbers.stop - 1}"
    before = f", {event.finished} saved before" if event.finished else ""
    stage = f" · stage {number} of {count}" if count > 1 else ""
    return f"study {study.name}: {event.trial_count} trials{before}{stage}"


def _given_up(event: TrialsSaved) -> str:
    epochs = [each.outcome.epoch for each in event.trials if each.outcome.state is State.PRUNED]
    if not epochs:
        return ""
    many = "" if len(epochs) == len(event.trials) else f"{len(epochs)} "
    return f"{many}given up after {max(each or 0 for each in epochs)} epochs"


def _failed(event: TrialsSaved) -> str:
    failed = [each for each in event.trials if each.outcome.state in FAILURES]
    told = [f"{each.number} {WORDS[each.outcome.state]}: {each.outcome.reason}" for each in failed]
    more = f" and {len(told) - 1} more" if len(told) > 1 else ""
    return f"trial {told[0]}{more}" if told else ""


def _best(best: Trial, study: Study) -> str:
    if best.score is None:
        return ""
    score = score_text(best.score, score_form(study))
    return f"best {score}: {configuration_text(best.configuration)}"
