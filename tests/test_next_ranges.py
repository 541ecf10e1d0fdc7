"""`hpsearch narrow`: the next ranges as the verdicts chose them, or as a person does."""

import contextlib
from itertools import islice

import pytest

from hpsearch import decisions
from hpsearch.bootstrap import opened, resume
from hpsearch.domain.space import Choices, Range
from hpsearch.domain.trial import Origin
from hpsearch.errors import InvalidInput, InvalidStudy, UnknownName
from hpsearch.reporting.stages_text import next_ranges_text, verdict_lines
from tests.search.staged import Ending, asked, run
from tests.store.examples import opened as opened_example
from tests.stored_studies import TINY_SECTIONS, run_sections, stored

SECTIONS = TINY_SECTIONS | {
    "training": {"epochs": 1},
    "space": {"text": "lr,wd,optimizer=sgd|adam,batch=16:64"},
    "search": {"trials": 20, "stages": 1, "prune": "none", "confirm": 0},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a finished study of one stage; not to be changed."""
    path = tmp_path_factory.mktemp("narrow")
    run_sections(path, SECTIONS, "study")
    return path


@pytest.fixture
def study(folder):
    return stored(folder, "study")


def chosen(study, *ranges):
    """What the next stage would search."""
    return decisions.overridden(study, ranges)[1].space


def test_without_a_word_the_verdicts_decide(study):
    assert chosen(study) == study.stages[0].result.judgement.space


def test_a_person_s_range_replaces_that_of_the_verdict(study):
    space = chosen(study, "wd=1e-5:1e-3", "batch=8:32")
    assert space["wd"] == Range(low=1e-5, high=1e-3)
    assert (space["batch"].low, space["batch"].high) == (8, 32)
    assert space["lr"] == chosen(study)["lr"]
    assert chosen(study, "wd=1e-5:1e-3,batch=8:32") == space


def test_a_rate_is_that_of_every_optimizer_or_of_one(study):
    own = Range(low=1e-3, high=0.1)
    assert dict(chosen(study, "lr=1e-3:0.1")["lr"].ranges) == {"sgd": own, "adam": own}
    one = chosen(study, "adam.lr=1e-3:0.1")["lr"]
    assert one.given("adam") == own
    assert one.given("sgd") == chosen(study)["lr"].given("sgd")
    both = chosen(study, "adam.lr=1e-3:0.1", "sgd.lr=0.1:1")["lr"]
    assert dict(both.ranges) == {"sgd": Range(low=0.1, high=1), "adam": own}


def test_what_a_person_chose_is_told_beside_the_verdicts(study):
    stage, result = decisions.overridden(study, ["adam.lr=1e-3:0.1", "wd=1e-5:1e-3"])
    told = next_ranges_text(stage, result)
    assert "adam.lr: set to 0.001 to 0.1 (log) by a person." in told
    assert "wd: set to 1e-05 to 0.001 (log) by a person." in told
    assert "sgd.lr: set" not in told
    assert "sgd.lr: kept: " in told


def test_choices_can_be_listed_anew_among_optimizers_that_have_ranges(study):
    assert chosen(study, "optimizer=adam|sgd")["optimizer"] == Choices(("adam", "sgd"))
    with pytest.raises(UnknownName, match="unknown optimizer of the space `rmsprop`"):
        chosen(study, "optimizer=sgd|rmsprop")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lr=1e-9:1", "`1e-09` is outside the limits"),
        ("adam.lr=1:99", "`99` is outside the limits"),
        ("rmsprop.lr=0.1:1", "unknown range of the space `rmsprop.lr`"),
        ("adam.wd=0.1:1", "unknown range of the space `adam.wd`"),
        ("lr=fast", "`fast` is not a range"),
        ("lr", "a range of `lr` is missing"),
        ("batch=16:5000", "`5000` is more than the 898 training rows"),
        ("momentum=0.5:0.9", "unknown hyperparameter of the space `momentum`"),
        ("momentun=0.5:0.9", "unknown hyperparameter `momentun`"),
        ("", "unknown hyperparameter ``"),
    ],
)
def test_ranges_that_make_no_sense_are_refused(text, told, study):
    with pytest.raises(InvalidInput) as caught:
        chosen(study, text)
    assert told in str(caught.value)


def test_the_next_stage_searches_what_a_person_chose(folder, tmp_path):
    (tmp_path / "hpsearch.db").write_bytes((folder / "hpsearch.db").read_bytes())
    storage = f"sqlite:///{tmp_path}/hpsearch.db"
    with opened(storage) as store:
        study = store.load_study("study")
        stage, result = decisions.overridden(study, ["lr=0.05:0.1"])
        planned = decisions.plan_next_stage(store, study, stage, result, 6)
    assert (planned.trial_count, planned.stages[1].space) == (26, result.space)
    with resume(storage, "study", 1, None) as running:
        list(running.events)
    study = stored(tmp_path, "study")
    assert study.is_finished
    own = [each for each in study.trials if each.stage == 2]
    assert len(own) == 6
    assert {each.origin for each in own} == {Origin.SAMPLER}
    assert all(0.05 <= each.configuration["lr"] <= 0.1 for each in own)
    assert "sgd.lr: set to 0.05 to 0.1" in "\n".join(verdict_lines(study.stages[0]))


def test_a_stage_that_has_begun_keeps_its_ranges(folder, tmp_path):
    (tmp_path / "hpsearch.db").write_bytes((folder / "hpsearch.db").read_bytes())
    storage = f"sqlite:///{tmp_path}/hpsearch.db"
    with opened(storage) as store:
        study = store.load_study("study")
        decisions.plan_next_stage(store, study, *decisions.overridden(study, []), 6)
    with resume(storage, "study", 1, None) as running, contextlib.closing(running.events) as events:
        list(islice(events, 2))
    with opened(storage) as store:
        study = store.load_study("study")
        stage, result = decisions.overridden(study, ["lr=0.05:0.1"])
        with pytest.raises(InvalidStudy, match="has begun already"):
            decisions.plan_next_stage(store, study, stage, result, 6)
        assert store.load_study("study").stages[0].result.overrides == ()


def test_a_stage_whose_first_rung_is_being_trained_has_begun(tmp_path):
    """No trial of it has ended, but some were trained for a few epochs."""
    search = {"stages": 1, "prune": "halving", "confirm": 0}
    path = asked(tmp_path / "a.db", search, 20, space={"text": "lr=1e-3:1,wd"})
    run(path)
    with contextlib.closing(opened_example(path)) as store:
        study = store.load_study("example")
        decisions.plan_next_stage(store, study, *decisions.overridden(study, []), 20)
        _, study = run(path, Ending(cohorts=2))
        assert len(study.trials) == 20
        assert study.unfinished
        choice = decisions.overridden(study, ["lr=0.05:0.1"])
        with pytest.raises(InvalidStudy, match="has begun already"):
            decisions.plan_next_stage(store, study, *choice, 6)


def test_before_the_first_stage_has_ended_there_is_nothing_to_choose(tmp_path):
    run_sections(tmp_path, SECTIONS, "study", cohorts=0)
    with pytest.raises(InvalidStudy, match="no stage of `study` has been judged yet"):
        chosen(stored(tmp_path, "study"), "lr=0.1:1")
