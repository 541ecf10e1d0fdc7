import pytest

from hpsearch.domain.breakdowns import breakdowns
from hpsearch.domain.space import Configuration, Side
from hpsearch.domain.space_text import parse_space
from hpsearch.domain.trial import COMPLETED, Outcome, State, Trial, ending_of

DIVERGED = Outcome(State.DIVERGED, 1)
PRUNED = Outcome(State.PRUNED, 5)


def found(rates, space="lr=1e-4:1", **others):
    trials = [
        Trial(
            number=number,
            stage=1,
            configuration=Configuration(tuple({"lr": lr, **others}.items())),
            outcome=outcome,
            evaluations=(),
        )
        for number, (lr, outcome) in enumerate(rates)
    ]
    endings = [ending_of(each) for each in trials]
    told = breakdowns(endings, parse_space(space))
    return [(each.name, each.side, each.value, each.trials) for each in told]


def test_the_rates_above_which_all_diverged_are_told():
    rates = [(0.5, DIVERGED), (0.01, COMPLETED), (0.3, DIVERGED), (0.9, DIVERGED), (0.2, PRUNED)]
    assert found(rates) == [("lr", Side.HIGH, 0.3, 3)]


@pytest.mark.parametrize(
    "rates",
    [
        [(0.5, DIVERGED), (0.6, DIVERGED), (0.1, COMPLETED)],  # too few
        [
            (0.1, PRUNED),
            (0.5, DIVERGED),
            (0.6, DIVERGED),
            (0.7, DIVERGED),
            (0.9, PRUNED),
        ],  # not the end
        [(0.5, DIVERGED), (0.6, DIVERGED), (0.7, DIVERGED)],  # nothing to compare with
        [],
    ],
)
def test_what_does_not_hold_is_not_told(rates):
    assert found(rates) == []


def test_only_trials_with_the_optimizer_count_for_its_rate():
    space = "lr,optimizer=sgd|adam"
    rates = [(0.02, DIVERGED), (0.03, DIVERGED), (0.05, DIVERGED), (0.001, COMPLETED)]
    assert found(rates, space, optimizer="adam") == [("adam.lr", Side.HIGH, 0.02, 3)]
