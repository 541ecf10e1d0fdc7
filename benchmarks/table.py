"""What the benchmarks print: a header, and Markdown tables with notes below."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from hpsearch.reporting.text import markdown_table

COLUMNS = ("work", "against", "median (min-max)", "ratio", "target")
LIBRARIES = ("hpsearch", "numpy", "torch", "optuna", "scikit-learn")

Row = tuple[str, str, str, str, str]


def print_table(title: str, rounds: int, rows: Sequence[Row], notes: Sequence[str]) -> None:
    """Print one benchmark's result."""
    print(f"## {title}\n\n{header(rounds)}\n\n{markdown_table(COLUMNS, rows)}\n")
    print("\n".join(f"- {note}" for note in notes) + "\n", flush=True)


def header(rounds: int) -> str:
    """Date, machine, versions and rounds, in one line."""
    libraries = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {cpu_name()}, python {platform.python_version()}, "
        f"{libraries}, {rounds} round{'s' if rounds > 1 else ''}"
    )


def cpu_name() -> str:
    """Model of the processor."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"
