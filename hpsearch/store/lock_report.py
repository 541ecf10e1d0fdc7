"""Who holds the locks of a store, without touching them."""

import os
from dataclasses import dataclass
from pathlib import Path

from hpsearch.store.database import lock_path

LOCKS = Path("/proc/locks")
WRITE = "write"


@dataclass(frozen=True, slots=True)
class HeldLock:
    """A lock that a process holds.

    Attributes:
        name: `study-N` of the driver of a study, by its id; `write` of whoever is writing.
        holder: who, in words.
    """

    name: str
    holder: str


def held_locks(store: Path, locks: Path = LOCKS) -> tuple[HeldLock, ...] | None:
    """Locks of the store at `store` that are held now, by name; None where nobody tells.

    Looking at a lock by taking it could turn away a driver that starts at the same moment, so the
    kernel is asked.

    Args:
        store: the database file.
        locks: the locks of this machine, as Linux tells them.
    """
    try:
        pids = flock_pids(locks.read_text(encoding="ascii"))
    except OSError:
        return None
    folder = lock_path(store, WRITE).parent
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    found = [(each, pids.get(each.stat().st_ino)) for each in files]
    return tuple(HeldLock(each.name, _words(each, pid)) for each, pid in found if pid is not None)


def flock_pids(locks: str) -> dict[int, int]:
    """Process ids of the holders of `flock` locks, by the inode of the file that is locked.

    Devices are left aside: some file systems show another one here than a file says.
    """
    pids = {}
    for line in locks.splitlines():
        fields = line.split()
        if len(fields) >= 6 and fields[1] == "FLOCK":  # one that waits has `->` there
            pids[int(fields[5].rpartition(":")[2])] = int(fields[4])
    return pids


def _words(path: Path, pid: int) -> str:
    lines = path.read_text(errors="replace").splitlines() if os.access(path, os.R_OK) else []
    if len(lines) > 1 and lines[0] == str(pid):
        return lines[1]
    return f"pid {pid}" if pid > 0 else "a process outside this container"
