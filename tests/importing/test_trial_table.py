"""Tables of trials: which columns are hyperparameters, what the cells are, what is refused."""

import io

import pandas as pd
import pytest

from hpsearch.domain.imported import Source, SourceKind
from hpsearch.domain.space import Choices, IntegerRange, Range, Scale, Switched
from hpsearch.domain.task import Direction
from hpsearch.errors import InvalidInput
from hpsearch.importing.trial_table import table_columns, table_trials

RUNS = """\
Name,State,lr,wd,width,optimizer,val_loss
brave-1,finished,0.1,off,16,sgd,0.5
calm-2,finished,0.01,0.001,32,adam,0.25
dull-3,crashed,1,0.1,64,adam,
eerie-4,running,0.001,0.01,,sgd,0.9
final-5,finished,0.001,0.01,,sgd,inf
"""


def found(text, score, direction=Direction.MINIMIZE, drop=()):
    frame = pd.read_csv(io.StringIO(text))
    source = Source(kind=SourceKind.CSV, place="t.csv", study="", metric=score, direction=direction)
    columns = table_columns(frame, score, drop)
    return columns, table_trials(frame.drop(columns=list(drop)), score, columns, source)


def test_every_column_but_the_score_is_a_hyperparameter():
    columns, read = found(RUNS, "val_loss", drop=["Name"])
    assert list(columns.hyperparameters) == ["lr", "wd", "width", "optimizer"]
    assert dict(read.stages[0].space) == {
        "lr": Range(low=0.001, high=1.0, scale=Scale.LOG),
        "wd": Switched(Range(low=0.001, high=0.1, scale=Scale.LOG)),
        "width": IntegerRange(low=16, high=64, scale=Scale.LINEAR),
        "optimizer": Choices(("sgd", "adam")),
    }
    assert dict(read.trials[0].configuration) == {
        "lr": 0.1,
        "wd": "off",
        "width": 16,
        "optimizer": "sgd",
    }
    assert "width" not in read.trials[-1].configuration


def test_states_tell_what_failed_and_what_has_not_ended():
    _, read = found(RUNS, "val_loss", drop=["Name"])
    states = [(each.number, each.outcome.state.value, each.score) for each in read.trials]
    assert states == [
        (0, "complete", -0.5),
        (1, "complete", -0.25),
        (2, "failed", None),
        (4, "diverged", None),
    ]
    assert read.source.left_out == 1


def test_prefixed_columns_are_the_hyperparameters_where_there_are_any():
    text = (
        "number,value,duration,params_lr,state,stage\n3,0.5,1.5,0.1,COMPLETE,1\n1,,2,0.2,PRUNED,1\n"
    )
    columns, read = found(text, "value", Direction.MAXIMIZE)
    assert columns.hyperparameters == {"params_lr": "lr"}
    assert columns.left_out == ("stage",)
    assert [(t.number, t.outcome.state.value, t.seconds) for t in read.trials] == [
        (1, "pruned", 2.0),
        (3, "complete", 1.5),
    ]
    columns, _ = found(
        "param_C,mean_fit_time,mean_test_score\n1,0.1,0.5\n2,0.1,0.6\n", "mean_test_score"
    )
    assert columns.hyperparameters == {"param_C": "C"}


def test_words_that_are_all_different_name_the_rows():
    text = "run,lr,score\n" + "".join(f"name-{row},{row + 1},{row}\n" for row in range(25))
    columns, _ = found(text, "score")
    assert columns.left_out == ("run",)


def test_the_mark_against_formulas_is_taken_off_again():
    _, read = found("note,score\n'=1+1,1\n'tis,2\n", "score")
    assert [dict(each.configuration)["note"] for each in read.trials] == ["=1+1", "'tis"]


@pytest.mark.parametrize(
    ("text", "score", "said"),
    [
        (RUNS, "loss", "unknown column `loss`"),
        (RUNS, "optimizer", "`sgd` in row 1 is no number"),
        ("score\n1\n2\n", "score", "no column is left"),
        ("number,lr,score\n1,1,1\n1,2,2\n", "score", "`1` stands there twice"),
        ("number,lr,score\n-1,1,1\n1,2,2\n", "score", "whole numbers from 0"),
        ("state,lr,score\nodd,1,1\n", "score", "`odd` in row 1 is no state"),
        ("state,lr,score\nrunning,1,1\n", "score", "no row holds a trial that has ended"),
    ],
)
def test_a_table_that_is_none_is_refused(text, score, said):
    with pytest.raises(InvalidInput, match=said):
        found(text, score)
