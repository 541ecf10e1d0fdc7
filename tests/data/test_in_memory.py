"""Data in memory come back from the files that they are written to."""

import numpy as np
import pandas as pd
import pytest

from hpsearch.data.in_memory import archive_file, named_frame, table_file
from hpsearch.data.tables import read_table
from hpsearch.errors import InvalidInput


def test_a_frame_comes_back(tmp_path):
    frame = pd.DataFrame(
        {
            "number": [1.5, np.nan, 1 / 3],
            "whole": [1, 2, 3],
            "text": ["a,b", 'c"d\n', "ä"],
            "flag": [True, False, True],
        }
    )
    path = table_file(frame, tmp_path / "data")
    pd.testing.assert_frame_equal(read_table(path), frame, check_dtype=False, rtol=1e-15)
    assert table_file(frame, tmp_path / "data") == path
    assert table_file(frame.iloc[::-1], tmp_path / "data") != path
    assert len(list(path.parent.iterdir())) == 2


def test_arrays_come_back(tmp_path):
    x, y = np.arange(12, dtype=np.uint8).reshape(2, 2, 3), np.array(["a", "b"])
    with np.load(archive_file(x, y, tmp_path)) as archive:
        assert np.array_equal(archive["x"], x)
        assert np.array_equal(archive["y"], y)
    frame = named_frame(np.eye(2), y)
    assert list(frame.columns) == ["x0", "x1", "target"]


def test_inputs_and_targets_must_be_equally_many(tmp_path):
    for write in (named_frame, lambda x, y: archive_file(x, y, tmp_path)):
        with pytest.raises(InvalidInput, match="3 rows of inputs and 2 targets"):
            write(np.eye(3), np.zeros(2))
