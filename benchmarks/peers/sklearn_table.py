"""scikit-learn's random search on a table: its usual pipeline, in two worker processes.

Numbers: the median for missing ones, standardised. Words: the most frequent one for missing ones,
one-hot. Numbers to be predicted are standardised too. The network is `MLPClassifier` or
`MLPRegressor` as it comes (Adam, minibatches of 200 rows at most, at rest after ten epochs without
a lower loss), with two hidden layers of equal width.
"""

import argparse
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import loguniform
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold, RandomizedSearchCV, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

PROCESSES = 2
LR = (1e-5, 1e-1)  # hpsearch's range for Adam
# hpsearch's range of weight decay, 1e-6 to 0.1, times the rows of a minibatch: what scikit-learn
# adds to the loss is alpha over the rows of a minibatch.
ALPHA = (2e-4, 20.0)


class Widths:
    """Two hidden layers of equal width, drawn on a log scale."""

    def __init__(self, low: int, high: int) -> None:
        self._drawn = loguniform(low, high + 1)

    def rvs(self, random_state: Any = None) -> tuple[int, int]:
        """One draw, as scikit-learn asks for it."""
        width = int(self._drawn.rvs(random_state=random_state))
        return width, width


def main() -> None:
    """Search, refit the best on all rows, and write predictions for the test rows."""
    given = _arguments()
    os.environ["PYTHONWARNINGS"] = "ignore"  # of trainings that end at the last epoch
    warnings.simplefilter("ignore")
    train, test = pd.read_csv(given.train), pd.read_csv(given.test)
    x, y = train.drop(columns=given.target), train[given.target]
    is_class = given.metric == "accuracy"
    search = RandomizedSearchCV(
        make_pipeline(_preparation(), _network(given, is_class=is_class)),
        _space(given, is_class=is_class),
        n_iter=given.trials,
        cv=(StratifiedKFold if is_class else KFold)(5, shuffle=True, random_state=given.seed),
        n_jobs=PROCESSES,
        random_state=given.seed,
        error_score=np.nan,
    )
    search.fit(x, y)
    answers = search.predict(test.drop(columns=given.target, errors="ignore"))
    pd.DataFrame({"prediction": answers}).to_csv(given.output, index=False)


def _preparation() -> ColumnTransformer:
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
    )
    return ColumnTransformer(
        [
            ("numbers", numbers, make_column_selector(dtype_include="number")),
            ("words", words, make_column_selector(dtype_exclude="number")),
        ]
    )


def _network(given: argparse.Namespace, *, is_class: bool) -> Any:
    if is_class:
        return MLPClassifier(max_iter=given.epochs, random_state=given.seed)
    network = MLPRegressor(max_iter=given.epochs, random_state=given.seed)
    return TransformedTargetRegressor(network, transformer=StandardScaler())


def _space(given: argparse.Namespace, *, is_class: bool) -> dict[str, Any]:
    prefix = "mlpclassifier" if is_class else "transformedtargetregressor__regressor"
    return {
        f"{prefix}__learning_rate_init": loguniform(*LR),
        f"{prefix}__alpha": loguniform(*ALPHA),
        f"{prefix}__hidden_layer_sizes": Widths(*given.width),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--target")
    parser.add_argument("--metric")
    parser.add_argument("--trials", type=int)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--width", type=int, nargs=2)
    parser.add_argument("--seed", type=int)
    return parser.parse_args()


if __name__ == "__main__":
    main()
