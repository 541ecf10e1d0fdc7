"""Tells of a running search on stderr, in one line that is written over: for notebooks."""

import sys
from types import TracebackType

from hpsearch.bootstrap import Run
from hpsearch.domain.study import Study
from hpsearch.reporting.text import configuration_text, score_form, score_text
from hpsearch.search.events import Confirmed, Event, StageOpened, TrialsSaved


class Progress:
    """One line, as long as the block lasts.

    Args:
        is_told: whether anything is written at all.
    """

    def __init__(self, *, is_told: bool = True) -> None:
        self._is_told, self._width = is_told, 0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._width:
            self._write("\n")

    def follow(self, run: Run) -> None:
        """Run a study to its end."""
        for note in run.notes:
            self.tell(f"note: {note}\n")
        for event in run.events:
            self.tell(line(event, run.study))

    def tell(self, text: str) -> None:
        """Show a text in place of the last one."""
        if text and self._is_told:
            self._write("\r" + text.ljust(self._width))
            self._width = 0 if text.endswith("\n") else len(text.splitlines()[-1])

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


def line(event: Event, study: Study) -> str:
    """What an event comes to; empty where it does not change the line."""
    match event:
        case StageOpened():
            return f"{event.finished} of {event.trial_count} trials"
        case TrialsSaved():
            done = f"{event.finished} of {event.trial_count} trials"
            if event.best.score is None:
                return done
            score = score_text(event.best.score, score_form(study))
            return f"{done} · best {score}: {configuration_text(event.best.configuration)}"
        case Confirmed():
            return f"confirmed {event.done} of {event.total}"
    return ""
