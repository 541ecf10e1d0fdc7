"""Writes what a report or export says to files, whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path

from hpsearch.errors import InvalidInput


def write_file(path: Path, content: str | bytes, *, replace: bool) -> None:
    """Write a file through a temporary one beside it.

    Raises:
        InvalidInput: it exists and `replace` is off, or its folder cannot be written.
    """
    if path.exists() and not replace:
        raise InvalidInput(f"`{path}` exists", "name another file, or add `--force`")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        temporary.replace(path)
    except OSError as error:
        raise InvalidInput(f"`{path}` cannot be written: {error.strerror}") from None


def write_folder(folder: Path, files: Mapping[str, str | bytes], *, replace: bool) -> None:
    """Write a folder of files.

    Raises:
        InvalidInput: it exists and `replace` is off, or it cannot be made.
    """
    if folder.exists() and not replace:
        raise InvalidInput(f"`{folder}` exists", "name another folder, or add `--force`")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"`{folder}` cannot be made: {error.strerror}") from None
    for name, content in files.items():
        write_file(folder / name, content, replace=True)
