"""A run whose time is over: what was trained is kept, and the next run goes on from there."""

import pytest

from hpsearch.reporting.export import export_json
from hpsearch.reporting.time_limits import time_limit_notes
from hpsearch.search.events import StageJudged, TimeIsUp, TrialsSaved
from tests.search.staged import Ending, asked, run

SEARCH = {"stages": 2, "confirm": 2, "prune": "halving"}
LEARNING = {**SEARCH, "sampler": "tpe"}


@pytest.mark.parametrize("search", [SEARCH, LEARNING], ids=["random", "tpe"])
def test_runs_that_end_after_every_few_cohorts_come_to_the_same_study(search, tmp_path):
    _, whole = run(asked(tmp_path / "whole.db", search, 42))
    path, ends = asked(tmp_path / "cut.db", search, 42), 0
    while True:
        events, study = run(path, Ending(cohorts=3))
        if study.is_finished:
            break
        ends += 1
        assert isinstance(events[-1], TimeIsUp)
        assert (events[-1].finished, events[-1].trial_count) == (len(study.trials), 42)
        assert len(study.time_limits) == ends
    assert ends > 5
    assert not any(isinstance(each, TimeIsUp) for each in events)
    assert export_json(study) == export_json(whole)


def test_a_run_without_any_time_keeps_nothing_and_says_so(tmp_path):
    path = asked(tmp_path / "a.db", SEARCH, 42)
    events, study = run(path, Ending(cohorts=0))
    assert (events[-1].finished, study.trials, study.unfinished) == (0, (), ())
    assert study.time_limits[0].trials == 0


def test_what_is_left_when_time_is_up_is_told_until_it_is_done(tmp_path):
    path = asked(tmp_path / "a.db", SEARCH, 42)
    events, study = run(path, Ending(cohorts=9))
    saved = [each for event in events for each in getattr(event, "trials", ())]
    assert not any(isinstance(each, StageJudged) for each in events)
    assert len(saved) == len(study.trials) == study.time_limits[0].trials
    (note,) = time_limit_notes(study)
    assert "Time-dependent: a limit of " in note
    assert "how many there are depends on the machine" in " ".join(note.split())
    events, study = run(path)
    assert any(isinstance(each, TrialsSaved) for each in events)
    (note,) = time_limit_notes(study)
    assert "results are those of a run without a limit" in " ".join(note.split())
