"""Ctrl-C and its like: stop now, keep what is saved, say how to go on."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SAME_PRESS_SECONDS = 0.03  # a program around this one may pass on what the terminal sent as well
SHOW_CURSOR = b"\x1b[?25h"


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
        """130 for Ctrl-C, 143 for a termination, also by the end of the terminal."""
        return 130 if self.number == signal.SIGINT else 143


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Raise `Interrupted` at the first signal; a second one ends the program at once."""
    _listen()
    usual = sys.unraisablehook
    sys.unraisablehook = lambda swallowed: _again(swallowed) or usual(swallowed)
    try:
        yield
    finally:
        sys.unraisablehook = usual


def _listen() -> None:
    for each in STOPPING:
        _handle(each, _stop)


def _handle(number: signal.Signals, handler: Callable[[int, FrameType | None], None]) -> None:
    if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
        return  # started by `nohup`
    signal.signal(number, handler)


def _stop(number: int, _: FrameType | None) -> None:
    since = time.monotonic()

    def leave(number: int, _: FrameType | None) -> None:
        if time.monotonic() - since > SAME_PRESS_SECONDS:
            _leave(number)

    for each in STOPPING:
        _handle(each, leave)
    if number == signal.SIGHUP:
        _forget_terminal()
    raise Interrupted(number)


def _leave(number: int) -> None:
    """End at once: what was saved is safe, and workers end with this process."""
    with contextlib.suppress(OSError):
        cursor = SHOW_CURSOR if os.isatty(2) else b""
        os.write(2, cursor + b"\nStopped at once. What was told as saved is saved.\n")
    os._exit(Interrupted(number).exit_code)


def _forget_terminal() -> None:
    """Write nowhere where the terminal has gone: each line on it would be an error."""
    for descriptor in (1, 2):
        try:
            os.write(descriptor, b"")
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, descriptor)
            os.close(nowhere)


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
