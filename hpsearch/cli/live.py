"""Follows a running study on stderr: a live line on a terminal, plain lines elsewhere."""

import time

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hpsearch.bootstrap import Run
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Trial
from hpsearch.domain.verdict_words import stop_sentence
from hpsearch.reporting.text import configuration_text, number_list, score_text
from hpsearch.search.events import Confirmed, Event, StageJudged, StageOpened, TrialsSaved


def follow(run: Run) -> None:
    """Run the study to its end and tell of each trial that is saved."""
    console = Console(stderr=True, highlight=False)
    for note in run.notes:
        console.print(f"note: {escape(note)}", soft_wrap=True)
    if console.is_terminal:
        _follow_live(run, console)
    else:
        for event in run.events:
            typer.echo(_line(event, run.study), err=True)


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
        done = len(run.study.trials)
        total = run.study.trial_count
        task = progress.add_task("", total=total, completed=done, speed="starting", best="")
        started, done_before = time.monotonic(), done
        for event in run.events:
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
            before = f", {event.finished} saved before" if event.finished else ""
            stages = len(study.stages)
            stage = f" · stage {event.stage.number} of {stages}" if stages > 1 else ""
            return f"study {study.name}: {event.trial_count} trials{before}{stage}"
        case StageJudged():
            judgement = event.result.judgement
            parts = [f"{each.name} {each.sentence}" for each in judgement.verdicts]
            stop = stop_sentence(judgement)
            parts += [f"stop: {stop}"] if stop else []
            return f"stage {event.stage.number} judged: {'; '.join(parts)}"
        case Confirmed():
            return f"confirmed {event.done} of {event.total} ({event.finalists} finalists)"
        case TrialsSaved():
            numbers = number_list([trial.number for trial in event.trials])
            best = _best(event.best, study)
            counted = f"({event.finished} of {event.trial_count})"
            return f"saved {numbers} {counted}{best and ' · ' + best}"


def _best(best: Trial, study: Study) -> str:
    if best.score is None:
        return ""
    score = score_text(best.score, study.data.validation_rows)
    return f"best {score}: {configuration_text(best.configuration)}"
