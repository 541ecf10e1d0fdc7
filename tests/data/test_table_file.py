import numpy as np
import pytest

from hpsearch.data import sources
from hpsearch.domain.data_spec import DataSpec
from hpsearch.domain.data_text import data_spec
from hpsearch.domain.task import Metric, Task
from tests.data.tables_of_people import people

FRAME = people()


@pytest.fixture
def path(tmp_path):
    FRAME.to_csv(tmp_path / "people.csv", index=False)
    return str(tmp_path / "people.csv")


def settled(path, **values):
    """The question on a table, and what is known of it."""
    asked = DataSpec(name=path, **values)
    card = sources.card(asked)
    return data_spec({"name": path, **values}, card), card


def test_task_and_test_part_are_told_from_the_data(path):
    spec, card = settled(path, target="churned")
    assert (spec.task, spec.metric, spec.test) == (Task.CLASSIFICATION, Metric.ACCURACY, 0.2)
    assert (card.rows, card.test_rows, card.class_count) == (200, 40, 2)
    spec, card = settled(path, target="income")
    assert (spec.task, spec.metric) == (Task.REGRESSION, Metric.R2)
    assert (card.class_count, card.output_count) == (0, 1)
    assert settled(path, target="family")[0].task is Task.REGRESSION
    assert settled(path, target="member")[0].task is Task.CLASSIFICATION


def test_rows_keep_their_values_and_targets(path):
    spec, _ = settled(path, target="churned")
    data = sources.load(spec, 0)
    incomes = data.x[:, [each.name for each in data.schema.inputs].index("income")]
    known = dict(zip(FRAME["income"].round(9), FRAME["churned"], strict=True))
    assert [known[each] for each in incomes.round(9)] == [data.classes[each] for each in data.y]
    assert len(data.y) == 160
    assert data.test_row_count == 40
    assert np.issubdtype(data.x.dtype, np.float64)


def test_search_and_test_part_share_no_row(path):
    spec, _ = settled(path, target="income", group="family")
    data, sealed = sources.load(spec, 3), sources.load_test_part(spec, 3)
    assert sealed.fingerprint == data.test_fingerprint
    assert len(sealed.y) == data.test_row_count
    assert not set(sealed.y) & set(data.y)
    assert len(data.groups) == len(data.y)


def test_times_are_days(path):
    spec, _ = settled(path, target="churned", time="joined")
    data = sources.load(spec, 0)
    assert np.ptp(data.times) == 159


def test_a_changed_file_is_read_again(path):
    spec, _ = settled(path, target="churned")
    first = sources.load(spec, 0)
    FRAME.assign(income=FRAME["income"] + 1).to_csv(path, index=False)
    assert sources.load(spec, 0).fingerprint != first.fingerprint
