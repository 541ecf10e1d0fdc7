"""Files inside installed packages, which are never imported for them."""

import importlib.util
from pathlib import Path

from hpsearch.errors import InvalidStudy


def packaged(package: str, *parts: str) -> Path:
    """The path of a file in a package.

    Raises:
        InvalidStudy: the package is missing.
    """
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise InvalidStudy("data", f"`{parts[-1]}` needs the package `{package}`, which is missing")
    return Path(found.origin).parent.joinpath(*parts)
