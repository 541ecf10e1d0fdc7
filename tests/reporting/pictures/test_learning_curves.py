import numpy as np
import pytest

from hpsearch.domain.trial import Curve
from hpsearch.reporting.pictures.learning_curves import loss_scale


def curve(*losses):
    values = np.array(losses, np.float32)
    rest = values[1:]
    return Curve(train_loss=values, train_score=rest, validation_loss=rest, validation_score=rest)


def test_losses_that_fall_a_little_are_on_a_linear_axis_from_0():
    scale = loss_scale([curve(2.3, 2.0, 1.5), curve(2.4, 2.2, 1.1)])
    assert (scale.low, scale.is_log, scale.is_cut) == (0, False, False)
    assert 2.4 < scale.high < 3


def test_losses_that_fall_far_are_on_a_log_axis_that_holds_all():
    scale = loss_scale([curve(2.3, 0.1, 0.001)])
    assert scale.is_log
    assert scale.low < 0.001
    assert not scale.is_cut


@pytest.mark.parametrize("wild", [1e6, np.inf, np.nan])
@pytest.mark.parametrize("end", [2.0, 0.01])
def test_a_runaway_loss_does_not_spoil_the_axis(wild, end):
    scale = loss_scale([curve(2.3, 2.0, end), curve(2.3, wild, wild)])
    assert 2.3 < scale.high <= 23
    assert scale.low <= end
    assert scale.is_cut == (wild == 1e6)


def test_nothing_to_draw_still_has_an_axis():
    scale = loss_scale([])
    assert scale.low < scale.high
