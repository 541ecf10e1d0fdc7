import json

import numpy as np
import pandas as pd
import pytest

from hpsearch.data.columns import describe_columns, is_id_name
from hpsearch.domain.table import ColumnKind, TableSchema
from hpsearch.errors import InvalidInput
from tests.data.tables_of_people import people


def column(values, rows=40, name="c"):
    frame = pd.DataFrame({name: [values(i) for i in range(rows)], "other": np.arange(rows) % 7})
    return describe_columns(frame, None).columns[0]


def test_every_kind_is_told_apart():
    schema = describe_columns(people(), "churned", group="family")
    kinds = {each.name: each.kind.value for each in schema.columns}
    assert kinds == {
        "id": "id",
        "name": "id",
        "age": "numeric",
        "city": "categorical",
        "member": "boolean",
        "joined": "date",
        "planet": "constant",
        "empty": "constant",
        "family": "group",
        "income": "numeric",
        "churned": "target",
    }
    assert [each.name for each in schema.inputs] == ["age", "member", "joined", "income", "city"]
    assert all(each.reason for each in schema.dropped)
    assert {each.name for each in schema.dropped} == {"id", "name", "planet", "empty"}


def test_a_schema_is_plain_data():
    schema = describe_columns(people(), "churned", time="joined", drop=("income",))
    assert TableSchema.from_plain(json.loads(json.dumps(schema.to_plain()))) == schema
    assert "income" in {each.name for each in schema.dropped}


def test_columns_and_levels_of_the_schema_decide_the_inputs():
    schema = describe_columns(people(), "churned")
    assert schema.feature_names[:5] == ("age", "member", "joined", "family", "income")
    assert "age is missing" in schema.feature_names
    assert schema.feature_names[-1] == "city=(other)"


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (lambda i: i % 5, ColumnKind.NUMERIC),
        (lambda i: i, ColumnKind.ID),
        (lambda i: i * 1.5, ColumnKind.NUMERIC),
        (lambda i: (i * 7) % 41, ColumnKind.NUMERIC),
        (lambda i: f"code {i}", ColumnKind.ID),
        (lambda i: f"code {i % 4}", ColumnKind.CATEGORICAL),
        (lambda i: i % 2 == 0, ColumnKind.BOOLEAN),
        (lambda i: "TF"[i % 2], ColumnKind.BOOLEAN),
        (lambda i: ["no", "maybe"][i % 2], ColumnKind.CATEGORICAL),
        (lambda i: f"{1 + i % 28:02}.03.2024", ColumnKind.DATE),
        (lambda i: f"2024-03-{1 + i % 28:02} 12:30:00", ColumnKind.DATE),
        (lambda i: pd.Timestamp("2024-03-01") + pd.Timedelta(hours=i), ColumnKind.DATE),
        (lambda i: f" {i % 9}.5 ", ColumnKind.NUMERIC),
        (lambda _: 3, ColumnKind.CONSTANT),
    ],
)
def test_kinds_follow_the_values(values, kind):
    assert column(values).kind is kind


@pytest.mark.parametrize("name", ["id", "ID", "user_id", "userId", "PassengerId", "Unnamed: 0"])
def test_names_of_row_numbers(name):
    assert is_id_name(name)


@pytest.mark.parametrize("name", ["humid", "period", "valid", "width", "paid"])
def test_names_that_only_end_alike(name):
    assert not is_id_name(name)


def test_a_level_that_no_training_part_can_have_often_is_left_out_of_the_layout():
    told = column(lambda i: "rare" if i < 4 else f"level {i % 3}")
    assert told.levels == ("level 0", "level 1", "level 2")
    assert told.distinct == 4


def test_a_word_among_numbers_is_named():
    with pytest.raises(InvalidInput, match="`twelve` in row 13 is no number"):
        column(lambda i: "twelve" if i == 12 else str(i % 9))
