import numpy as np
import pandas as pd
import pytest

from hpsearch.data import table_file
from hpsearch.domain.data_spec import DataSpec

ROWS = 2_000


@pytest.fixture
def told(tmp_path):
    """Columns of a table that are said to tell the target `y`."""

    def tell(y, rows=None, **columns):
        path = tmp_path / "table.csv"
        rng = np.random.default_rng(0)
        frame = pd.DataFrame({"noise": rng.normal(size=len(y)), **columns, "y": y})
        frame.iloc[:rows].to_csv(path, index=False)
        return table_file.schema_of(DataSpec(name=str(path), target="y", test=0.0), 0).telling

    return tell


@pytest.fixture
def answer():
    return np.random.default_rng(1).permutation(np.tile(["yes", "no"], ROWS // 2))


def test_the_target_in_other_words_tells_it(told, answer):
    assert told(answer, state=np.where(answer == "yes", "gone", "here")) == ("state",)


def test_several_words_for_a_class_tell_it(told, answer):
    words = np.where(answer == "yes", np.tile(["moved", "died"], ROWS // 2), "here")
    assert told(answer, state=words) == ("state",)


def test_a_value_that_only_one_class_has_tells_it(told, answer):
    day = np.where(answer == "yes", np.arange(ROWS) % 365, np.nan)
    assert told(answer, left_on_day=day) == ("left_on_day",)


def test_a_threshold_that_parts_the_classes_tells_them(told, answer):
    amount = np.random.default_rng(2).random(ROWS) + (answer == "yes")
    assert told(answer, refund=amount) == ("refund",)


def test_the_number_in_another_unit_tells_it(told):
    price = np.random.default_rng(3).integers(100_000, 900_000, ROWS)
    assert told(price, euros=(price * 0.92).round(2), rooms=price // 100_000) == ("euros",)


@pytest.mark.parametrize("at", [3, ROWS - 3])
def test_one_row_that_speaks_against_it_is_enough(told, answer, at):
    state = np.where(answer == "yes", "gone", "here")
    state[at] = "gone" if state[at] == "here" else "here"
    assert told(answer, state=state) == ()


def test_a_few_rows_that_fall_into_place_tell_nothing(told, answer):
    assert told(answer, rows=14, state=np.where(answer == "yes", "gone", "here")) == ()


def test_columns_that_only_help_tell_nothing(told, answer):
    rng = np.random.default_rng(4)
    near = rng.normal(size=ROWS) + 2 * (answer == "yes")
    code = rng.permutation(np.repeat(np.arange(ROWS // 2), 2))
    assert told(answer, near=near, code=code, flag=rng.random(ROWS) < 0.5) == ()


def test_the_sentence_says_what_to_do_about_it(tmp_path, answer):
    path, state = tmp_path / "table.csv", np.where(answer == "yes", "gone", "here")
    frame = pd.DataFrame({"x": np.arange(ROWS) % 7, "last state": state, "y": answer})
    frame.to_csv(path, index=False)
    (note,) = table_file.load(DataSpec(name=str(path), target="y", test=0.2), 0).notes
    assert note.startswith("`last state` tells the target by itself in all 1600 rows")
    assert note.endswith("leave it out with `--drop 'last state'`")
