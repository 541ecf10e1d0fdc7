"""The driver with a real database: what is told, what is kept, how a run goes on."""

import random
from itertools import islice

import pytest

from hpsearch.errors import StoreFailed
from hpsearch.execution.in_process import InProcess
from hpsearch.reporting.export import export_json
from hpsearch.sampling.random_search import RandomSampler
from hpsearch.search.driver import run_study
from hpsearch.search.events import TrialsSaved
from tests.execution.trainers import CountingTrainer, InstantTrainer, RaisingTrainer
from tests.store.examples import created, opened

TRIALS = 24


class InAnyOrder:
    """Trains three evaluations at a time, in an order of its own, as workers may finish."""

    def __init__(self, trainer, seed):
        self.trainer, self.seed = trainer, seed

    def evaluate(self, planned):
        shuffled = random.Random(self.seed).sample(planned, len(planned))
        for start in range(0, len(shuffled), 3):
            yield self.trainer.evaluate(shuffled[start : start + 3])


@pytest.fixture
def path(tmp_path):
    return stored(tmp_path / "store.db")


def stored(path, trial_count=TRIALS):
    """A database with the study, not yet run."""
    store = opened(path)
    created(store, trial_count=trial_count)
    store.close()
    return path


def events_of(store, trainer=None, seed=0):
    return run_study(
        store.load_study("example"),
        store=store,
        sampler=RandomSampler(),
        executor=InAnyOrder(trainer or InstantTrainer(), seed),
    )


def run(path, trainer=None, events=None, seed=0):
    """Take so many events of a run, or all, and leave it as a killed process would."""
    store = opened(path)
    running = events_of(store, trainer, seed)
    taken = list(islice(running, events))
    running.close()
    study = store.load_study("example")
    store.close()
    return taken, study


def test_trials_are_told_as_saved_only_after_they_are(path):
    store, reader, told = opened(path), opened(path), set()
    for event in events_of(store):
        if isinstance(event, TrialsSaved):
            told |= {trial.number for trial in event.trials}
            assert {trial.number for trial in reader.load_study("example").trials} == told
            assert event.finished == len(told)
    assert told == set(range(TRIALS))
    store.close()
    reader.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_in_which_trainings_end_changes_nothing(seed, path, tmp_path):
    _, study = run(path, seed=seed)
    assert export_json(study) == export_json(run(stored(tmp_path / "other.db"))[1])


@pytest.mark.parametrize("events", [1, 2, 5, 9])
def test_a_run_that_stops_anywhere_goes_on_to_the_same_result(events, path, tmp_path):
    taken, study = run(path, events=events)
    assert len(taken) == events
    assert not study.is_finished
    resumed, study = run(path, seed=7)
    before = sum(len(event.trials) for event in taken[1:])
    assert (resumed[0].finished, resumed[0].trial_count) == (before, TRIALS)
    assert export_json(study) == export_json(run(stored(tmp_path / "other.db"))[1])


def test_what_is_stored_is_not_trained_again(path, tmp_path):
    noted = tmp_path / "noted"
    noted.mkdir()
    run(path, CountingTrainer(str(noted)), events=6)
    run(path, CountingTrainer(str(noted)), seed=7)
    trained = {note.name.rsplit("-", 2)[0] for note in noted.iterdir()}
    assert len(trained) == len(list(noted.iterdir())) == 2 * TRIALS


def test_a_lengthened_study_gives_what_the_longer_one_gives(path, tmp_path):
    run(path)
    store = opened(path)
    store.lengthen(store.load_study("example"), TRIALS + 6)
    store.close()
    events, study = run(path)
    told = {trial.number for event in events[1:-1] for trial in event.trials}
    assert told == set(range(TRIALS, TRIALS + 6))
    longer = stored(tmp_path / "longer.db", TRIALS + 6)
    assert export_json(study) == export_json(run(longer)[1])


def test_a_trial_that_fails_is_saved_with_its_reason(path):
    store = opened(path)
    with InProcess() as executor:
        executor.load(RaisingTrainer(7, ValueError("bad luck")), 0.01)
        study = store.load_study("example")
        list(run_study(study, store=store, sampler=RandomSampler(), executor=executor))
    study = store.load_study("example")
    store.close()
    assert study.is_finished
    failed = [trial for trial in study.trials if not trial.outcome.is_complete]
    assert [trial.number for trial in failed] == [7]
    assert failed[0].outcome.reason == "ValueError: bad luck"


def test_a_store_that_fails_ends_the_run_and_keeps_what_was_saved(path, tmp_path):
    store = opened(path)
    running = events_of(store)
    told = {trial.number for event in islice(running, 4) for trial in getattr(event, "trials", ())}
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).rename(tmp_path / f"away.db{suffix}")
    with pytest.raises(StoreFailed):
        list(running)
    store.close()
    kept = opened(tmp_path / "away.db")
    assert told
    assert {trial.number for trial in kept.load_study("example").trials} == told
    kept.close()
