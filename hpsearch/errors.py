"""Every error that a user can act on, grouped by who can fix it.

    HpsearchError
     ├─ InvalidInput        the user corrects what was typed or written
     │   ├─ UnknownName     a hyperparameter, study, data set or setting that does not exist
     │   ├─ InvalidRange    a range that cannot be searched
     │   ├─ InvalidStudy    a study file, flag or setting with an impossible value
     │   ├─ NameTaken       a study of that name exists
     │   ├─ StudyDiffers    the name is taken by a study that asks another question
     │   ├─ DataChanged     the data are not those that the study was started on
     │   └─ NotOurs         an imported study, of which nothing can be trained
     ├─ NoValidTrial        the study ended without one usable result
     ├─ TooManyFailures     a run ended because its trials fail
     ├─ OutputFailed        what there is to say cannot be written
     └─ StoreUnusable       the database needs an operator
         ├─ StoreRefused    corrupt, not ours, or made by a newer version
         ├─ StoreFailed     disk full or I/O error
         ├─ StudyBusy       another process runs the study
         └─ StoreReadOnly   no permission to write

An exception takes facts and words itself; the `hint` says what to do. Anything that is not an
`HpsearchError` is a bug and shows its traceback.
"""

import difflib
import errno
from collections.abc import Iterable, Sequence

DISK_ERRORS = frozenset({errno.ENOSPC, errno.EIO, errno.EDQUOT})


class HpsearchError(Exception):
    """Base of all errors that are told to the user in one line, with an optional hint."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidInput(HpsearchError):
    """The user can correct it."""


class UnknownName(InvalidInput, LookupError):
    """A name that is not among the known ones."""

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        known = sorted(known)
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        guess = f"did you mean `{close[0]}`? " if close else ""
        shown = ", ".join(f"`{each}`" for each in known[:30])
        super().__init__(f"unknown {kind} `{name}`", hint or f"{guess}Known: {shown or 'none yet'}")


class InvalidRange(InvalidInput, ValueError):
    """A range of a hyperparameter that cannot be searched."""

    def __init__(self, name: str, reason: str, hint: str = "") -> None:
        super().__init__(f"{name}: {reason}" if name else reason, hint)
        self.reason = reason


class InvalidStudy(InvalidInput, ValueError):
    """A study file, flag or setting whose value makes no sense."""

    def __init__(self, field: str, reason: str, hint: str = "") -> None:
        super().__init__(f"{field}: {reason}", hint)


class NameTaken(InvalidInput):
    """A study of this name exists."""

    def __init__(self, name: str) -> None:
        super().__init__(f"a study named `{name}` exists", "choose another name")


class StudyDiffers(InvalidInput):
    """A study of this name exists and asks another question."""

    def __init__(self, name: str, differences: Sequence[tuple[str, object, object]]) -> None:
        shown = "".join(
            f"\n  {key}: stored {_quoted(stored)}, asked {_quoted(asked)}"
            for key, stored, asked in differences
        )
        hint = "give the new question another name with `--name`, or `hpsearch delete` the old one"
        if [key for key, _, _ in differences] == ["trials"]:
            hint = f"`hpsearch resume {name} --trials {differences[0][2]}` lengthens it"
        super().__init__(f"study `{name}` exists and differs from what was asked:{shown}", hint)


class DataChanged(InvalidInput):
    """The data are no longer those that a study was started on."""

    def __init__(self, name: str, data: str, changes: Sequence[tuple[str, str, str]]) -> None:
        shown = "".join(
            f"\n  {what}: {old} when it was started, {new} now" for what, old, new in changes
        )
        super().__init__(
            f"study `{name}`: `{data}` has changed since it was started (SHA-256):{shown}",
            "put the old data back, or start another study with `--name`",
        )


class NotOurs(InvalidInput):
    """The study was imported: there is nothing to train, only trials to read."""

    def __init__(self, name: str, source: str) -> None:
        super().__init__(
            f"study `{name}` was imported from {source}: it holds results, and nothing to train",
            "`show`, `best`, `report` and `export` read it",
        )


class NoValidTrial(HpsearchError):
    """The study has no trial with a score."""


class TooManyFailures(HpsearchError):
    """A run ended because its trials fail; what was trained is stored, and another can go on."""


class StoreUnusable(HpsearchError):
    """An operator must act on the database."""


class StoreRefused(StoreUnusable):
    """The file is corrupt, belongs to another program, or is newer than this program."""


class StoreFailed(StoreUnusable):
    """Disk full or I/O error while reading or writing."""


class OutputFailed(HpsearchError):
    """Disk full or I/O error while something is said, on standard output or standard error."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"what there is to say cannot be written: {error.strerror}",
            "what was saved is safe: free some space, or write to another place",
        )


class StoreReadOnly(StoreUnusable):
    """The database cannot be written by this user."""


class StudyBusy(StoreUnusable):
    """Another process is running the study."""

    def __init__(self, name: str, holder: str, pid: int | None) -> None:
        stop = f"wait for it, or stop it with `kill -INT {pid}`" if pid else "wait for it"
        super().__init__(f"study `{name}` is being run by another process: {holder}", stop)


def _quoted(value: object) -> str:
    return "nothing" if value is None else f"`{value}`"
