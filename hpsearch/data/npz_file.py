"""Data in a NumPy archive: `x_train` and `y_train`, with `x_test` and `y_test`, or `x` and `y`.

Of the test part only the headers are ever read: how many rows there are, not what is in them.
"""

import contextlib
import hashlib
import math
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from hpsearch.data import sealing
from hpsearch.data.targets import Target, settled
from hpsearch.domain.data_spec import DataSpec
from hpsearch.domain.dataset import Dataset, DatasetCard, TestPart
from hpsearch.domain.task import Task
from hpsearch.errors import InvalidInput

KINDS = {"x": "biuf", "y": "biufU"}  # of numbers, and of numbers or text
LAYOUT = "an archive has `x_train` and `y_train` (and `x_test` and `y_test`), or `x` and `y`"


class Header(NamedTuple):
    """What an array is, before its values are read."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive whose layout has been checked.

    Attributes:
        x: name of the inputs that may be searched on.
        y: name of their classes.
        headers: of every array that counts.
    """

    path: Path
    file: zipfile.ZipFile
    x: str
    y: str
    headers: dict[str, Header]

    @property
    def rows(self) -> int:
        """Rows that may be searched on."""
        return self.headers[self.x].shape[0]

    @property
    def features(self) -> int:
        """Numbers in a row; images and the like are laid out flat."""
        return math.prod(self.headers[self.x].shape[1:])

    @property
    def test_rows(self) -> int:
        """Rows of the test part."""
        return self.headers["y_test"].shape[0] if "y_test" in self.headers else 0

    @property
    def task(self) -> Task:
        """Whole numbers and text are classes."""
        is_number = self.headers[self.y].dtype.kind == "f"
        return Task.REGRESSION if is_number else Task.CLASSIFICATION

    def classes(self) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64]]:
        """Sorted class names, the class of each row as an index, and the rows of each class.

        Raises:
            InvalidInput: all rows are of one class.
        """
        names, index, sizes = np.unique(
            self.values(self.y), return_inverse=True, return_counts=True
        )
        if len(names) < 2:
            raise self.refused(f"`{self.y}` has one class only, `{names[0]}`")
        return names, index.astype(np.int64), sizes

    def values(self, name: str) -> NDArray[Any]:
        """An array as it stands in the file."""
        with self.file.open(f"{name}.npy") as stream:
            array: NDArray[Any] = np.lib.format.read_array(
                cast(BinaryIO, stream), allow_pickle=False
            )
        return array

    def refused(self, reason: str, hint: str = "") -> InvalidInput:
        """The error for an archive that cannot be searched on."""
        return InvalidInput(f"data file `{self.path}`: {reason}", hint)


def described(asked: DataSpec, seed: int, task: Task | None = None) -> DatasetCard:
    """What is known of the archive at the path `asked.name`; only its targets are read.

    Args:
        task: as asked for; None tells it from the targets.

    Raises:
        InvalidInput: it cannot be read, or is laid out otherwise.
    """
    name = asked.name
    with _opened(name) as archive:
        spec = settled(asked, task or archive.task)
        target = _target(archive, spec.task)
        search, test = sealing.set_aside(target.y, spec, seed)
        y = target.y[search]
        is_class = spec.task is Task.CLASSIFICATION
        smallest = np.bincount(y, minlength=len(target.classes)).min() if is_class else len(y)
        return DatasetCard(
            name=name,
            meaning=f"the file {name}",
            rows=archive.rows + archive.test_rows,
            test_rows=archive.test_rows + len(test),
            features=archive.features,
            class_count=len(target.classes),
            smallest_class=int(smallest),
            task=spec.task,
        )


def load(spec: DataSpec, seed: int) -> Dataset:
    """The rows that a search may see: all but the test part, or so many drawn by the seed.

    Numbers of 8 bits are pixels and scaled to [0, 1]; all others are taken as they are.

    Raises:
        InvalidInput: it cannot be read, is laid out otherwise, or has inputs that are not finite.
        InvalidStudy: more rows asked for than there are.
    """
    with _opened(spec.name) as archive:
        target = _target(archive, spec.task)
        search, test = sealing.set_aside(target.y, spec, seed)
        chosen, others = sealing.drawn(spec, seed, search)
        x, y = _inputs(archive, archive.x, chosen), target.y[chosen]
        return Dataset(
            name=spec.name,
            x=x,
            y=y,
            classes=target.classes,
            test_row_count=archive.test_rows + len(test) + len(others),
            fingerprint=sealing.fingerprint(x, y),
            test_fingerprint=_test_fingerprint(archive, np.sort(np.concatenate([test, others]))),
            input_scale=_scale(archive, archive.x),
        )


def load_test_part(spec: DataSpec, seed: int) -> TestPart:
    """The rows that were set aside: the archive's own, and those that a search did not draw.

    Raises:
        InvalidInput: they cannot be read, or are of classes that the others do not have.
    """
    with _opened(spec.name) as archive:
        target = _target(archive, spec.task)
        search, test = sealing.set_aside(target.y, spec, seed)
        aside = np.sort(np.concatenate([test, sealing.drawn(spec, seed, search)[1]]))
        x, y = [_inputs(archive, archive.x, aside)], [target.y[aside]]
        if archive.test_rows:
            x.append(_inputs(archive, "x_test", np.arange(archive.test_rows)))
            y.append(_coded(archive, target))
        print_ = _test_fingerprint(archive, aside)
        return TestPart(x=np.concatenate(x), y=np.concatenate(y), fingerprint=print_)


