import numpy as np
import pandas as pd

from hpsearch.data.row_view import RowView
from hpsearch.data.table_file import frame_hash

FRAME = pd.DataFrame({"age": [20, 30, 40, 50], "city": ["Ulm", None, "Bonn", "Ulm"]})
ROWS = np.array([3, 1])


def test_a_view_has_the_columns_and_rows_of_a_table_of_those_rows():
    view, table = RowView(FRAME, ROWS), FRAME.iloc[ROWS]
    assert len(view) == 2
    assert list(view.columns) == list(table.columns)
    for name in table.columns:
        pd.testing.assert_series_equal(view[name], table[name])


def test_rows_keep_the_numbers_of_the_whole_table():
    assert list(RowView(FRAME, ROWS)["age"].index) == [3, 1]


def test_its_hash_is_that_of_a_table_of_those_rows():
    assert frame_hash(RowView(FRAME, ROWS)) == frame_hash(FRAME.iloc[ROWS])
