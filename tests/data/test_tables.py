import gzip

import numpy as np
import pandas as pd
import pytest

from hpsearch.data import tables
from hpsearch.data.tables import read_table
from tests.data.tables_of_people import people

FRAME = people()[["age", "city", "member", "income"]]


@pytest.fixture
def read(tmp_path):
    def reading(content, name="table.csv"):
        (tmp_path / name).write_bytes(content)
        return read_table(tmp_path / name)

    return reading


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends_are_found(read, separator, end):
    text = FRAME.to_csv(index=False, sep=separator).replace("\n", end)
    pd.testing.assert_frame_equal(read(text.encode()), FRAME, check_dtype=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_their_marks_are_read(read, encoding):
    frame = read("größe,stadt\n1,Köln\n2,東京\n".encode(encoding))
    assert list(frame.columns) == ["größe", "stadt"]
    assert frame["stadt"].tolist() == ["Köln", "東京"]


def test_quotes_keep_separators_and_line_ends(read):
    frame = read(b'a,b\n1,"x, y"\n2,"two\nlines"\n')
    assert frame["b"].tolist() == ["x, y", "two\nlines"]


def test_packed_files_blank_lines_and_spaces(read):
    frame = read(gzip.compress(b" a , b\n1, x\n\n2, y\n\n"), "table.csv.gz")
    assert list(frame.columns) == ["a", "b"]
    assert frame["a"].tolist() == [1, 2]
    assert frame["b"].tolist() == ["x", "y"]


def test_words_for_missing_values(read):
    frame = read(b"a,b\n1,?\nNA,x\n-,y\n,null\n")
    assert frame["a"].isna().tolist() == [False, True, True, True]
    assert frame["b"].isna().tolist() == [True, False, False, True]


def test_a_column_without_a_name_is_called_by_its_place(read):
    assert list(read(b",a\n0,5\n1,6\n").columns) == ["Unnamed: 0", "a"]


def test_rows_are_counted_in_parts(read, monkeypatch):
    monkeypatch.setattr(tables, "CHUNK_BYTES", 64)
    text = FRAME.to_csv(index=False).encode()
    assert len(read(text)) == len(FRAME)
    lines = text.splitlines(keepends=True)
    lines[150] = b"1,2\n"
    with pytest.raises(Exception, match="row 150 has 2 values"):
        read(b"".join(lines))


def test_numbers_keep_all_their_digits(read):
    values = np.random.default_rng(0).normal(size=50)
    text = "\n".join(["a,b", *(f"{each!r},x" for each in values.tolist())])
    np.testing.assert_array_max_ulp(read(text.encode())["a"].to_numpy(), values, 1)
