import numpy as np
import pytest

from hpsearch.errors import InvalidInput
from hpsearch.model.trained_model import labels
from tests.model.models import random_model, rows


def test_the_most_probable_class_is_predicted():
    model = random_model(classes=("ham", "spam", "tram"))
    shares = model.predict_proba(rows())
    assert shares.shape == (9, 3)
    assert shares.sum(axis=1) == pytest.approx(np.ones(9))
    assert model.predict(rows()).tolist() == [
        ("ham", "spam", "tram")[index] for index in shares.argmax(axis=1)
    ]


def test_numbers_come_in_the_unit_of_the_target():
    model = random_model(classes=())
    raw = random_model(classes=(), members=3)
    raw = type(raw)(**{name: getattr(raw, name) for name in raw.__slots__} | {"unit": (0.0, 1.0)})
    assert model.predict(rows()) == pytest.approx(3 + 2 * raw.predict(rows()))
    with pytest.raises(InvalidInput, match="numbers, which have no probabilities"):
        model.predict_proba(rows())


def test_images_are_laid_out_flat():
    model = random_model()
    assert np.array_equal(model.predict(rows().reshape(9, 2, 3)), model.predict(rows()))


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (("0", "1", "10"), [0, 1, 10]),
        (("-1", "1"), [-1, 1]),
        (("False", "True"), [False, True]),
        (("no", "yes"), ["no", "yes"]),
        (("01", "2"), ["01", "2"]),
        (("1", "1.5"), ["1", "1.5"]),
        (("1_0", "2"), ["1_0", "2"]),
        (("1", str(2**70)), ["1", str(2**70)]),
    ],
)
def test_classes_are_what_they_stand_for(classes, expected):
    found = labels(classes).tolist()
    assert found == expected
    assert [type(each) for each in found] == [type(each) for each in expected]
