"""What must hold after every kill, and at the end.

I1  every acknowledged trial is stored, with the bytes of the undisturbed run
I2  no number twice, and no hole below the generation that is under way
I3  the database is sound (checked where it is read, in `short_studies.snapshot`)
I4  what was stored once never changes
I5  nothing is stored unannounced beyond what one transaction holds
I6  in the end the canonical export is that of the undisturbed run, byte for byte
I7  no process and no temporary file is left
I8  the next run needs no flag, no repair and no wait
"""

from collections.abc import Set
from pathlib import Path

from tests.faults.short_studies import Snapshot, Truth, result_of


class Broken(AssertionError):
    """An invariant does not hold; its text begins with which."""


def demand(holds: object, text: str) -> None:
    """Raise `Broken` unless it holds."""
    if not holds:
        raise Broken(text)


def check_stored(found: Snapshot, truth: Truth, acknowledged: Set[int]) -> None:
    """I1 and I2, and that whatever else is stored is true as well."""
    lost = acknowledged - found.trials.keys()
    demand(not lost, f"I1: trials {sorted(lost)} were acknowledged and are not stored")
    for kind, rows, true in (
        ("trial", found.trials, truth.rows.trials),
        ("evaluation", found.evaluations, truth.rows.evaluations),
    ):
        for key, row in rows.items():
            demand(key in true, f"I1: {kind} {key} is not part of the undisturbed study")
            what = f"I1: {kind} {key} is\n{result_of(row)}\ninstead of\n{result_of(true[key])}"
            demand(result_of(row) == result_of(true[key]), what)
    for number, stage in found.stages.items():
        if stage["verdicts"] is not None:
            demand(stage == truth.rows.stages[number], f"I1: stage {number} is judged differently")
    _check_no_hole(found, truth)


def _check_no_hole(found: Snapshot, truth: Truth) -> None:
    if not found.trials:
        return
    last = max(found.trials)
    for stage in (row for row in found.stages.values() if row["first_number"] <= last):
        numbers = range(stage["first_number"], stage["first_number"] + stage["trial_count"])
        under_way = _generation_of(last, numbers, truth.spec.generation)
        missing = set(range(under_way)) - found.trials.keys()
        demand(not missing, f"I2: {sorted(missing)} are missing below trial {last}")


def _generation_of(last: int, numbers: range, size: int | None) -> int:
    """Where the generation starts that the last trial belongs to; the end where it is beyond."""
    if last not in numbers:
        return numbers.stop
    starts = range(numbers.start, numbers.stop, size or max(1, len(numbers)))
    return max(each for each in starts if each <= last)


def check_unchanged(before: Snapshot, found: Snapshot) -> None:
    """I4: rows are added and never changed."""
    for kind, old, new in (
        ("trial", before.trials, found.trials),
        ("evaluation", before.evaluations, found.evaluations),
    ):
        for key, row in old.items():
            demand(key in new and new[key] == row, f"I4: {kind} {key} has changed")
    for number, stage in before.stages.items():
        if stage["verdicts"] is not None:
            demand(found.stages.get(number) == stage, f"I4: stage {number} has changed")


def check_announced(before: Snapshot | None, found: Snapshot, told: Set[int]) -> None:
    """I5: what a run stored and did not tell was one transaction, so has one time."""
    known = before.trials.keys() if before else set()
    silent = found.trials.keys() - known - told
    times = {found.trials[number]["finished_at"] for number in silent}
    demand(len(times) < 2, f"I5: trials {sorted(silent)} were stored and never announced")


def check_end(folder: Path, export: str, truth: Truth) -> None:
    """I6, and the files of I7."""
    demand(export == truth.export, "I6: the export differs from that of the undisturbed run")
    left = [path.name for path in folder.iterdir() if path.name.endswith((".new", "-journal"))]
    demand(not left, f"I7: files {left} are left")
