"""Models in files: one NumPy archive of plain arrays, without anything that runs when it is read.

`about` holds everything but the weights as JSON in bytes; `weights_0`, `biases_0` and so on are the
layers of all networks, `(network, in, out)` and `(network, 1, out)`.
"""

import contextlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.setting_values import PARSERS
from hpsearch.domain.spec import BatchNorm, NetworkSpec
from hpsearch.errors import InvalidInput, InvalidStudy, StoreFailed
from hpsearch.model.array_inputs import ArrayInputs
from hpsearch.model.table_inputs import TableInputs
from hpsearch.model.trained_model import Model
from hpsearch.training.network import layer_views, parameter_count
from hpsearch.training.trained_network import TrainedNetwork, check_shapes

FORMAT = 1
KIND = "hpsearch model"
MAKE = "`hpsearch finalize NAME` makes one"
STRUCTURE = ("activation", "slope", "batchnorm", "bn_running", "residual")
INPUTS: Mapping[str, type[ArrayInputs | TableInputs]] = {"array": ArrayInputs, "table": TableInputs}
KINDS = {kind: name for name, kind in INPUTS.items()}
LAYER_ARRAYS = ("weights", "biases", "scale", "shift")

Arrays = Mapping[str, NDArray[Any]]


@contextlib.contextmanager
def saved(model: Model, path: Path, *, replace: bool = False) -> Iterator[None]:
    """Save a model: write it at once, under a temporary name, and rename it when the block ends.

    A kill at any instant leaves either no file of that name or a whole one.

    Raises:
        InvalidInput: a file of that name exists and `replace` is off, or the folder cannot be
            written to.
        StoreFailed: the disk is full, or fails.
    """
    refuse_existing(path, replace=replace)
    for left_over in path.parent.glob(f".{path.name}.*.new"):
        left_over.unlink(missing_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with _written(path):
            _write(temporary, model)
        yield
        with _written(path):
            _put_in_place(temporary, path, replace=replace)
    finally:
        temporary.unlink(missing_ok=True)


def refuse_existing(path: Path, *, replace: bool = False) -> None:
    """Make sure that nothing of that name would be lost.

    Raises:
        InvalidInput: a file of that name exists and `replace` is off, or it has no folder.
    """
    if path.is_dir() or (path.exists() and not replace):
        raise _taken(path)
    if not path.parent.is_dir():
        raise InvalidInput(f"folder `{path.parent}` of the model does not exist", "create it")


def load(path: str | Path) -> Model:
    """The model in a file.

    Raises:
        InvalidInput: there is none, or it is damaged, of another program, or of a newer version.
    """
    try:
        with Path(path).open("rb") as file:
            if not zipfile.is_zipfile(file):
                raise _unsound(path, "it is no NPZ archive, or ends early")
            file.seek(0)
            with np.load(file, allow_pickle=False) as archive:
                return _model(archive, path)
    except FileNotFoundError:
        raise InvalidInput(f"model file `{path}` does not exist", MAKE) from None
    except OSError as error:
        raise _unsound(path, error.strerror or str(error)) from None
    except InvalidStudy as error:  # of a setting
        raise _unsound(path, error.message) from None
    except InvalidInput:
        raise
    except (ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise _unsound(
            path, str(error).splitlines()[0] if str(error) else "it ends early"
        ) from None
    except (KeyError, TypeError, AttributeError, MemoryError) as error:
        raise _unsound(path, f"it lacks or garbles {error}") from None


def _model(archive: Any, path: str | Path) -> Model:
    if not hasattr(archive, "files") or "about" not in archive.files:
        raise InvalidInput(f"`{path}` is no model of hpsearch", MAKE)
    about = json.loads(archive["about"].tobytes())
    if about["kind"] != KIND:
        raise InvalidInput(f"`{path}` is no model of hpsearch: it says `{about['kind']}`", MAKE)
    if about["format"] > FORMAT:
        raise InvalidInput(
            f"model file `{path}` was made by a newer hpsearch ({about['version']}, format "
            f"{about['format']}; this one reads up to {FORMAT})",
            "upgrade hpsearch",
        )
    network = _network(about["network"], archive)
    classes = tuple(map(str, about["classes"]))
    kind, plain = next(iter(about["inputs"].items()))
    inputs = INPUTS[kind].from_plain(plain)
    if network.sizes[-1] != (len(classes) or 1):
        raise ValueError(f"{len(classes)} classes for {network.sizes[-1]} outputs")
    own = ("kind", "format", "network", "classes", "inputs", "unit")
    return Model(
        network=network,
        classes=classes,
        inputs=inputs,
        about={key: value for key, value in about.items() if key not in own},
        unit=(float(about["unit"][0]), float(about["unit"][1])),
    )


def _about(model: Model) -> dict[str, Any]:
    network, structure = model.network, asdict(model.network.network)
    return {
        "kind": KIND,
        "format": FORMAT,
        **model.about,
        "classes": list(model.classes),
        "inputs": {KINDS[type(model.inputs)]: model.inputs.to_plain()},
        "unit": list(model.unit),
        "network": {
            "sizes": list(network.sizes),
            "networks": network.members,
            "dtype": network.parameters.dtype.name,
            "steps": network.steps,
            "dropped": network.dropped,
            **{name: structure[name] for name in STRUCTURE},
        },
    }


def _arrays(model: Model) -> dict[str, NDArray[Any]]:
    text = json.dumps(_about(model), allow_nan=False)
    network = model.network
    arrays: dict[str, NDArray[Any]] = {"about": np.frombuffer(text.encode(), np.uint8)}
    layers = layer_views(network.parameters, network.sizes, network.network.batchnorm)
    for index, layer in enumerate(layers):
        for name in LAYER_ARRAYS:
            values = getattr(layer, name)
            if values.size:
                arrays[f"{name}_{index}"] = values
    for index, values in enumerate(network.running):
        arrays[f"running_{index}"] = values
    return arrays


def _network(about: Mapping[str, Any], archive: Arrays) -> TrainedNetwork:
    sizes = tuple(int(each) for each in about["sizes"])
    if len(sizes) < 2 or min(sizes) < 1 or about["dtype"] not in ("float32", "float64"):
        raise ValueError(f"a network of sizes {sizes} in {about['dtype']}")
    settings = {name: PARSERS["network"][name](about[name]) for name in STRUCTURE}
    spec = NetworkSpec(hidden=sizes[1:-1], **settings)
    batchnorm = spec.batchnorm
    shape = archive["weights_0"].shape[0], parameter_count(sizes, batchnorm)
    parameters = np.zeros(shape, about["dtype"])
    for index, layer in enumerate(layer_views(parameters, sizes, batchnorm)):
        for name in LAYER_ARRAYS:
            place = getattr(layer, name)
            if place.size:
                _fill(place, archive[f"{name}_{index}"], f"{name}_{index}")
    count = 0 if batchnorm is BatchNorm.OFF else len(sizes) - 2
    network = TrainedNetwork(
        sizes=sizes,
        network=spec,
        parameters=parameters,
        running=tuple(archive[f"running_{index}"] for index in range(count)),
        steps=int(about["steps"]),
        dropped=float(about["dropped"]),
    )
    check_shapes(network)
    return network


def _fill(place: NDArray[Any], values: NDArray[Any], name: str) -> None:
    if values.shape != place.shape or values.dtype != place.dtype or not np.isfinite(values).all():
        raise ValueError(f"`{name}` is {values.shape} of {values.dtype}, or not finite")
    place[...] = values


def _write(path: Path, model: Model) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, **_arrays(model))  # type: ignore[arg-type]
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(temporary: Path, path: Path, *, replace: bool) -> None:
    if replace:
        temporary.replace(path)
    else:
        try:
            os.link(temporary, path)  # unlike renaming, it never replaces
        except FileExistsError:
            raise _taken(path) from None
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


@contextlib.contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise InvalidInput(f"`{path}` cannot be written: {error.strerror}") from None
    except OSError as error:
        raise StoreFailed(f"`{path}` cannot be written: {error.strerror or error}") from None


def _taken(path: Path) -> InvalidInput:
    return InvalidInput(f"`{path}` exists", "name another file with `-o`, or add `--force`")


def _unsound(path: str | Path, reason: str) -> InvalidInput:
    return InvalidInput(
        f"model file `{path}` is damaged, or no model: {reason}",
        "make it anew with `hpsearch finalize`",
    )
