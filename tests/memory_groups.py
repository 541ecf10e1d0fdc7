"""Control groups with a limit of memory, as containers have them; only root can make one."""

import contextlib
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

# Where groups of version 1 and 2 are, and what holds their limit.
PLACES = (
    (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"),
    (Path("/sys/fs/cgroup"), "memory.max"),
)


@contextlib.contextmanager
def memory_group(size: int) -> Iterator[Path]:
    """A group whose processes may have so many bytes together; the test is skipped without one."""
    group = _made(size)
    if group is None:
        pytest.skip("no control group with a limit of memory can be made here")
    try:
        yield group
    finally:
        _remove(group)


def _made(size: int) -> Path | None:
    for place, limit in PLACES:
        group = place / f"hpsearch-{uuid.uuid4().hex}"
        with contextlib.suppress(OSError):
            if (place / "cgroup.procs").exists():
                group.mkdir()
                if (group / limit).exists():
                    (group / limit).write_text(str(size))
                    return group
                group.rmdir()
    return None


def _remove(group: Path) -> None:
    """Its processes have been killed, and leave it in a moment."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            group.rmdir()
        except OSError:
            time.sleep(0.05)
        else:
            return
