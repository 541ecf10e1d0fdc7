"""What the environment says, read once per command."""

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_STORAGE = "sqlite:///hpsearch.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of one command.

    Attributes:
        storage: URL of the database; `HPSEARCH_STORAGE`, or a file in the current folder.
        cores: processors that this process may use.
        memory: bytes that this machine, or the container, can still give; None if unknown.
    """

    storage: str
    cores: int
    memory: int | None = None


def settings(storage: str | None = None) -> Settings:
    """Settings from the environment; an explicit `storage` comes first."""
    chosen = storage or os.environ.get("HPSEARCH_STORAGE") or DEFAULT_STORAGE
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Settings(storage=chosen, cores=cores or 1, memory=available_memory())


def available_memory(root: Path = Path("/")) -> int | None:
    """Bytes that new arrays may take up: what is free or can be freed, within a container's limit.

    Args:
        root: where `proc` and `sys` are.
    """
    groups = ("memory.max", "memory/memory.limit_in_bytes")  # of cgroups 2 and 1
    written = [_text(root / "sys/fs/cgroup" / name).strip() for name in groups]
    limits = [int(text) for text in written if text.isdigit()]
    meminfo = _text(root / "proc/meminfo").splitlines()
    limits += [1024 * int(each.split()[1]) for each in meminfo if "MemAvailable:" in each]
    if not limits and "SC_PHYS_PAGES" in os.sysconf_names:  # macOS: all that there is
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min(limits, default=None)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
