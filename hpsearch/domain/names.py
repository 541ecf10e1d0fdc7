"""Names of studies."""

import re

from hpsearch.errors import InvalidStudy

UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
TABLE = re.compile(r"(.+?)\.(?:csv|tsv|txt|parquet)(?:\.gz)?", re.IGNORECASE)
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")


def check_name(name: str) -> str:
    """The name, if it is safe to show and to make file names from.

    Raises:
        InvalidStudy: it is empty, too long, or has characters that mean something elsewhere.
    """
    if not SAFE.fullmatch(name):
        shown = name.encode("unicode_escape").decode("ascii")[:80]
        raise InvalidStudy(
            "name",
            f"`{shown}` is not a safe study name",
            "use 1 to 64 letters, digits, `.`, `_`, `-` or spaces, a letter or digit first",
        )
    return name


def default_name(data: str, space: tuple[str, ...]) -> str:
    """Name of a study that was given none, such as `mnist-lr-wd`; of a file its last part.

    That of a table is the file's without its suffix, and nothing else: `churn`.
    """
    stem = UNSAFE.sub("_", data.rpartition("/")[2]).lstrip("._-") or "data"
    table = TABLE.fullmatch(stem)
    if table:
        return table[1][:64]
    return "-".join((stem, *space))[:64]
