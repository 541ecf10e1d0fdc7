"""Stages and finished trials for samplers to learn from."""

from hpsearch.domain.space import Configuration, Space
from hpsearch.domain.space_text import parse_space
from hpsearch.domain.study import Stage
from hpsearch.domain.trial import (
    COMPLETED,
    Ending,
    Evaluation,
    Outcome,
    PlannedEvaluation,
    Purpose,
    ending_of,
    finished_trial,
)
from hpsearch.sampling.random_search import RandomSampler

# Every kind of range: log, linear, whole, choice, one that can be off, two by optimiser.
EVERY_KIND = parse_space(
    "lr,wd,dropout,width=16:128,depth,activation,optimizer=sgd|momentum|adam,momentum,l1=off|1e-6:1"
)
PAIR = parse_space("lr=1e-4:1,wd=1e-6:1e-1")


def stage(space: Space, number=1, first_number=0, trial_count=200) -> Stage:
    return Stage(number=number, space=space, trial_count=trial_count, first_number=first_number)


def trial(number, configuration: Configuration, ending=0.5, in_stage=1) -> Ending:
    """How a trial of one fold ended: with a score, or otherwise."""
    outcome = ending if isinstance(ending, Outcome) else COMPLETED
    score = None if isinstance(ending, Outcome) else ending
    planned = PlannedEvaluation(number=number, configuration=configuration, fold=0, epochs=9)
    one = Evaluation(planned=planned, outcome=outcome, validation_score=score, validation_loss=1.0)
    return ending_of(finished_trial(in_stage, configuration, [one]))


def pruned(number, configuration: Configuration, epoch, score) -> Ending:
    """How a trial ended that was pruned at a rung."""
    planned = PlannedEvaluation(
        number=number, configuration=configuration, fold=0, epochs=epoch, purpose=Purpose.RUNG
    )
    rung = Evaluation(planned=planned, outcome=COMPLETED, validation_score=score)
    return ending_of(finished_trial(1, configuration, [rung], pruned_at=epoch))


def random_history(space: Space, count: int, end_of, seed=0) -> list[Ending]:
    """How random trials ended; `end_of` takes the coordinates of active hyperparameters."""
    drawn = RandomSampler().propose(stage(space), (), range(count), seed)
    return [
        trial(number, configuration, end_of(space.units(configuration)))
        for number, configuration in enumerate(drawn)
    ]
