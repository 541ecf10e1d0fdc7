import numpy as np
import pytest
from sklearn import datasets

from hpsearch.data import sources
from hpsearch.data.built_in_tables import TABLES
from hpsearch.domain.data_spec import DataSpec
from hpsearch.domain.data_text import data_spec


@pytest.mark.parametrize("name", TABLES)
def test_values_are_scikit_learns(name):
    load = getattr(datasets, f"load_{name}")
    known = load(scaled=False) if name == "diabetes" else load()
    card = sources.card(name)
    spec = data_spec({"name": name, "test": 0.0}, card)
    data = sources.load(spec, 0)
    rows = np.lexsort(data.x.T), np.lexsort(known.data.T)
    np.testing.assert_allclose(data.x[rows[0]], known.data[rows[1]])
    np.testing.assert_array_equal(data.y[rows[0]], known.target[rows[1]])
    assert len(data.schema.feature_names) == card.features == known.data.shape[1]
    if name != "diabetes":
        assert data.classes == tuple(known.target_names)


@pytest.mark.parametrize("name", TABLES)
def test_a_fifth_is_set_aside(name):
    card = sources.card(name)
    spec = data_spec({"name": name}, card)
    data, sealed = sources.load(spec, 1), sources.load_test_part(spec, 1)
    assert len(data.y) + len(sealed.y) == card.rows
    assert (
        len(sealed.y) == data.test_row_count == card.test_rows == pytest.approx(card.rows / 5, 0.1)
    )
    assert sealed.fingerprint == data.test_fingerprint
    assert sealed.x.shape[1] == data.x.shape[1]


def test_a_share_of_the_digits_can_be_set_aside():
    spec = DataSpec(name="digits", test=0.25)
    data, sealed = sources.load(spec, 0), sources.load_test_part(spec, 0)
    assert (len(data.y), len(sealed.y)) == (1347, 450)
    assert sealed.fingerprint == data.test_fingerprint
    assert sealed.x.max() == 1
