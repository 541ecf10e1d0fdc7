"""What a study still lacks, read off studies of the landscape at several points of their way."""

from dataclasses import replace

import pytest

from hpsearch.domain.study import StageResult
from hpsearch.domain.trial import Purpose
from hpsearch.domain.verdict import Stop
from tests.search.staged import asked, run

SPACE = {"space": {"text": "lr=1e-3:1,wd"}}


def finished(folder, search, trials=24):
    return run(asked(folder / "a.db", search, trials, **SPACE))[1]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    search = {"stages": 1, "prune": "none", "confirm": 2}
    return finished(tmp_path_factory.mktemp("plain"), search)


def with_result(study, **changes):
    last = study.stages[-1]
    changed = replace(last, result=replace(last.result, **changes))
    return replace(study, stages=(*study.stages[:-1], changed))


def stopped(study):
    judgement = replace(study.stages[-1].result.judgement, stop=Stop.PLATEAU)
    return with_result(study, judgement=judgement)


def test_a_study_is_finished_when_all_is_trained_judged_and_confirmed(plain):
    assert plain.is_finished
    assert not replace(plain, trials=plain.trials[:-1]).is_finished
    unjudged = replace(plain.stages[0], result=None)
    assert not replace(plain, stages=(unjudged,)).is_finished
    assert not with_result(plain, finalists=(*plain.finalists, 20)).is_finished


def test_a_grid_is_finished_without_a_verdict(tmp_path):
    search = {"sampler": "grid"}
    path = asked(tmp_path / "a.db", search, 4, space={"text": "lr=0.1|0.2,wd=off|0.1"})
    _, study = run(path)
    assert study.is_finished
    assert study.stages[0].result is None
    assert study.finalists == ()


def test_what_finalists_lack_is_told_repeat_by_repeat(plain):
    assert plain.unconfirmed == {}
    first = plain.finalists[0]
    parts = [(repeat, fold) for repeat in (1, 2, 3, 4) for fold in (0, 1)]
    assert list(plain.confirming_parts) == parts
    trial = plain.trials[first]
    kept = [each for each in trial.evaluations if each.planned.purpose is not Purpose.CONFIRM]
    some = (*kept, *trial.of(Purpose.CONFIRM)[:3])
    trials = [replace(trial, evaluations=some) if each is trial else each for each in plain.trials]
    assert replace(plain, trials=tuple(trials)).unconfirmed == {first: parts[3:]}
    new = next(number for number in range(24) if number not in plain.finalists)
    assert with_result(plain, finalists=(first, new)).unconfirmed == {new: parts}


def test_more_repeats_lack_the_further_ones_only(plain):
    longer = with_result(plain, repeats=6)
    further = [(repeat, fold) for repeat in (5, 6) for fold in (0, 1)]
    assert longer.unconfirmed == dict.fromkeys(plain.finalists, further)


def test_repeats_of_the_search_are_not_used_again(plain):
    repeated = replace(plain, spec=replace(plain.spec, repeats=3))
    assert {repeat for repeat, _ in repeated.confirming_parts} == {3, 4, 5, 6}


@pytest.mark.parametrize(
    ("search", "trials", "grows"),
    [
        ({"stages": 1, "prune": "none"}, 24, True),
        ({"stages": 1, "prune": "halving"}, 24, False),
        ({"stages": 1, "prune": "epochs:3"}, 24, False),
        ({"stages": 1}, 24, False),
        ({"stages": 2, "prune": "none"}, 42, False),
        ({"prune": "none"}, 24, True),
    ],
)
def test_only_a_single_stage_in_which_none_is_given_up_grows(search, trials, grows, tmp_path):
    study = finished(tmp_path, {**search, "confirm": 0}, trials)
    assert study.grows is grows


def test_a_stop_is_kept_where_later_stages_were_given_up(plain):
    assert stopped(plain).is_stopped
    assert stopped(plain).grows  # it was asked for a single stage
    unasked = replace(plain.spec.plan, stages=None)
    staged = replace(stopped(plain), spec=replace(plain.spec, plan=unasked))
    assert not staged.grows
    assert not replace(plain, stages=(replace(plain.stages[0], result=None),)).is_stopped


def test_what_a_person_chose_is_searched_next(plain):
    judgement = plain.stages[0].result.judgement
    chosen = (("wd", plain.spec.space["lr"]),)
    result = StageResult(judgement=judgement, overrides=chosen)
    assert result.space["wd"] == plain.spec.space["lr"]
    assert result.space["lr"] == judgement.space["lr"]
    assert list(result.space) == ["lr", "wd"]
