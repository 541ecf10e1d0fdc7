import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.data.built_in import card
from hpsearch.domain.rungs import check_epochs, rungs
from hpsearch.domain.search_plan import SearchPlan
from hpsearch.domain.spec_text import check_trials, spec_sections, study_spec
from hpsearch.errors import InvalidStudy

DIGITS = card("digits")
SPACE = {"space": {"text": "lr,wd"}}


def spec_of(**search):
    return study_spec({**SPACE, "search": search}, DIGITS)[0]


@pytest.mark.parametrize(
    ("epochs", "expected"),
    [
        *((1, (1,)), (2, (2,)), (3, (3,)), (4, (2, 4)), (10, (2, 10)), (12, (2, 6, 12))),
        *((20, (2, 6, 20)), (50, (5, 15, 50)), (100, (10, 30, 100)), (200, (20, 60, 200))),
    ],
)
def test_rungs_begin_at_a_tenth_and_triple_up_to_half_of_the_training(epochs, expected):
    assert rungs(epochs) == expected


@given(st.integers(1, 2000))
def test_rungs_rise_and_end_with_the_full_training(epochs):
    found = rungs(epochs)
    assert list(found) == sorted(set(found))
    assert found[-1] == epochs
    assert all(2 * rung <= epochs for rung in found[:-1])


def test_halving_needs_four_epochs():
    check_epochs(4)
    with pytest.raises(InvalidStudy, match="4 epochs or more, `3` is too short") as caught:
        check_epochs(3)
    assert "`--prune none`" in caught.value.hint


@pytest.mark.parametrize(
    ("prune", "epochs", "generation", "expected"),
    [
        ("auto", 12, 16, (2, 6, 12)),
        ("auto", 12, 15, (12,)),  # too few trials for halving to be worth while
        ("auto", 3, 100, (3,)),
        ("none", 12, 100, (12,)),
        ("halving", 12, 2, (2, 6, 12)),
        ("epochs:5", 12, 2, (5, 12)),
    ],
)
def test_a_generation_is_looked_at_after_these_epochs(prune, epochs, generation, expected):
    assert SearchPlan(prune=prune).rungs(epochs, generation) == expected


@pytest.mark.parametrize(
    "prune", ["", "half", "epochs", "epochs:", "epochs:0", "epochs:-1", "epochs:x", "epochs:1.5"]
)
def test_unknown_ways_to_give_up_early_are_refused(prune):
    with pytest.raises(InvalidStudy, match=f"prune: `{prune}` is not a way to give up early"):
        SearchPlan(prune=prune)


@pytest.mark.parametrize("confirm", [-1, 101])
def test_finalists_are_from_0_to_100(confirm):
    with pytest.raises(InvalidStudy, match=f"confirm: `{confirm}` finalists are outside 0 to 100"):
        SearchPlan(confirm=confirm)


@pytest.mark.parametrize(("prune", "epochs"), [("halving", 3), ("epochs:5", 5), ("epochs:9", 5)])
def test_an_explicit_wish_that_gives_up_nothing_is_refused(prune, epochs):
    sections = {**SPACE, "training": {"epochs": epochs}, "search": {"prune": prune}}
    with pytest.raises(InvalidStudy, match=r"^prune: "):
        study_spec(sections, DIGITS)


def test_the_default_fits_itself_to_short_trainings():
    spec, _ = study_spec({**SPACE, "training": {"epochs": 1}}, DIGITS)
    assert spec.plan == SearchPlan()
    assert spec.plan.rungs(1, 100) == (1,)


@pytest.mark.parametrize(
    "search",
    [
        {},
        {"stages": 6, "prune": "halving", "confirm": 0, "baseline": False},
        {"stages": 1, "prune": "epochs:5", "try": ["lr=0.1", "lr=0.3,wd=1e-4", "lr=5,wd=0"]},
        {"sampler": "tpe", "generation": 4, "stages": 2},
    ],
)
def test_a_plan_is_read_as_it_was_written(search):
    spec = spec_of(**search)
    again, _ = study_spec(spec_sections(spec), DIGITS)
    assert again == spec
    assert again.plan.tries == spec.plan.tries


@pytest.mark.parametrize(
    ("stages", "trials", "least"), [(3, 59, 60), (2, 41, 42), (6, 100, 114), (0, 100, None)]
)
def test_explicit_stages_that_are_too_small_are_refused(stages, trials, least):
    told = f"`{stages}` stages need {least} trials" if least else "`0` must be 1 or more"
    with pytest.raises(InvalidStudy, match=told):
        check_trials(spec_of(stages=stages), trials)


def test_configurations_of_one_s_own_must_fit_into_the_first_stage():
    tries = ["lr=0.1", "lr=0.2"]
    check_trials(spec_of(**{"try": tries}), 3)
    with pytest.raises(InvalidStudy, match="`2` configurations beside the default") as caught:
        check_trials(spec_of(**{"try": tries}), 2)
    assert "`--trials 3`" in caught.value.hint
    check_trials(spec_of(**{"try": tries, "baseline": False}), 2)
    with pytest.raises(InvalidStudy, match="`2` configurations are more than the 1 trials"):
        check_trials(spec_of(**{"try": tries, "baseline": False}), 1)
    check_trials(spec_of(), 1)  # the default alone is no wish of the user's


@pytest.mark.parametrize("key", ["stages", "confirm", "prune", "try"])
def test_a_grid_has_no_plan(key):
    wish = {"stages": 3, "confirm": 5, "prune": "halving", "try": ["lr=0.1"]}[key]
    sections = {
        "space": {"text": "lr=0.1|0.2"},
        "search": {"sampler": "grid", key: wish},
    }
    with pytest.raises(InvalidStudy, match=f"^{key}: .* makes no sense for a grid"):
        study_spec(sections, DIGITS)


@pytest.mark.parametrize("tries", ["lr=0.1", [1], 3])
def test_tries_of_a_file_are_a_list_of_texts(tries):
    with pytest.raises(InvalidStudy, match="is no list of texts"):
        spec_of(**{"try": tries})
