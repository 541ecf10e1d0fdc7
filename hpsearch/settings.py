"""What the environment says, read once per command."""

import os
from dataclasses import dataclass

DEFAULT_STORAGE = "sqlite:///hpsearch.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of one command.

    Attributes:
        storage: URL of the database; `HPSEARCH_STORAGE`, or a file in the current folder.
        cores: processors that this process may use.
    """

    storage: str
    cores: int


def settings(storage: str | None = None) -> Settings:
    """Settings from the environment; an explicit `storage` comes first."""
    chosen = storage or os.environ.get("HPSEARCH_STORAGE") or DEFAULT_STORAGE
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Settings(storage=chosen, cores=cores or 1)
