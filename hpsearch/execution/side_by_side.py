"""Pieces of work that this process and a copy of it do side by side, where that is safe.

`fork` makes the copy: it begins with everything that is loaded here, and shares it until one of the
two changes it. Pieces are taken from one heap by whoever is free, so that neither waits. The copy
only computes: it must touch neither files nor databases that were opened before.
"""

import contextlib
import gc
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from multiprocessing.connection import Connection, Pipe
from typing import TypeVar

from hpsearch.execution.orphans import die_with_the_parent

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

T = TypeVar("T")
Pieces = Sequence[Callable[[], T]]


def can_be_copied() -> bool:
    """Whether a copy of this process can go on with what is loaded.

    Not with other threads, whose locks nobody would open in the copy, nor where system libraries
    do not survive a fork, as those of macOS.
    """
    return sys.platform == "linux" and threading.active_count() == 1


@contextlib.contextmanager
def shared_with_a_copy(pieces: Pieces[T], *, is_shared: bool) -> Iterator[Callable[[], list[T]]]:
    """Begin with `pieces` in a copy of this process; call what is yielded for all results in order.

    That call helps with what is left, and does again what was lost if the copy died. The copy is
    gone when the block ends, however it ends. Results travel pickled.

    Args:
        pieces: at most 256, the longest first; each gives the same wherever it is done.
        is_shared: if off, this process does everything, when it is called.
    """
    if not is_shared or not can_be_copied() or len(pieces) < 2:
        yield lambda: [piece() for piece in pieces]
        return
    heap, (received, sent) = _heap(len(pieces)), Pipe(duplex=False)
    with received, sent, os.fdopen(heap, "rb"), _copy(partial(_help, pieces, heap, sent)):
        sent.close()  # else the end of the copy would not close the pipe
        yield partial(_results, pieces, heap, received)


def _heap(count: int) -> int:
    """A pipe that gives every index once, to whoever reads it first."""
    heap, filling = os.pipe()
    os.write(filling, bytes(range(count)))
    os.close(filling)
    return heap


def _taken(pieces: Pieces[T], heap: int) -> Iterator[tuple[int, T]]:
    while index := os.read(heap, 1):
        yield index[0], pieces[index[0]]()


def _results(pieces: Pieces[T], heap: int, received: Connection) -> list[T]:
    done = dict(_taken(pieces, heap))
    with contextlib.suppress(EOFError, OSError):  # the copy died
        done |= received.recv()
    return [done[i] if i in done else piece() for i, piece in enumerate(pieces)]


def _help(pieces: Pieces[T], heap: int, sent: Connection) -> None:
    """What the copy does."""
    sent.send(dict(_taken(pieces, heap)))


@contextlib.contextmanager
def _copy(work: Callable[[], None]) -> Iterator[None]:
    """Run `work` in a copy of this process."""
    first, process = os.getpid(), None
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)  # until the copy is looked after
    try:
        with contextlib.suppress(OSError):  # no more processes: all is done here
            process = _forked()
        if process == 0:
            _work_and_leave(work, first, before)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if process is not None:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _forked() -> int:
    with warnings.catch_warnings():
        # BLAS has threads of its own, and stops them around a fork; Python 3.12 warns of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _work_and_leave(work: Callable[[], None], first: int, mask: Iterable[int]) -> None:
    """End without a word, whatever happens: the other process does again what fails here."""
    try:
        for each in STOPPING:
            signal.signal(each, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        die_with_the_parent()
        if os.getppid() != first:  # which has gone before that
            os._exit(1)
        gc.freeze()  # what is shared would be copied by being looked at
        work()
        os._exit(0)
    finally:
        os._exit(1)
