"""Stages, verdicts, finalists and every evaluation go into the store and come out as they were."""

import contextlib
from dataclasses import replace

import numpy as np
import pytest

from hpsearch.domain.space import Space
from hpsearch.domain.space_text import parse_space
from hpsearch.domain.study import StageResult
from hpsearch.domain.trial import Origin, Purpose
from hpsearch.domain.verdict import Stop
from hpsearch.sampling.random_search import RandomSampler
from hpsearch.search.driver import run_study
from tests.search.staged import InAnyOrder, asked, run
from tests.store.examples import opened

EVERY_KIND = {
    "space": {"text": "lr=1e-3:1,wd,width=8:256,activation,optimizer=sgd|adam"},
}


@pytest.fixture
def path(tmp_path):
    return asked(tmp_path / "a.db", {"stages": 3, "try": ["lr=0.5"]}, **EVERY_KIND)


def loaded(path):
    with contextlib.closing(opened(path)) as store:
        return store.load_study("example")


def test_a_new_study_knows_its_stages_and_the_space_of_the_first(path):
    stages = loaded(path).stages
    assert [(each.number, each.trial_count, each.first_number) for each in stages] == [
        *((1, 24, 0), (2, 18, 24), (3, 18, 42))
    ]
    assert stages[0].space == parse_space(EVERY_KIND["space"]["text"])
    assert [each.space for each in stages[1:]] == [Space(()), Space(())]
    assert {each.result for each in stages} == {None}


def test_what_was_decided_comes_back_to_the_last_bit(path):
    decided = []

    class Noting:
        def __init__(self, store):
            self.store, self.evaluations, self.add = store, store.evaluations, store.add
            self.keep_overview = store.keep_overview

        def judge(self, study, stage, result):
            decided.append(result)
            return self.store.judge(study, stage, result)

    with contextlib.closing(opened(path)) as store:
        study = store.load_study("example")
        noting = Noting(store)
        list(run_study(study, store=noting, sampler=RandomSampler(), executor=InAnyOrder()))
    assert len(decided) == 3
    found = [each.result for each in loaded(path).stages]
    assert found == decided
    assert decided[-1].finalists
    assert all(each.judgement.verdicts for each in decided)


def test_a_person_s_range_takes_the_place_of_the_verdict_s(path):
    with contextlib.closing(opened(path)) as store:
        _, study = run(path)
        stage = study.stages[1]
        chosen = parse_space("wd=1e-5:1e-3")
        result = replace(stage.result, overrides=chosen.pairs, repeats=7)
        judged = store.judge(study, stage, result)
    assert judged.stages[1].result == result
    assert judged.stages[2].space["wd"] == chosen["wd"]
    assert judged.stages[2].space["lr"] == stage.result.judgement.space["lr"]
    assert loaded(path).stages == judged.stages


def test_a_stop_takes_the_later_stages_away(path):
    _, study = run(path)
    first = study.stages[0]
    with contextlib.closing(opened(path)) as store:
        other = store.create_study("other", study.spec, 60, study.data, {})
        judgement = replace(first.result.judgement, stop=Stop.PLATEAU)
        judged = store.judge(other, other.stages[0], StageResult(judgement=judgement))
    assert [each.number for each in judged.stages] == [1]
    assert judged.is_stopped
    assert judged.trial_count == 24
    assert loaded(path).stages == study.stages  # another study's stages are its own


def test_every_evaluation_comes_back_with_its_curve(path):
    _, study = run(path)
    numbers = [each.number for each in study.trials]
    with contextlib.closing(opened(path)) as store:
        found = store.evaluations(study.id, numbers)
        assert store.evaluations(study.id, []) == []
        some = store.evaluations(study.id, [3, 5])
        many = store.evaluations(study.id, range(40_000))
    assert len(found) == len(many) == sum(len(each.evaluations) for each in study.trials)
    assert {each.planned.number for each in some} == {3, 5}
    purposes = {each.planned.purpose for each in found}
    assert purposes == {Purpose.RUNG, Purpose.SEARCH, Purpose.AUDIT, Purpose.CONFIRM}
    for each in found:
        if each.outcome.is_complete:
            assert each.curve.train_loss.dtype == np.float32
            assert len(each.curve.train_loss) == each.planned.epochs + 1
            assert each.curve.validation_score[-1] == np.float32(each.validation_score)


def test_origins_come_back(path):
    _, study = run(path)
    origins = [each.origin for each in study.trials]
    assert origins[:2] == [Origin.DEFAULT, Origin.USER]
    assert set(origins[2:]) == {Origin.SAMPLER}


def test_the_same_total_lengthens_nothing(path):
    before = loaded(path)
    with contextlib.closing(opened(path)) as store:
        assert store.lengthen(before, 60).stages == before.stages


def test_a_stage_that_is_appended_before_the_last_is_judged_gets_its_space_then(path):
    with contextlib.closing(opened(path)) as store:
        longer = store.lengthen(loaded(path), 80)
    assert [each.trial_count for each in longer.stages] == [24, 18, 18, 20]
    assert longer.stages[3].space == Space(())
    _, study = run(path)
    assert study.stages[3].space == study.stages[2].result.space
    assert study.stages[2].result.finalists == ()
    assert study.stages[3].result.finalists
