"""Which trial is trained at the end, and for how many epochs."""

from dataclasses import replace

import numpy as np
import pytest

from hpsearch.data.built_in import card
from hpsearch.domain.final_training import chosen_trial, final_spec, final_trainings
from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.space import Configuration
from hpsearch.domain.spec import ScoreEpoch
from hpsearch.domain.spec_text import study_spec
from hpsearch.domain.trial import Curve, Purpose
from hpsearch.errors import InvalidStudy, NoValidTrial, UnknownName
from tests.store import examples


def with_score(number, score, **purposes):
    """A trial with a search score on both folds, and a confirmation where one is given."""
    trial = examples.trial(number)
    own = [replace(each, validation_score=score, validation_loss=1.0) for each in trial.evaluations]
    for name, confirmed in purposes.items():
        own += [
            replace(
                each,
                planned=replace(each.planned, purpose=Purpose(name), repeat=1),
                validation_score=confirmed,
            )
            for each in trial.evaluations
        ]
    return replace(trial, evaluations=tuple(own))


@pytest.fixture
def make_study(tmp_path):
    stores = []

    def make(*trials, planned=None):
        stores.append(examples.opened(tmp_path / f"{len(stores)}.db"))
        study = examples.created(stores[-1], trial_count=planned or len(trials))
        examples.add(stores[-1], study, *trials)
        stored = stores[-1].load_study(study.name)
        # An ended search without verdicts is that of a grid: what is chosen is not their affair.
        object.__setattr__(stored.spec, "sampler", Sampler.GRID)
        return stored

    yield make
    for store in stores:
        store.close()


def test_the_best_confirmed_trial_is_chosen_then_the_best_of_the_search(make_study):
    lucky, sound = with_score(0, 0.9, confirm=0.7), with_score(1, 0.85, confirm=0.8)
    assert chosen_trial(make_study(lucky, sound, with_score(2, 0.95))).number == 1
    assert chosen_trial(make_study(with_score(0, 0.9), with_score(1, 0.95))).number == 1


def test_a_search_that_has_not_ended_has_no_best_yet_but_its_trials_can_be_named(make_study):
    study = make_study(with_score(0, 0.9), planned=10)
    with pytest.raises(InvalidStudy, match=r"has not ended yet \(1 of 10 trials\)"):
        chosen_trial(study)
    assert chosen_trial(study, 0).number == 0
    with pytest.raises(UnknownName, match="unknown trial `7`"):
        chosen_trial(study, 7)


def test_a_trial_without_a_score_is_refused(make_study):
    (ending,) = [each for each in examples.ENDINGS if each[0].state.value == "timed_out"]
    study = make_study(examples.trial(0, *ending))
    with pytest.raises(NoValidTrial):
        chosen_trial(study)
    with pytest.raises(InvalidStudy, match="trial 0 is timed_out and has no score"):
        chosen_trial(study, 0)


def spec_of(**training):
    sections = {"space": {"text": "lr"}, "training": {"epochs": 20} | training}
    return study_spec(sections, card("digits"))[0]


def with_curve(evaluation, best):
    losses = np.abs(np.arange(1, 21) - best).astype(np.float32)
    curve = Curve(
        train_loss=np.zeros(21, np.float32),
        train_score=losses,
        validation_loss=losses,
        validation_score=losses,
    )
    return replace(evaluation, curve=curve)


def test_all_epochs_of_the_search_are_trained_with_a_repeat_for_each_seed():
    trial = examples.trial(4)
    planned = final_trainings(spec_of(), trial, [], 3)
    assert [each.repeat for each in planned] == [0, 1, 2]
    assert {each.epochs for each in planned} == {20}
    assert {each.purpose for each in planned} == {Purpose.FINAL}
    assert {each.number for each in planned} == {4}
    assert {each.configuration for each in planned} == {trial.configuration}


@pytest.mark.parametrize("how", ["study", "configuration", "score"])
def test_where_the_best_epoch_counted_its_median_is_trained_and_nothing_stops_early(how):
    spec = spec_of(**{"study": {"early_stopping": 5}, "score": {"score": "best"}}.get(how, {}))
    trial = examples.trial(0)
    if how == "configuration":
        pairs = (("lr", 0.1), ("early_stopping", 4))
        trial = replace(trial, configuration=Configuration(pairs))
    first, second = trial.evaluations
    confirmed = replace(first, planned=replace(first.planned, purpose=Purpose.CONFIRM, repeat=1))
    audit = replace(first, planned=replace(first.planned, purpose=Purpose.AUDIT))
    seen = [with_curve(first, 8), with_curve(second, 12), with_curve(confirmed, 9)]
    (planned,) = final_trainings(spec, trial, [*seen, with_curve(audit, 2)], 1)
    assert planned.epochs == 9
    assert "early_stopping" not in planned.configuration
    training = final_spec(spec).training
    assert (training.early_stopping, training.score) == (0, ScoreEpoch.LAST)
    assert training.epochs == 20  # the schedule is laid out as it was
