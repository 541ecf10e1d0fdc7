"""Makes the corpus of files that cannot be searched: `python -m tests.data.bad_files`.

Each case is a file, the flags that go with it, and what the error must quote.
"""

import gzip
import struct
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "bad"
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
HEADER = ("age", "city", "price", "y")


class Case(NamedTuple):
    """A file and its flags; `named` are the parts of the error that matter."""

    file: str
    content: bytes
    named: tuple[str, ...]
    flags: tuple[str, ...] = ("--target", "y")


def rows(count=30):
    """Good rows: numbers, places, prices and one of two classes."""
    return [
        [20 + 7 * i % 50, "AB"[i % 2] * 3, 1.5 + (i * i) % 17, ("no", "yes")[i % 3 > 0]]
        for i in range(count)
    ]


def text(table, separator=",", header=HEADER):
    lines = [separator.join(map(str, row)) for row in (header, *table)]
    return ("\n".join(lines) + "\n").encode()


def changed(row, column, value, count=30):
    """Good rows with another value in a row, counted from 1, and column."""
    table = rows(count)
    table[row - 1][HEADER.index(column)] = value
    return table


def with_column(name, values):
    """Good rows with one more column; where it stands matters to nothing."""
    table = [[value, *row] for value, row in zip(values, rows(len(values)), strict=True)]
    return table, (name, *HEADER)


def extra(name, values, named, flags=("--target", "y"), file=None):
    table, header = with_column(name, values)
    return Case(f"{file or name}.csv", text(table, header=header), named, flags)


def structure():
    for word, sign in SEPARATORS.items():
        ending = "tsv" if sign == "\t" else "csv"
        shown = "separated by"
        yield Case(f"header-only-{word}.{ending}", text([], sign), ("header but no rows",))
        for at in (1, 15, 30):
            long, short = rows(), rows()
            long[at - 1].append("more")
            del short[at - 1][-1]
            named = (f"row {at} has 5 values", "4 columns", shown)
            yield Case(f"long-row-{at}-{word}.{ending}", text(long, sign), named)
            named = (f"row {at} has 3 values", "4 columns", shown)
            yield Case(f"short-row-{at}-{word}.{ending}", text(short, sign), named)
        twice = text(rows(), sign, ("age", "city", "age", "y"))
        yield Case(f"same-name-twice-{word}.{ending}", twice, ("two columns named `age`",))
        trailing = [[*row, ""] for row in rows()]
        named = ("row 1 has 5 values",)
        yield Case(f"trailing-separator-{word}.{ending}", text(trailing, sign), named)
        numbers = [[i, i % 3, i % 2] for i in range(20)]
        named = ("has no header", "0, 0, 0")
        content = text(numbers[1:], sign, numbers[0])
        yield Case(f"no-header-{word}.{ending}", content, named, ("--target", "2"))
    spaced = text(rows(), ",", ("age", " age ", "price", "y"))
    yield Case("same-name-but-for-spaces.csv", spaced, ("two columns named `age`",))
    quoted = text(rows()).replace(b"AAA", b'"AAA, in words"', 1).replace(b"\nno,", b"\nno,")
    quoted = quoted.replace(b"BBB", b'"BBB", more', 1)
    yield Case("quoted-and-ragged.csv", quoted, ("row 2 has 5 values",))
    open_quote = text(rows()).replace(b"BBB", b'"BBB', 1)
    yield Case("quote-never-closed.csv", open_quote, ("row 2 has 2 values",))


