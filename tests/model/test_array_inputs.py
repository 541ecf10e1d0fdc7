import numpy as np
import pandas as pd
import pytest

from hpsearch.errors import InvalidInput
from hpsearch.model.array_inputs import ArrayInputs

PIXELS = ArrayInputs(features=4, scale=255.0)


def test_numbers_are_divided_like_those_of_the_search():
    data = np.array([[0, 51, 102, 255]], np.uint8)
    expected = [[0, 0.2, 0.4, 1]]
    assert PIXELS.transform(data) == pytest.approx(np.array(expected))
    assert PIXELS.transform(pd.DataFrame(data)) == pytest.approx(np.array(expected))
    assert PIXELS.transform(data.reshape(1, 2, 2)).dtype == np.float32
    assert PIXELS.notes(data) == ()
    assert ArrayInputs.from_plain(PIXELS.to_plain()) == PIXELS


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (np.zeros((2, 3)), r"shape \(2, 3\) do not fit the model: it takes rows of 4 numbers"),
        (np.zeros(4), r"shape \(4,\)"),
        (pd.DataFrame({"a": [1], "b": [2]}), r"shape \(1, 2\)"),
        (np.array([["a", "b", "c", "d"]]), "no number"),
        (np.array([[0, 0, 0, 0], [0, 0, np.nan, 0]]), "not finite, first in row 2"),
    ],
)
def test_data_that_do_not_fit_are_refused(data, said):
    with pytest.raises(InvalidInput, match=said):
        PIXELS.transform(data)
