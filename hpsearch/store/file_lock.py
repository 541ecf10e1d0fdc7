"""Locks that the kernel frees when their holder dies, however it dies.

Lock files are never deleted: another process may be about to lock the same one.
"""

import contextlib
import fcntl
import getpass
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock, waiting for it as long as it takes (holders keep it for milliseconds).

    Whoever waits does so behind a second lock, `...-queue`, held by the next in line alone: a
    process that lets go and comes back at once would else be faster than those that must wake up.
    """
    with _waited_for(path.with_name(f"{path.name}-queue")):
        turn = contextlib.ExitStack()
        turn.enter_context(_waited_for(path))
    with turn:
        yield


@contextlib.contextmanager
def _waited_for(path: Path) -> Iterator[None]:
    descriptor = _opened(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class HeldElsewhere(Exception):
    """Another process has the lock; `holder` says who, `pid` its process id if it is known."""

    def __init__(self, holder: str, pid: int | None) -> None:
        super().__init__(holder)
        self.holder = holder
        self.pid = pid


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock, or raise `HeldElsewhere` at once.

    The file names its holder for whoever comes next; nothing is decided by what it says.
    """
    descriptor = _opened(path)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _elsewhere(path) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, _introduction().encode())
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    path.parent.mkdir(exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)


def _introduction() -> str:
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # no entry for this user id
        user = str(os.getuid())
    return f"{os.getpid()}\npid {os.getpid()} on {socket.gethostname()}, {user}, since {since}\n"


def _elsewhere(path: Path) -> HeldElsewhere:
    lines = path.read_text().splitlines()
    if len(lines) < 2 or not lines[0].isdigit():  # its holder is just writing it
        return HeldElsewhere("a process that has just started", None)
    return HeldElsewhere(lines[1], int(lines[0]))
