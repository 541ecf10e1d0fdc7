"""`hpsearch confirm` with more repeats, interrupted, and gone on with by the line of `start`."""

from itertools import islice

import pytest

from hpsearch import decisions
from hpsearch.bootstrap import ask, run_question
from hpsearch.domain.spec_text import layered
from hpsearch.domain.trial import Purpose
from hpsearch.errors import InvalidStudy
from hpsearch.search.events import StageJudged
from tests.stored_studies import TINY_SECTIONS, exported, run_sections, stored


def confirmed(folder, cohorts=None):
    with decisions.confirm(f"sqlite:///{folder}/hpsearch.db", "tiny", 1, 2, 6) as run:
        list(islice(run.events, cohorts))


@pytest.fixture
def folder(tmp_path):
    run_sections(tmp_path, TINY_SECTIONS, "tiny")
    return tmp_path


def test_more_repeats_than_usual_are_all_trained(folder):
    confirmed(folder)
    study = stored(folder, "tiny")
    assert len(study.finalists) == 2
    for number in study.finalists:
        own = study.trials[number].of(Purpose.CONFIRM)
        assert len(own) == 6 * 2
        assert all(each.outcome.is_complete for each in own)


def test_an_interrupted_confirmation_goes_on_by_the_line_that_started_the_study(
    folder, tmp_path_factory
):
    whole = tmp_path_factory.mktemp("whole")
    run_sections(whole, layered(TINY_SECTIONS), "tiny")
    confirmed(whole)
    confirmed(folder, 0)
    assert not stored(folder, "tiny").is_finished
    run_sections(folder, TINY_SECTIONS, "tiny")
    assert stored(folder, "tiny").is_finished
    assert exported(folder, "tiny") == exported(whole, "tiny")


def test_a_search_that_has_not_ended_is_not_confirmed(tmp_path):
    search = {"trials": 42, "stages": 2, "prune": "none", "confirm": 0}
    sections = layered(TINY_SECTIONS, {"search": search})
    run_sections(tmp_path, sections, "tiny", cohorts=0)
    with pytest.raises(InvalidStudy, match="no stage of `tiny` has been judged yet"):
        confirmed(tmp_path)
    question = ask(None, sections, "tiny")
    with run_question(f"sqlite:///{tmp_path}/hpsearch.db", question, 1) as run:
        next(event for event in run.events if isinstance(event, StageJudged))
    before = exported(tmp_path, "tiny")
    with pytest.raises(InvalidStudy, match="the search of `tiny` has not ended yet"):
        confirmed(tmp_path)
    assert exported(tmp_path, "tiny") == before
