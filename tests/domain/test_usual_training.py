import pytest

from hpsearch.domain.dataset import DatasetCard
from hpsearch.domain.spec import Optimizer, Schedule
from hpsearch.domain.spec_text import spec_sections, study_spec
from hpsearch.domain.usual_training import usual_training


def card(rows=400, *, is_table=True):
    return DatasetCard(
        name="churn.csv",
        meaning="a table",
        rows=rows,
        features=5,
        class_count=2,
        smallest_class=rows // 4,
        is_table=is_table,
    )


def asked(space="lr,wd", known=None, **training):
    sections = {"space": {"text": space}, "training": training}
    return study_spec(sections, known or card())[0]


def test_tables_train_with_adam_at_a_rate_that_falls_to_0():
    training = asked().training
    assert (training.optimizer, training.schedule) == (Optimizer.ADAM, Schedule.COSINE)
    assert (training.batch, training.epochs) == (16, 20)
    assert asked().space["lr"].high == 0.1  # Adam's range


def test_other_data_train_as_ever():
    training = asked(known=card(is_table=False)).training
    assert (training.optimizer, training.schedule) == (Optimizer.SGD, Schedule.CONSTANT)
    assert (training.batch, training.epochs) == (32, 50)


def test_what_is_asked_wins():
    training = asked(optimizer="sgd", schedule="constant", epochs=7, batch=8).training
    assert (training.optimizer, training.schedule) == (Optimizer.SGD, Schedule.CONSTANT)
    assert (training.epochs, training.batch) == (7, 8)


@pytest.mark.parametrize(
    ("space", "left_out"),
    [("lr,optimizer=sgd|adam", "optimizer"), ("lr,schedule=constant|linear", "schedule")],
)
def test_what_is_searched_has_no_value_of_its_own(space, left_out):
    assert left_out not in usual_training(card(), 400, ["lr", left_out])
    assert left_out not in spec_sections(asked(space))["training"]


@pytest.mark.parametrize("space", ["lr,wd", "lr,optimizer=sgd|adam", "lr,schedule"])
def test_a_question_written_down_is_read_alike_whatever_its_data_are_known_to_be(space):
    """Stored questions are read without a look at their file."""
    spec = asked(space)
    again, _ = study_spec(spec_sections(spec), card(is_table=False))
    assert again == spec


def test_a_question_of_before_there_were_these_defaults_stays_as_it_is():
    spec = asked("lr,optimizer=sgd|adam", known=card(is_table=False))
    assert study_spec(spec_sections(spec), card())[0].training == spec.training


@pytest.mark.parametrize(("rows", "batch"), [(150, 16), (500, 32), (2_000, 128), (500_000, 512)])
def test_more_rows_take_larger_minibatches(rows, batch):
    assert asked(known=card(rows)).training.batch == batch
