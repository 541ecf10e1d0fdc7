import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.data import npz_file, sources
from hpsearch.domain.spec import DataSpec
from hpsearch.errors import InvalidInput, InvalidStudy

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(256, size=(60, 4, 3), dtype=np.uint8)
LABELS = np.arange(60, dtype=np.uint8) % 3 + 5
TEST = {"x_test": IMAGES[:20], "y_test": LABELS[:20]}
GOOD = {"x_train": IMAGES, "y_train": LABELS, **TEST}


@pytest.fixture
def archive(tmp_path):
    """`archive(**arrays)`: the path of an archive that holds them."""

    def write(**arrays):
        path = tmp_path / "data.npz"
        np.savez_compressed(path, **arrays)
        return str(path)

    return write


def described(path):
    return npz_file.described(DataSpec(name=path), 0)


def test_the_card_counts_rows_and_keeps_the_test_part_apart(archive):
    card = described(archive(**GOOD))
    assert (card.rows, card.test_rows, card.search_rows(None)) == (80, 20, 60)
    assert (card.features, card.class_count, card.smallest_class) == (12, 3, 20)
    alone = described(archive(x=IMAGES, y=LABELS))
    assert (alone.rows, alone.test_rows) == (60, 0)


def test_pixels_are_scaled_and_rows_keep_their_classes(archive):
    data = npz_file.load(DataSpec(name=archive(**GOOD)), 3)
    known = {row.tobytes(): label for row, label in zip(IMAGES, LABELS, strict=True)}
    pixels = np.round(data.x * 255).astype(np.uint8)
    assert data.x.dtype == np.float32
    assert data.x.max() <= 1
    assert data.classes == ("5", "6", "7")
    assert [known[row.tobytes()] for row in pixels] == [int(data.classes[y]) for y in data.y]
    assert len({row.tobytes() for row in pixels}) == 60
    assert data.test_row_count == 20


def test_other_numbers_and_words_are_taken_as_they_are(archive):
    x = RNG.normal(size=(60, 5))
    words = np.array(["cat", "dog", "λ"])[np.arange(60) % 3]
    data = npz_file.load(DataSpec(name=archive(x=x, y=words)), 0)
    assert data.classes == ("cat", "dog", "λ")
    row = np.flatnonzero((data.x == x[0].astype(np.float32)).all(axis=1))
    assert data.classes[int(data.y[row[0]])] == "cat"


def test_rows_are_drawn_by_the_seed_and_the_rest_stays_sealed(archive):
    path = archive(**GOOD)
    first, again, other = (npz_file.load(DataSpec(name=path, rows=30), seed) for seed in (0, 0, 1))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert (len(first.y), first.test_row_count) == (30, 50)
    with pytest.raises(InvalidStudy, match="`61` asked for"):
        npz_file.load(DataSpec(name=path, rows=61), 0)


def test_what_is_in_the_test_part_is_never_read(archive):
    whole = npz_file.load(DataSpec(name=archive(**GOOD)), 0)
    poisoned = {**GOOD, "x_test": np.full((20, 12), np.nan), "y_test": np.zeros(20, int)}
    assert npz_file.load(DataSpec(name=archive(**poisoned)), 0).fingerprint == whole.fingerprint


NOT_FINITE = np.where(np.arange(60)[:, None] == 41, [0.0, np.inf], 1.0)
BAD = [
    ({"a": IMAGES, "b": LABELS}, "has no array `x`, only `a`, `b`"),
    ({}, "has no array `x`, only nothing"),
    ({"x_train": IMAGES}, "has no array `y_train`"),
    ({"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES}, "has no array `y_test`"),
    ({"x": IMAGES, "y": LABELS[:59]}, "`x` has 60 rows"),
    ({"x": LABELS, "y": LABELS}, r"`x` has the shape \(60,\)"),
    ({"x": IMAGES, "y": IMAGES}, "one class for each row"),
    ({"x": IMAGES[:0], "y": LABELS[:0]}, "is empty"),
    ({"x": np.array(IMAGES.tolist(), object), "y": LABELS}, "`x` is pickled"),
    ({"x": IMAGES, "y": np.array([None, {}] * 30)}, "`y` is pickled"),
    ({"x": IMAGES.astype(complex), "y": LABELS}, "`x` holds complex128, not numbers"),
    ({"x": IMAGES, "y": LABELS * 1j}, "`y` holds complex128, not numbers or text"),
    ({"x": IMAGES, "y": np.ones(60, int)}, "`y` has one class only, `1`"),
    ({**GOOD, "x_test": IMAGES[:20, :3]}, "`x_test` has rows of another size"),
    ({**GOOD, "x_test": np.array([[None]] * 20)}, "`x_test` is pickled"),
]


@pytest.mark.parametrize(("arrays", "said"), BAD, ids=[said for _, said in BAD])
def test_archives_of_another_layout_are_refused_before_they_are_loaded(archive, arrays, said):
    with pytest.raises(InvalidInput, match=said):
        described(archive(**arrays))


@pytest.mark.parametrize("x", [NOT_FINITE, NOT_FINITE * np.nan, NOT_FINITE * 1e300])
def test_inputs_that_are_not_finite_are_refused_with_their_row(archive, x):
    x = np.where(np.arange(60)[:, None] == 41, x, 1.0)
    with pytest.raises(InvalidInput, match="not finite, first in row 41"):
        npz_file.load(DataSpec(name=archive(x=x, y=LABELS)), 0)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x93NUMPY\x01\x00"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "data.npz"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match="is no sound NPZ archive"):
        described(str(path))


def test_missing_files_and_folders_are_refused(tmp_path):
    with pytest.raises(InvalidInput, match="does not exist") as caught:
        described("missing.npz")
    assert "relative path" in caught.value.hint
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(InvalidInput, match="Is a directory"):
        described(str(tmp_path / "folder.npz"))


def _bytes(save):
    buffer = io.BytesIO()
    save(buffer, x=IMAGES, y=LABELS)
    return buffer.getvalue()


WHOLE = [_bytes(np.savez), _bytes(np.savez_compressed)]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WHOLE), st.integers(0, 2000), st.integers(0, 255), st.booleans())
def test_a_damaged_archive_is_refused_or_read_in_full(tmp_path_factory, whole, at, byte, is_cut):
    at %= len(whole)
    damaged = whole[:at] + (b"" if is_cut else bytes([byte]) + whole[at + 1 :])
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    path.write_bytes(damaged)
    with contextlib.suppress(InvalidInput):
        assert npz_file.load(DataSpec(name=str(path)), 0).x.shape == (60, 12)


def test_a_stored_question_is_read_without_its_file():
    card = sources.stored_card("gone.npz")
    assert card.search_rows(10**6) == 10**6
    assert sources.stored_card("digits") == sources.card(DataSpec(name="digits"))
