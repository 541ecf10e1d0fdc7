"""Study files: questions written down in TOML, beside the user's data or packaged with hpsearch."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hpsearch.errors import InvalidInput, InvalidStudy, UnknownName


class StudyFile(NamedTuple):
    """A study file.

    Attributes:
        name: the study's name, from the file's `name` or else its stem.
        question: its first line, a comment.
        sections: its tables.
    """

    name: str
    question: str
    sections: Mapping[str, Mapping[str, Any]]


def packaged_folder() -> Path:
    """Where the packaged study files are: inside an installed package, or in a checkout."""
    packaged = Path(__file__).parent / "studies"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "studies"


def packaged_studies() -> dict[str, StudyFile]:
    """The study files that come with hpsearch, by name."""
    return {path.stem: read_study_file(path) for path in sorted(packaged_folder().glob("*.toml"))}


def find_study_file(text: str) -> StudyFile:
    """A study file from a path, or from the name of a packaged one.

    Raises:
        InvalidInput: unreadable, or not TOML (with the line).
        UnknownName: neither a file nor a packaged study.
    """
    path = Path(text)
    if path.suffix == ".toml" or path.is_file():
        return read_study_file(path)
    known = packaged_studies()
    if text not in known:
        raise UnknownName("study file", text, known)
    return known[text]


def read_study_file(path: Path) -> StudyFile:
    """Read a study file.

    Raises:
        InvalidInput: unreadable, or not TOML (with the line).
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InvalidInput(f"study file `{path}` cannot be read: {reason}") from None
    try:
        tables: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"study file `{path}` is not valid TOML: {error}") from None
    name = tables.pop("name", path.stem)
    if not isinstance(name, str):
        raise InvalidStudy("name", f"`{name}` is not text")
    first = text.splitlines()[0] if text else ""
    return StudyFile(name, first.lstrip("# ").strip() if first.startswith("#") else "", tables)
