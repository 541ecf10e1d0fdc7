import gzip
import struct

import numpy as np
import pytest

from hpsearch.data import sources
from hpsearch.domain.data_spec import DataSpec
from hpsearch.errors import InvalidInput

RNG = np.random.default_rng(2)


def idx(values):
    head = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
    return head + values.astype(np.uint8).tobytes()


@pytest.fixture(params=["", ".gz"])
def images(tmp_path, request):
    """MNIST's four files, small; the path of the training images."""
    parts = {"train": 60, "t10k": 20}
    for part, rows in parts.items():
        for kind, values in (
            ("images-idx3", RNG.integers(256, size=(rows, 3, 4))),
            ("labels-idx1", np.arange(rows) % 3),
        ):
            content = idx(values)
            content = gzip.compress(content) if request.param else content
            (tmp_path / f"{part}-{kind}-ubyte{request.param}").write_bytes(content)
    return tmp_path / f"train-images-idx3-ubyte{request.param}"


def test_images_are_rows_of_pixels_with_their_labels(images):
    card = sources.card(str(images))
    assert (card.rows, card.test_rows, card.features, card.class_count) == (80, 20, 12, 3)
    data = sources.load(DataSpec(name=str(images)), 0)
    assert data.x.shape == (60, 12)
    assert 0.9 < data.x.max() <= 1
    assert np.bincount(data.y).tolist() == [20, 20, 20]
    assert data.test_row_count == 20


def test_the_test_part_is_mnists_own(images):
    spec = DataSpec(name=str(images), rows=50)
    data, sealed = sources.load(spec, 0), sources.load_test_part(spec, 0)
    assert len(sealed.y) == 30 == data.test_row_count
    assert sealed.fingerprint == data.test_fingerprint
    assert not {row.tobytes() for row in data.x} & {row.tobytes() for row in sealed.x}


def test_labels_that_do_not_belong_to_the_images_are_refused(images):
    other = images.with_name(images.name.replace("images-idx3", "labels-idx1"))
    content = idx(np.zeros(59))
    other.write_bytes(gzip.compress(content) if images.suffix == ".gz" else content)
    with pytest.raises(InvalidInput, match="60 images, its labels are 59"):
        sources.card(str(images))
