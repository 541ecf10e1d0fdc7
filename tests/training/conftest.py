import numpy as np
import pytest

from hpsearch.domain.dataset import Fold
from hpsearch.domain.setting_values import PARSERS
from hpsearch.domain.space import Configuration
from hpsearch.domain.spec import NetworkSpec, TrainingSpec
from hpsearch.domain.trial import PlannedEvaluation
from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.training.batched_trainer import BatchedTrainer


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """As in every process that trains; on a busy machine also ten times as fast."""
    limit_to_one_thread()


@pytest.fixture
def make_trainer():
    """Trainer on 53 rows of made-up data in 3 folds, the last one larger; settings as in files.

    The targets are 3 classes, or that many `numbers` per row where any are asked for.
    """

    def make(numbers=0, **settings):
        given = {"hidden": (7, 5), "dtype": "float64", "batch": 8} | settings
        given["hidden"] = list(given["hidden"])
        network, training = (
            {key: parse(given[key]) for key, parse in PARSERS[section].items() if key in given}
            for section in ("network", "training")
        )
        rng = np.random.default_rng(7)
        x = rng.normal(size=(53, 6)).astype(np.float32)
        y = rng.integers(3, size=53)
        x[:, :3] += np.eye(3, dtype=np.float32)[y]
        x[:, 1] = 0  # a column that is 0 everywhere
        x[:, 4] *= np.arange(53) >= 50  # and one that is 0 in most rows
        rows = rng.permutation(53)
        folds = (
            Fold(train_rows=rows[:40], validation_rows=rows[40:]),
            Fold(train_rows=rows[13:], validation_rows=rows[:13]),
            Fold(train_rows=rows[9:50], validation_rows=rows[:9]),
        )
        noise = rng.normal(size=(53, numbers))
        return BatchedTrainer(
            x=x,
            y=x[:, :numbers] - 2 * x[:, [5]] ** 2 + noise if numbers else y,
            folds=(folds, folds[::-1]),
            output_count=numbers or 3,
            network=NetworkSpec(**network),
            training=TrainingSpec(**training),
            seed=3,
        )

    return make


@pytest.fixture
def plan():
    """`plan(number, fold, lr, wd, epochs)`: one evaluation to be done."""

    def planned(number=0, fold=0, lr=0.1, wd=0.01, epochs=4):
        configuration = Configuration((("lr", lr), ("wd", wd)))
        return PlannedEvaluation(
            number=number, configuration=configuration, fold=fold, epochs=epochs
        )

    return planned
