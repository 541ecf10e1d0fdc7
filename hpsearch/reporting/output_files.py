"""Writes what a report or export says to files, whole or not at all."""

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from hpsearch.errors import InvalidInput

MARK = "report.md"  # what every report has


def write_file(path: Path, content: str | bytes | Iterable[str], *, replace: bool) -> None:
    """Write a file, whole or part by part, through a temporary one beside it.

    Raises:
        InvalidInput: it exists and `replace` is off, or its folder cannot be written.
    """
    check_free_file(path, replace=replace)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        if isinstance(content, bytes):
            temporary.write_bytes(content)
        else:
            with temporary.open("w", encoding="utf-8", newline="") as file:
                file.writelines([content] if isinstance(content, str) else content)
        temporary.replace(path)
    except OSError as error:
        raise InvalidInput(f"`{path}` cannot be written: {error.strerror}") from None
    finally:
        temporary.unlink(missing_ok=True)


def check_free_file(path: Path, *, replace: bool) -> None:
    """Make sure that a file may be written, before anything is made that would go into it.

    Raises:
        InvalidInput: it exists, and `replace` is off.
    """
    if path.exists() and not replace:
        raise InvalidInput(f"`{path}` exists", "name another file, or add `--force`")


def write_folder(folder: Path, content: Mapping[str, str | bytes], *, replace: bool) -> None:
    """Write a folder of files: all of them under a temporary name, which then becomes its own.

    Args:
        replace: whether an earlier report may go. A folder that is none is never replaced.

    Raises:
        InvalidInput: it exists and may not be replaced, is a link, or cannot be written.
    """
    check_free(folder, replace=replace)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    try:
        temporary.mkdir()
        for name, each in content.items():
            data = each.encode() if isinstance(each, str) else each
            (temporary / name).write_bytes(data)
        _put(temporary, folder)
    except OSError as error:
        raise InvalidInput(f"`{folder}` cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_free(folder: Path, *, replace: bool) -> None:
    """Make sure that a folder may be written, before anything is made that would go into it.

    Raises:
        InvalidInput: it may not.
    """
    if folder.is_symlink():
        raise InvalidInput(f"`{folder}` is a link", "name a folder itself, or another one")
    if not folder.exists():
        if not folder.parent.is_dir():
            raise InvalidInput(f"folder `{folder.parent}` does not exist", "create it")
        return
    if not replace:
        raise InvalidInput(f"`{folder}` exists", "name another folder, or add `--force`")
    if not folder.is_dir():
        raise InvalidInput(f"`{folder}` is a file", "name another folder")
    if any(folder.iterdir()) and not (folder / MARK).is_file():
        raise InvalidInput(
            f"`{folder}` holds something else than a report, which `--force` would delete",
            "name another folder",
        )


def _put(new: Path, folder: Path) -> None:
    """Give a folder its name, and delete the one that had it."""
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
