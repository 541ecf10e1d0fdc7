"""Training settings of a study that does not say otherwise, by what its data are."""

from collections.abc import Collection
from typing import Any

from hpsearch.domain.dataset import DatasetCard
from hpsearch.domain.spec import Optimizer, Schedule

BATCH_BY_ROWS = ((2_000, 32), (10_000, 128), (30_000, 256))
LARGEST_BATCH = 512

# Of tables: why, and what it brings, is in docs/decisions/0017-tables-train-with-adam.md.
SMALL_TABLE, SMALL_TABLE_BATCH = 500, 16
TABLE_EPOCHS = 20
OF_TABLES = {
    "optimizer": Optimizer.ADAM,
    "schedule": Schedule.COSINE,
    "epochs": TABLE_EPOCHS,
}


def usual_training(card: DatasetCard, rows: int, searched: Collection[str]) -> dict[str, Any]:
    """Values of the `[training]` section that stand where a study leaves them open.

    Of tables: Adam (Kingma and Ba 2015), whose learning rates suit inputs of many scales and kinds,
    and a learning rate that falls to 0 along a cosine (Loshchilov and Hutter 2017), so that few
    epochs do. What is searched has no value of its own, but for the batch.

    Args:
        rows: that the search sees.
        searched: names of the hyperparameters of the space.
    """
    batch = next((size for most, size in BATCH_BY_ROWS if rows < most), LARGEST_BATCH)
    if not card.is_table:
        return {"batch": batch}
    values = {name: value for name, value in OF_TABLES.items() if name not in searched}
    return {"batch": SMALL_TABLE_BATCH if rows < SMALL_TABLE else batch, **values}