def bytes_of_other_kinds():
    yield Case("empty.csv", b"", ("is empty",))
    yield Case("spaces.csv", b"  \n \n\n", ("is empty",))
    yield Case("only-a-mark.csv", b"\xef\xbb\xbf", ("is empty",))
    yield Case("empty.tsv", b"", ("is empty",))
    yield Case("empty.parquet", b"", ("empty.parquet",))
    yield Case("no-parquet.parquet", b"PAR1 but no more", ("no-parquet.parquet",))
    good = text(rows())
    for name, start in (("start", 0), ("middle", 200), ("end", len(good) - 1)):
        content = good[:start] + b"\0" + good[start:]
        line = content[:start].count(b"\n") + 1
        yield Case(f"nul-{name}.csv", content, (f"NUL byte in line {line}",))
    wide = good.decode().encode("utf-16-le")
    yield Case("utf-16-without-mark.csv", wide, ("NUL byte in line 1",))
    yield Case("utf-16-cut.csv", b"\xff\xfe" + wide[:-1], ("not in UTF-8", "in line"))
    accents = changed(3, "city", "Zürich")
    yield Case("latin1.csv", text(accents).decode().encode("latin1"), ("byte 0xfc in line 4",))
    euro = text(changed(5, "city", "100 €")).decode().encode("cp1252")
    yield Case("cp1252.csv", euro, ("byte 0x80 in line 6",))
    kana = text(changed(1, "city", "東京")).decode().encode("shift_jis")
    yield Case("shift-jis.csv", kana, ("not in UTF-8", "in line 2"))
    cut = text(changed(30, "city", "Zürich")).replace("ü".encode(), b"\xc3")
    yield Case("utf-8-cut.csv", cut, ("byte 0xc3 in line 31",))
    yield Case("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ("NUL byte",))
    yield Case("archive.csv", b"PK\x03\x04\x14\0\0\0\x08\0", ("NUL byte",))
    yield Case("database.csv", b"SQLite format 3\0" + bytes(30), ("NUL byte",))
    packed = gzip.compress(good, mtime=0)
    yield Case("packed-under-a-plain-name.csv", packed, ("NUL byte",))
    yield Case("packed-cut.csv.gz", packed[:-20], ("packed-cut.csv.gz",))
    yield Case("packed-in-name-only.csv.gz", good, ("cannot be read", "gzip"))
    yield Case("no-archive.npz", b"PK\x03\x04 but no more", ("no sound NPZ archive",), ())


def columns():
    yield Case("no-target.csv", text(rows()), ("which column is the target?",), ())
    for name, close in (("Y", "`y`"), ("pric", "`price`"), ("citys", "`city`"), ("zzz", "`zzz`")):
        flags, said = ("--target", name), (f"no column `{name}`", close)
        yield Case(f"target-{name}.csv", text(rows()), said, flags)
    for flag in ("group", "time", "drop"):
        flags = ("--target", "y", f"--{flag}", "citty")
        yield Case(f"{flag}-unknown.csv", text(rows()), ("no column `citty`", "`city`"), flags)
    same = [[1, "A", 2.5, row[-1]] for row in rows()]
    yield Case("all-constant.csv", text(same), ("no column is left", "always `1`"))
    alone = [[row[-1]] for row in rows()]
    yield Case("target-only.csv", text(alone, header=("y",)), ("only the target",))
    ids = [[i, f"c{i}", row[-1]] for i, row in enumerate(rows())]
    named = ("no column is left", "numbers the rows", "names the rows")
    yield Case("ids-only.csv", text(ids, header=("id", "name", "y")), named)
    hollow = [["", "", row[-1]] for row in rows()]
    named = ("no column is left", "no value at all")
    yield Case("all-missing.csv", text(hollow, header=("a", "b", "y")), named)
    flags = ("--target", "y", "--drop", "age", "--drop", "city", "--drop", "price")
    yield Case("all-dropped.csv", text(rows()), ("no column is left", "as asked"), flags)
    copied = [row[-1] for row in rows()]
    said = ("column `copy` equals the target", "--drop copy")
    yield extra("copy", copied, said)
    spaced = [f" {row[-1]}" for row in rows()]
    yield extra("copy", spaced, said, file="copy-with-spaces")
    price = [row[2] for row in rows()]
    yield extra("copy", price, said, ("--target", "price"), file="copy-of-numbers")
    flags = ("--target", "y", "--group", "y")
    yield Case("target-is-group.csv", text(rows()), ("named twice",), flags)
    flags = ("--target", "price", "--time", "price")
    yield Case("target-is-time.csv", text(rows()), ("named twice",), flags)
    flags = ("--target", "y", "--drop", "y")
    yield Case("target-is-dropped.csv", text(rows()), ("named twice",), flags)


def values():
    for word in ("inf", "-inf", "Infinity", "1e999"):
        said = ("column `price`", "in row 7 is infinite")
        yield Case(f"infinite-{word}.csv", text(changed(7, "price", word)), said)
    said = ("column `price`", "`inf` in row 2 is infinite")
    yield Case("infinite-target.csv", text(changed(2, "price", "inf")), said, ("--target", "price"))
    for word in ("abc", "12kg", "none given", "#VALUE!"):
        said = ("column `price`", f"`{word}` in row 11 is no number")
        name = word.strip("#!").replace(" ", "-").lower()
        yield Case(f"word-{name}.csv", text(changed(11, "price", word)), said)
    commas = {
        "thousands": [f'"{1000 + i:,}"' for i in range(30)],
        "thousands-and-point": [f'"{1000.5 + i:,}"' for i in range(30)],
        "decimal": [f'"{i},5"' for i in range(30)],
        "negative": [f'"-{i},25"' for i in range(30)],
        "some": [f'"{i},5"' if i == 4 else i for i in range(30)],
    }
    for name, numbers in commas.items():
        said = ("column `sum`", "written with a comma", "write `1234.5`")
        yield extra("sum", numbers, said, file=f"comma-{name}")
    decimal = [[row[0], row[1], str(row[2]).replace(".", ","), row[3]] for row in rows()]
    said = ("column `price`", "is a number written with a comma")
    yield Case("comma-decimal-semicolon.csv", text(decimal, ";"), said)
    many = [f"word {i % 10_000:05}" for i in range(20_000)]
    table, header = with_column("remark", many)
    said = ("column `remark` has 10000 different texts", "--drop remark")
    content = text(table, header=header).decode()
    yield Case("levels.csv.gz", gzip.compress(content.encode(), mtime=0), _less_test(said))
    months = ["2024-13-01" if i == 3 else f"2024-01-{1 + i % 28:02}" for i in range(30)]
    said = ("column `day`", "`2024-13-01` in row 4")
    yield extra("day", months, said, ("--target", "y", "--time", "day"), "time-no-date")


def _less_test(said):
    """Levels are counted without the test part, which nobody looks at: their number varies."""
    return ("column `remark` has", "different texts", *said[1:])


def targets():
    for word in ("", "NA", "?", "null", "nan"):
        said = ("target `y` has no value in row 9",)
        name = word.strip("?") or ("mark" if word else "blank")
        yield Case(f"target-missing-{name}.csv", text(changed(9, "y", word)), said)
    gone = [[*row[:3], ""] for row in rows()]
    said = ("target `y` has no value in row 1 and 29 more",)
    yield Case("target-all-missing.csv", text(gone), said)
    for name, value in (("word", "yes"), ("number", 1), ("truth", "True")):
        single = [[*row[:3], value] for row in rows()]
        yield Case(f"one-class-{name}.csv", text(single), ("one class only", f"`{value}`"))
    flat = [[*row[:3], 2.5] for row in rows()]
    said = ("target `y` has the same number in all rows, `2.5`",)
    yield Case("one-number.csv", text(flat), said)
    rare = [[*row[:3], "rare" if i < 4 else row[3]] for i, row in enumerate(rows(60))]
    said = ("folds: `5` is more than the 3 rows of the smallest class", "--folds 3")
    yield Case("rare-class.csv", text(rare), said, ("--target", "y", "--folds", "5"))
    yield Case("lonely-class.csv", text(changed(8, "y", "maybe")), ("has one row only",))
    different = [[*row[:3], f"kind {i}"] for i, row in enumerate(rows())]
    said = ("target `y` has 30 different values in 30 rows",)
    yield Case("class-per-row.csv", text(different), said)
    flags = ("--target", "price", "--task", "classification")
    spread = [[row[0], row[1], i + 0.25, row[3]] for i, row in enumerate(rows())]
    yield Case("class-per-number.csv", text(spread), ("too many for classes",), flags)
    flags = ("--target", "y", "--task", "regression")
    said = ("column `y`", "`no` in row 1 is no number")
    yield Case("regression-of-words.csv", text(rows()), said, flags)


def questions():
    good = text(rows())
    for name, flags, named in (
        ("metric-of-numbers", ("--metric", "rmse"), ("`no` in row 1 is no number",)),
        ("metric-unknown", ("--metric", "auc"), ("metric: `auc` is not one of",)),
        ("metric-and-task", ("--metric", "r2", "--task", "classification"), ("`r2` does not",)),
        ("task-unknown", ("--task", "ranking"), ("task: `ranking` is not one of",)),
        ("test-too-large", ("--test", "1.5"), ("test: `1.5` must be",)),
        ("test-negative", ("--test", "-0.1"), ("test: `-0.1` must be",)),
        ("test-leaves-nothing", ("--test", "0.99"), ("test: `0.99` cannot be set aside",)),
        ("test-no-number", ("--test", "nan"), ("test: `nan` must be",)),
        ("too-many-rows", ("--rows", "31"), ("rows: `31` asked for", "has 24")),
        ("weights-unknown", ("--class-weights", "equal"), ("class_weights: `equal` is not",)),
        ("too-many-folds", ("--folds", "25"), ("folds: `25` is more than",)),
        ("group-and-time", ("--group", "city", "--time", "age"), ("time: rows are divided",)),
        ("few-groups", ("--group", "city", "--folds", "5"), ("groups of `city`",)),
    ):
        yield Case(f"{name}.csv", good, named, ("--target", "y", *flags))
    flags = ("--target", "price", "--class-weights", "balanced")
    spread = [[row[0], row[1], i + 0.25, row[3]] for i, row in enumerate(rows())]
    yield Case("weights-of-numbers.csv", text(spread), ("has no classes",), flags)
    flags = ("--target", "y", "--group", "city")
    said = ("group `city` has no value in row 12",)
    yield Case("group-missing.csv", text(changed(12, "city", "")), said, flags)
    one = [[row[0], "A", *row[2:]] for row in rows()]
    yield Case("one-group.csv", text(one), ("cannot be set aside of 30 rows",), flags)
    flags = ("--target", "y", "--time", "age")
    said = ("time `age` has no value in row 6",)
    yield Case("time-missing.csv", text(changed(6, "age", "")), said, flags)
    flags = ("--target", "y", "--time", "city")
    yield Case("time-of-words.csv", good, ("column `city`", "is no number"), flags)


def images():
    def idx(axes, content):
        head = struct.pack(f">BBBB{len(axes)}I", 0, 0, 8, len(axes), *axes)
        return head + content

    good = idx((4, 2, 2), bytes(range(16)))
    yield Case("a-labels-idx1-ubyte", idx((4,), bytes([0, 1, 0, 1])), (), None)
    yield Case("a-images-idx3-ubyte", good[:-3], ("ends early",), ())
    yield Case("b-labels-idx1-ubyte", idx((5,), bytes(5)), (), None)
    yield Case("b-images-idx3-ubyte", good, ("b-images-idx3-ubyte",), ())
    yield Case("c-images-idx3-ubyte", good, ("c-labels-idx1-ubyte", "does not exist"), ())
    yield Case("d-labels-idx1-ubyte", b"no labels at all", (), None)
    yield Case("d-images-idx3-ubyte", good, ("is no IDX file",), ())


def cases():
    """All of them; those without flags are there for another."""
    makers = (structure, bytes_of_other_kinds, columns, values, targets, questions, images)
    return [case for maker in makers for case in maker()]


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in FOLDER.iterdir():
        each.unlink()
    for each in cases():
        (FOLDER / each.file).write_bytes(each.content)
