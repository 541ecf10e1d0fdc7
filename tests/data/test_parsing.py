import gzip
import random

import pytest
from pandas.testing import assert_frame_equal

from hpsearch.data import parsing, tables
from hpsearch.errors import InvalidInput

ROWS = 40
MAKERS = {
    "whole": lambda row: str(row),
    "decimal": lambda row: f"{row / 7:.4f}",
    "whole, then decimal": lambda row: str(row) if row < 25 else f"{row}.5",
    "decimal, then whole": lambda row: f"{row}.5" if row < 5 else str(row),
    "whole, then missing": lambda row: str(row) if row < 20 else "",
    "missing, then whole": lambda row: "?" if row < 20 else str(row),
    "missing": lambda row: "NA",
    "word": lambda row: f"w{row % 3}",
    "missing, then word": lambda row: "" if row < 20 else "word",
    "number, then word": lambda row: f"0{row}" if row < 33 else "many",
    "truth": lambda row: str(row % 2 == 0),
    "truth, then missing": lambda row: str(row % 2 == 0) if row < 30 else "",
    "truth, then number": lambda row: "True" if row < 30 else "7",
    "huge": lambda row: str(2**63 + row) if row > 20 else str(-row),
    "quoted": lambda row: f'"two\nlines, {row}"' if row % 9 == 0 else f'"one, {row}"',
    "infinite": lambda row: "inf" if row == 33 else str(row),
    "spaces": lambda row: f"  {row}",
}


def table(names):
    header = ",".join(f'"{name}"' for name in names)
    rows = [",".join(MAKERS[name](row) for name in names) for row in range(ROWS)]
    return "\n".join([header, *rows]) + "\n"


@pytest.fixture
def in_parts(monkeypatch):
    """Makes all tables large ones, of parts of seven rows."""

    def change():
        monkeypatch.setattr(tables, "PARTS_FROM_BYTES", 1)
        monkeypatch.setattr(parsing, "PART_ROWS", 7)

    return change


@pytest.mark.parametrize("name", MAKERS)
def test_a_column_read_in_parts_is_the_column_read_as_a_whole(tmp_path, in_parts, name):
    path = tmp_path / "table.csv"
    path.write_text(table(["decimal", name, "word"] if name not in ("decimal", "word") else [name]))
    whole = tables.read_table(path)
    in_parts()
    assert_frame_equal(tables.read_table(path), whole, check_exact=True)


@pytest.mark.parametrize("seed", range(8))
def test_tables_read_in_parts_are_those_read_as_a_whole(tmp_path, in_parts, seed):
    names = random.Random(seed).sample(sorted(MAKERS), 9)
    path = tmp_path / "table.csv"
    path.write_text(table(names))
    whole = tables.read_table(path)
    in_parts()
    assert_frame_equal(tables.read_table(path), whole, check_exact=True)


def stored(content, kind):
    match kind:
        case "packed":
            return gzip.compress(content.encode())
        case "utf-16":
            return content.encode("utf-16")
        case "with a mark":
            return content.encode("utf-8-sig")
        case "lines of Windows":
            return content.replace("\n", "\r\n").encode()
        case _:
            return content.replace("w1", "wörter").encode()


@pytest.mark.parametrize("kind", ["packed", "utf-16", "with a mark", "lines of Windows", "umlauts"])
def test_texts_that_are_stored_otherwise_are_read_in_parts_too(tmp_path, in_parts, kind):
    path = tmp_path / ("table.csv.gz" if kind == "packed" else "table.csv")
    path.write_bytes(stored(table(["whole", "word", "number, then word"]), kind))
    whole = tables.read_table(path)
    in_parts()
    assert_frame_equal(tables.read_table(path), whole, check_exact=True)
    assert len(whole) == ROWS


def test_a_row_that_does_not_fit_is_named_in_a_large_table_too(tmp_path, in_parts):
    path = tmp_path / "table.csv"
    path.write_text(table(["whole", "word"]) + "1,2,3\n")
    in_parts()
    with pytest.raises(InvalidInput, match="row 41 has 3 values"):
        tables.read_table(path)
