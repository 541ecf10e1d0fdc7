import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.stage_plan import LEAST_TRIALS, least_trials, stage_plan
from hpsearch.errors import InvalidStudy


@pytest.mark.parametrize(
    ("trials", "stages", "plan"),
    [
        (100, None, (40, 30, 30)),
        (60, None, (24, 18, 18)),
        (59, None, (34, 25)),
        (42, None, (24, 18)),
        (41, None, (41,)),
        (1, None, (1,)),
        (100, 2, (58, 42)),
        (100, 4, (31, 23, 23, 23)),
        (5, 1, (5,)),
    ],
)
def test_plans(trials, stages, plan):
    assert stage_plan(trials, stages) == plan


@given(st.integers(1, 5000), st.integers(1, 30))
def test_every_plan_is_whole_and_the_first_stage_the_longest(trials, stages):
    if trials < least_trials(stages):
        with pytest.raises(InvalidStudy, match=f"need {least_trials(stages)} trials"):
            stage_plan(trials, stages)
        return
    plan = stage_plan(trials, stages)
    assert (len(plan), sum(plan), max(plan)) == (stages, trials, plan[0])
    assert stages == 1 or min(plan) >= LEAST_TRIALS


def test_too_small_stages_are_refused_with_what_is_needed():
    with pytest.raises(InvalidStudy) as caught:
        stage_plan(59, 3)
    assert caught.value.message == "stages: `3` stages need 60 trials, `59` are planned"
    assert "--trials 60" in caught.value.hint
    with pytest.raises(InvalidStudy, match="`0` must be 1 or more"):
        stage_plan(100, 0)
