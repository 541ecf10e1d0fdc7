"""What a data set or a file holds, for a person to look at before anything is searched."""

import numpy as np

from hpsearch.data import sources, table_file
from hpsearch.data.columns import describe_columns
from hpsearch.data.tables import is_table, of_file, read_table
from hpsearch.domain.data_spec import DataSpec
from hpsearch.domain.data_text import data_spec
from hpsearch.domain.dataset import DataOverview, DatasetCard
from hpsearch.domain.task import Task


def overview(asked: DataSpec, seed: int, task: Task | None) -> DataOverview:
    """Rows, columns and classes of data, told from the rows that a search would see.

    A table without a target is looked at as a whole.

    Raises:
        InvalidInput: the data cannot be read or used.
    """
    if is_table(asked.name) and asked.target is None:
        return _without_target(asked)
    card = sources.card(asked, seed, task)
    values = {"name": asked.name, "rows": asked.rows, "test": asked.test, "task": card.task}
    columns = {"target": asked.target, "group": asked.group, "time": asked.time}
    spec = data_spec({**values, **columns, "drop": asked.drop}, card)
    if card.is_function:
        return DataOverview(card=card, rows=0)
    dataset = sources.load(spec, seed)
    count = len(dataset.classes)
    sizes = np.bincount(dataset.y, minlength=count).tolist() if count else []
    spread = () if dataset.classes else tuple(np.quantile(dataset.y, (0, 0.5, 1)).tolist())
    return DataOverview(
        card=card,
        rows=len(dataset.y),
        schema=dataset.schema,
        classes=tuple(zip(dataset.classes, sizes, strict=True)),
        spread=spread,
    )


def _without_target(asked: DataSpec) -> DataOverview:
    frame = read_table(asked.name)
    with of_file(asked.name):
        schema = describe_columns(frame, None, asked.group, asked.time, asked.drop)
    table_file.forget()
    card = DatasetCard(
        name=asked.name,
        meaning=f"the file {asked.name}",
        rows=len(frame),
        features=len(schema.feature_names),
        class_count=0,
        smallest_class=0,
        is_table=True,
    )
    return DataOverview(card=card, rows=len(frame), schema=schema, classes=None)