def _target(archive: Archive, task: Task) -> Target:
    """Targets of the rows that are not the archive's own test part."""
    if task is Task.CLASSIFICATION:
        names, index, _ = archive.classes()
        return Target(y=index, classes=tuple(map(str, names)))
    values = archive.values(archive.y)
    if values.dtype.kind == "U":
        raise archive.refused(f"`{archive.y}` holds text, not numbers", "leave `--task` out")
    y = values.astype(np.float64)
    if not np.isfinite(y).all():
        row = int(np.argmin(np.isfinite(y)))
        raise archive.refused(f"`{archive.y}` is not finite in row {row}", "correct it")
    if len(np.unique(y)) < 2:
        raise archive.refused(f"`{archive.y}` is `{y[0]}` in all rows", "nothing can be learned")
    return Target(y=y)


def _coded(archive: Archive, target: Target) -> NDArray[Any]:
    """Targets of the archive's own test part, as those of the others."""
    values = archive.values("y_test")
    if not target.classes:
        return values.astype(np.float64)
    names = archive.classes()[0]
    is_known = np.isin(values, names)
    if not is_known.all():
        row = int(np.argmin(is_known))
        reason = f"`y_test` has the class `{values[row]}` in row {row}, `{archive.y}` has not"
        raise archive.refused(reason, "a network can only name classes that it was taught")
    return np.searchsorted(names, values).astype(np.int64)


def _test_fingerprint(archive: Archive, aside: NDArray[np.int64]) -> str:
    """SHA-256 of what was set aside, without looking into it; empty where that is nothing."""
    if not len(aside) and not archive.test_rows:
        return ""
    digest = hashlib.sha256(aside.tobytes())
    digest.update(archive.values(archive.x)[aside].tobytes())
    for name in ("x_test", "y_test") if archive.test_rows else ():
        with archive.file.open(f"{name}.npy") as stream:
            while part := stream.read(1 << 20):
                digest.update(part)
    return digest.hexdigest()


def _scale(archive: Archive, name: str) -> float:
    return 255.0 if archive.headers[name].dtype == np.uint8 else 1.0


def _inputs(archive: Archive, name: str, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
    raw = archive.values(name)[chosen].reshape(len(chosen), archive.features)
    with np.errstate(over="ignore"):
        x = raw.astype(np.float32)
    if raw.dtype == np.uint8:
        x /= np.float32(255)
    if not np.isfinite(x).all():
        row = int(chosen[np.argmin(np.isfinite(x).all(axis=1))])
        raise archive.refused(f"`{name}` has values that are not finite, first in row {row}")
    return x


@contextlib.contextmanager
def _opened(name: str) -> Iterator[Archive]:
    """The archive at the path `name`; what is wrong with it is said in one line."""
    path = Path(name)
    try:
        with zipfile.ZipFile(path) as file:
            yield _checked(path, file)
    except FileNotFoundError:
        hint = f"a relative path starts in the folder of the command, now `{Path.cwd()}`"
        raise InvalidInput(f"data file `{name}` does not exist", hint) from None
    except OSError as error:
        raise InvalidInput(
            f"data file `{name}` cannot be read: {error.strerror or error}"
        ) from None
    except InvalidInput:
        raise
    except (ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        reason = str(error).splitlines()[0] if str(error) else "it ends early"
        hint = "write it with `numpy.savez_compressed`"
        raise InvalidInput(f"data file `{name}` is no sound NPZ archive: {reason}", hint) from None


def _checked(path: Path, file: zipfile.ZipFile) -> Archive:
    found = [each.removesuffix(".npy") for each in file.namelist()]
    x, y = ("x_train", "y_train") if "x_train" in found or "y_train" in found else ("x", "y")
    test = ["x_test", "y_test"] if {"x_test", "y_test"} & set(found) else []
    needed = [x, y, *test]
    archive = Archive(path, file, x, y, {})
    for name in needed:
        if name not in found:
            shown = ", ".join(f"`{each}`" for each in found[:9])
            raise archive.refused(f"has no array `{name}`, only {shown or 'nothing'}", LAYOUT)
        archive.headers[name] = _header(file, name)
    for name in needed:
        _check_header(archive, name)
    return archive


def _header(file: zipfile.ZipFile, name: str) -> Header:
    with file.open(f"{name}.npy") as stream:
        version = np.lib.format.read_magic(cast(BinaryIO, stream))
        is_first = version == (1, 0)
        read = np.lib.format
        reader = read.read_array_header_1_0 if is_first else read.read_array_header_2_0
        shape, _, dtype = reader(cast(BinaryIO, stream))
    return Header(shape, dtype)


def _check_header(archive: Archive, name: str) -> None:
    shape, dtype = archive.headers[name]
    if dtype.hasobject:
        raise archive.refused(f"`{name}` is pickled, which is not read", "store plain numbers")
    kind, side = name[0], "numbers" if name[0] == "x" else "numbers or text"
    if dtype.kind not in KINDS[kind]:
        raise archive.refused(f"`{name}` holds {dtype}, not {side}")
    if kind == "y" and len(shape) != 1:
        raise archive.refused(f"`{name}` has the shape {shape}; one class for each row is needed")
    if len(shape) == 0 or math.prod(shape) == 0:
        raise archive.refused(f"`{name}` is empty")
    if kind == "x":
        _check_inputs(archive, name)


def _check_inputs(archive: Archive, name: str) -> None:
    shape = archive.headers[name].shape
    labels = archive.headers[f"y{name[1:]}"].shape
    if len(shape) < 2:
        raise archive.refused(f"`{name}` has the shape {shape}; rows of several numbers are needed")
    if labels[:1] != shape[:1]:
        raise archive.refused(f"`{name}` has {shape[0]} rows, `y{name[1:]}` {labels[:1]}")
    if math.prod(shape[1:]) != archive.features:
        raise archive.refused(f"`{name}` has rows of another size than `{archive.x}`")
