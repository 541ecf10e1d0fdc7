import weakref

import pytest

from hpsearch.domain.trial import State
from hpsearch.execution.in_process import InProcess
from tests.execution.trainers import (
    CountingTrainer,
    InstantTrainer,
    RaisingTrainer,
    ThreadCountingTrainer,
    planned,
)


def evaluated(trainer, plans):
    with InProcess() as executor:
        executor.load(trainer, 0.001)
        return [each for cohort in executor.evaluate(plans) for each in cohort]


def test_everything_is_trained_once():
    plans = planned(range(30), folds=2)
    given = [each.planned for each in evaluated(InstantTrainer(), plans)]
    assert sorted(given, key=lambda each: (each.number, each.fold)) == plans


def test_a_trainer_that_raises_fails_that_trial_alone():
    plans = planned(range(5), folds=2)
    evaluations = evaluated(RaisingTrainer(2, ValueError("bad luck\nand more")), plans)
    assert [each.planned for each in evaluations] == plans
    for each in evaluations:
        if each.planned.number == 2:
            assert each.outcome.state is State.FAILED
            assert each.outcome.reason == "ValueError: bad luck"
        else:
            assert each.outcome.is_complete


def test_what_did_not_fit_is_gone_before_parts_of_it_are_tried():
    class Held:
        """Stands for arrays of a cohort that do not fit."""

    class GreedyTogether(InstantTrainer):
        def evaluate(self, cohort):
            if len(cohort) > 1:
                held = Held()
                before.append(weakref.ref(held))
                raise MemoryError
            assert [each() for each in before] == [None]
            return super().evaluate(cohort)

    before = []
    assert all(each.outcome.is_complete for each in evaluated(GreedyTogether(), planned(range(5))))


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_stops_the_program_is_no_failure_of_a_trial(error):
    with pytest.raises(error):
        evaluated(RaisingTrainer(2, error()), planned(range(5)))


def test_nothing_is_trained_before_it_is_asked_for(tmp_path):
    with InProcess() as executor:
        executor.load(CountingTrainer(str(tmp_path), seconds=0.05), 1.0)
        cohorts = executor.evaluate(planned(range(10)))
        assert list(tmp_path.iterdir()) == []
        first = next(cohorts)
        cohorts.close()
    assert len(list(tmp_path.iterdir())) == len(first) < 10


def test_no_cohort_starts_after_the_time_is_over(tmp_path):
    is_over = iter([False, True]).__next__
    with InProcess(is_over) as executor:
        executor.load(CountingTrainer(str(tmp_path)), 1.0)
        cohorts = list(executor.evaluate(planned(range(10))))
    assert len(cohorts) == 1
    assert len(list(tmp_path.iterdir())) == sum(map(len, cohorts)) < 10


def test_there_is_one_blas_thread():
    reason = evaluated(ThreadCountingTrainer(), planned([0]))[0].outcome.reason
    assert reason.startswith("ValueError: threads [1]")
