"""Carries out a kept fault plan again: `python -m tests.faults.replay FOLDER/plan.json`."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.faults.fault_plan import plan_of
from tests.faults.harness import Broken, examine, undisturbed_seconds


def main() -> None:
    """Repeat the plan until something fails, or so often; exit code 1 where it fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--times", type=int, default=10, help="instants depend on the machine")
    given = parser.parse_args()
    plan = plan_of(given.plan.read_text())
    base = Path(tempfile.mkdtemp(prefix="hpsearch-replay-"))
    (base / "undisturbed").mkdir()
    seconds = undisturbed_seconds(base / "undisturbed")
    for attempt in range(given.times):
        try:
            tally = examine(plan, base / str(attempt), seconds)
        except Broken as broken:
            sys.exit(str(broken))
        print(f"{attempt + 1} of {given.times}: nothing after {tally.kills.total()} kills")


if __name__ == "__main__":
    main()
