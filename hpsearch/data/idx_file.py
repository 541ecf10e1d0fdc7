"""MNIST's own files: IDX, plain or gzipped, as images with their labels beside them.

A data set is named by its file of training images, such as `train-images-idx3-ubyte.gz`. Labels
have the same name with `labels-idx1` in place of `images-idx3`, and the test part `t10k` in place
of `train`. Format: http://yann.lecun.com/exdb/mnist (two zero bytes, the type of the numbers, the
number of axes, the length of each axis as big-endian 32-bit integers, then the numbers).
"""

import gzip
import hashlib
import math
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.data import sealing
from hpsearch.data.tables import readable, refused
from hpsearch.data.targets import settled
from hpsearch.domain.data_spec import DataSpec
from hpsearch.domain.dataset import Dataset, DatasetCard, TestPart
from hpsearch.domain.task import Task
from hpsearch.errors import InvalidStudy

NAME = re.compile(r"images[-.]idx3")
TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
PIXELS = 255.0


def is_idx(name: str) -> bool:
    """Whether a name of data is the path of a file of images in IDX."""
    return bool(NAME.search(Path(name).name))


def described(asked: DataSpec, seed: int, task: Task | None = None) -> DatasetCard:
    """What is known of the images at the path `asked.name`; only labels are read.

    Raises:
        InvalidInput: they cannot be read, or are laid out otherwise.
        InvalidStudy: another task than classification.
    """
    if task not in (None, Task.CLASSIFICATION):
        raise InvalidStudy("task", f"`{task}` is not what labelled images are for", "leave it out")
    labels = _labels(asked.name)
    classes, y = np.unique(labels, return_inverse=True)
    search, test = sealing.set_aside(y, settled(asked, Task.CLASSIFICATION), seed)
    shape = _shape(asked.name)
    _check_count(asked.name, shape[0], len(labels))
    own = _own_test(asked.name)
    test_rows = len(test) + (_shape(own)[0] if own else 0)
    return DatasetCard(
        name=asked.name,
        meaning=f"the images in {asked.name}",
        rows=len(search) + test_rows,
        test_rows=test_rows,
        features=math.prod(shape[1:]),
        class_count=len(classes),
        smallest_class=int(np.bincount(y[search], minlength=len(classes)).min()),
    )


def load(spec: DataSpec, seed: int) -> Dataset:
    """The rows that a search may see; pixels are scaled to [0, 1].

    Raises:
        InvalidInput: they cannot be read, or are laid out otherwise.
        InvalidStudy: more rows asked for than there are.
    """
    chosen, aside, classes, y = _divided(spec, seed)
    images = pixels(spec.name)
    _check_count(spec.name, len(images), len(y))
    x = _inputs(images[chosen])
    own = _own_test(spec.name)
    return Dataset(
        name=spec.name,
        x=x,
        y=y[chosen],
        classes=tuple(map(str, classes)),
        test_row_count=len(aside) + (_shape(own)[0] if own else 0),
        fingerprint=sealing.fingerprint(x, y[chosen]),
        test_fingerprint=_sealed(images, aside, own),
        input_scale=PIXELS,
    )


def load_test_part(spec: DataSpec, seed: int) -> TestPart:
    """The rows that were set aside: MNIST's own test part, and those that a search did not draw.

    Raises:
        InvalidInput: they cannot be read, or have labels that the others do not have.
    """
    _, aside, classes, labels = _divided(spec, seed)
    images, own = pixels(spec.name), _own_test(spec.name)
    x, y = [_inputs(images[aside])], [labels[aside]]
    if own:
        found = _labels(own)
        if not np.isin(found, classes).all():
            hint = "a network can only name classes that it was taught"
            raise refused(own, f"has labels that `{spec.name}` has not", hint)
        x.append(_inputs(pixels(own)))
        y.append(np.searchsorted(classes, found))
    sealed = _sealed(images, aside, own)
    return TestPart(x=np.concatenate(x), y=np.concatenate(y), fingerprint=sealed)


def _divided(
    spec: DataSpec, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any], NDArray[np.int64]]:
    """Rows of the search, rows set aside, the labels that there are, and the class of each row."""
    classes, y = np.unique(_labels(spec.name), return_inverse=True)
    search, test = sealing.set_aside(y, spec, seed)
    chosen, others = sealing.drawn(spec, seed, search)
    return chosen, np.sort(np.concatenate([test, others])), classes, y.astype(np.int64)


def _sealed(images: NDArray[Any], aside: NDArray[np.int64], own: str | None) -> str:
    """SHA-256 of the rows set aside; empty where there are none."""
    if not len(aside) and own is None:
        return ""
    digest = hashlib.sha256(images[aside].tobytes())
    if own is not None:
        digest.update(_content(own))
        digest.update(_content(_labels_of(own)))
    return digest.hexdigest()


def _inputs(images: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(images.reshape(len(images), -1) / np.float32(PIXELS), np.float32)


def _labels_of(images: str) -> str:
    path = Path(images)
    return str(path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1")))


def _own_test(images: str) -> str | None:
    """The images of the test part beside those of the training part, if there are any."""
    path = Path(images)
    test = path.with_name(path.name.replace("train", "t10k"))
    return str(test) if test != path and test.exists() else None


def _labels(images: str) -> NDArray[Any]:
    return _array(_labels_of(images), axes=1)


def pixels(name: str) -> NDArray[Any]:
    """The images in a file, `(image, row, column)`, 8 bits a pixel."""
    return _array(name, axes=3)


def _shape(name: str) -> tuple[int, ...]:
    """Lengths of the axes; only the start of the file is read."""
    with readable(name), gzip.open(name) if name.endswith(".gz") else Path(name).open("rb") as f:
        head = f.read(16)
    return tuple(int.from_bytes(head[start : start + 4], "big") for start in (4, 8, 12))


def _content(name: str) -> bytes:
    try:
        with readable(name):
            data = Path(name).read_bytes()
            return gzip.decompress(data) if name.endswith(".gz") else data
    except zlib.error as error:
        raise refused(name, f"is no sound gzip file: {error}", "download it again") from None


def _array(name: str, axes: int) -> NDArray[Any]:
    data = _content(name)
    if len(data) < 4 + 4 * axes or data[:2] != b"\0\0" or data[2] not in TYPES or data[3] != axes:
        hint = "MNIST's own files are `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`"
        raise refused(name, f"is no IDX file with {axes} axes", hint)
    shape = tuple(int.from_bytes(data[4 + 4 * i : 8 + 4 * i], "big") for i in range(axes))
    values = np.frombuffer(data, TYPES[data[2]], offset=4 + 4 * axes)
    if len(values) != math.prod(shape) or not len(values):
        told = f"ends early: {len(values)} of {math.prod(shape)} numbers"
        raise refused(name, told, "download it again")
    return values.reshape(shape)


def _check_count(name: str, images: int, labels: int) -> None:
    if images != labels:
        hint = "take images and labels of the same part"
        raise refused(name, f"has {images} images, its labels are {labels}", hint)
