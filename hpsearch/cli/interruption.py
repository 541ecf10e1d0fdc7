"""Ctrl-C and its like: stop now, keep what is saved, say how to go on."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """A signal asked the program to stop; not an error, so nothing catches it by accident.

    Attributes:
        number: the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def exit_code(self) -> int:
        """130 for Ctrl-C, 143 for a termination."""
        return 130 if self.number == signal.SIGINT else 143


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Raise `Interrupted` at the first signal; later ones are ignored while things are closed."""
    _listen()
    usual = sys.unraisablehook
    sys.unraisablehook = lambda swallowed: _again(swallowed) or usual(swallowed)
    try:
        yield
    finally:
        sys.unraisablehook = usual


def _listen() -> None:
    for each in STOPPING:
        signal.signal(each, _stop)


def _stop(number: int, _: FrameType | None) -> None:
    for each in STOPPING:
        signal.signal(each, signal.SIG_IGN)
    raise Interrupted(number)


def _again(swallowed: "sys.UnraisableHookArgs") -> bool:
    """Send a signal anew whose exception Python swallowed; False for any other exception.

    What is raised while an object is disposed of goes nowhere. The signal is sent from a thread,
    a moment later, because it would be swallowed again in here.
    """
    if not isinstance(swallowed.exc_value, Interrupted):
        return False
    _listen()
    number = swallowed.exc_value.number
    threading.Timer(0.01, os.kill, (os.getpid(), number)).start()
    return True
