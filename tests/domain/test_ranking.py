from hypothesis import given
from hypothesis import strategies as st

from hpsearch.domain.ranking import best_trials, better, ranked
from hpsearch.domain.space import Configuration
from hpsearch.domain.trial import (
    COMPLETED,
    Evaluation,
    Outcome,
    PlannedEvaluation,
    Purpose,
    State,
    finished_trial,
)


def trial(number, score=None, loss=1.0, outcome=COMPLETED):
    planned = PlannedEvaluation(number=number, configuration=Configuration(()), fold=0, epochs=1)
    evaluation = Evaluation(
        planned=planned, outcome=outcome, validation_score=score, validation_loss=loss
    )
    return finished_trial(1, Configuration(()), [evaluation])


def short(number, purpose, epochs, score):
    planned = PlannedEvaluation(
        number=number, configuration=Configuration(()), fold=0, epochs=epochs, purpose=purpose
    )
    return Evaluation(
        planned=planned, outcome=COMPLETED, validation_score=score, validation_loss=1 - score
    )


def numbers(trials):
    return [each.number for each in trials]


def test_higher_scores_come_first_and_lower_losses_break_ties():
    trials = [trial(0, 0.8, 0.5), trial(1, 0.9, 0.9), trial(2, 0.8, 0.4), trial(3, 0.8, 0.4)]
    assert numbers(ranked(trials)) == [1, 2, 3, 0]


def test_what_was_given_up_is_never_ranked_by_the_score_of_a_shorter_or_an_audited_training():
    """Only a training of the search, to the last epoch, counts among the best."""
    purposes = [(Purpose.RUNG, 2, 0.99), (Purpose.AUDIT, 50, 0.98)]
    dropped = finished_trial(
        1, Configuration(()), [short(0, *each) for each in purposes], pruned_at=2
    )
    kept = finished_trial(
        1,
        Configuration(()),
        [short(1, Purpose.RUNG, 2, 0.97), short(1, Purpose.SEARCH, 50, 0.5)],
    )
    assert (dropped.score, kept.score) == (None, 0.5)
    assert numbers(ranked([dropped, kept])) == [1, 0]
    assert numbers(best_trials([dropped, kept], 5)) == [1]


def test_trials_without_a_score_come_last_the_later_diverged_the_better():
    trials = [
        trial(0, outcome=Outcome(State.FAILED, reason="no memory")),
        trial(1, outcome=Outcome(State.DIVERGED, 2)),
        trial(2, 0.1),
        trial(3, outcome=Outcome(State.DIVERGED, 9)),
    ]
    assert numbers(ranked(trials)) == [2, 3, 1, 0]
    assert numbers(best_trials(trials, 5)) == [2]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 9)), min_size=1, max_size=9), st.randoms())
def test_the_order_of_trials_leaves_no_trace(values, random):
    trials = [trial(number, *each) for number, each in enumerate(values)]
    shuffled = trials[:]
    random.shuffle(shuffled)
    assert numbers(ranked(shuffled)) == numbers(ranked(trials))
    best = None
    for each in shuffled:
        best = better(best, each)
    assert best.number == ranked(trials)[0].number
    for count in range(len(trials) + 2):
        assert numbers(best_trials(shuffled, count)) == numbers(ranked(trials)[:count])


def test_a_trial_averages_its_folds_and_fails_with_the_first_that_fails():
    def fold(index, outcome=COMPLETED):
        planned = PlannedEvaluation(number=4, configuration=Configuration(()), fold=index, epochs=1)
        return Evaluation(
            planned=planned, outcome=outcome, validation_score=0.5 + index / 4, validation_loss=1.0
        )

    whole = finished_trial(1, Configuration(()), [fold(1), fold(0)])
    assert (whole.score, [each.planned.fold for each in whole.evaluations]) == (0.625, [0, 1])
    broken = finished_trial(1, Configuration(()), [fold(0), fold(1, Outcome(State.DIVERGED, 3))])
    assert (broken.score, broken.outcome.epoch) == (None, 3)


@given(
    st.lists(st.tuples(st.sampled_from([None, 0.5, 0.6, 0.7]), st.sampled_from([None, 0.5, 0.65]))),
    st.integers(0, 9),
)
def test_the_best_are_the_first_of_all_whoever_was_confirmed(scores, count):
    trials = [
        finished_trial(
            1,
            Configuration(()),
            [short(number, Purpose.SEARCH, 5, score)]
            + ([] if confirmed is None else [short(number, Purpose.CONFIRM, 5, confirmed)]),
        )
        if score is not None
        else trial(number, outcome=Outcome(State.DIVERGED, 1))
        for number, (score, confirmed) in enumerate(scores)
    ]
    complete = [each for each in trials if each.outcome.is_complete]
    assert numbers(best_trials(trials, count)) == numbers(ranked(complete)[:count])
