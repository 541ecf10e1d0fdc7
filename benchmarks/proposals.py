"""How long a Bayesian proposal takes, by the number of stored trials.

Everything that a proposal needs is inside the time: finding the trials in the stage's ranges,
telling them to Optuna, fitting and asking, for a whole generation.
"""

import time
from collections.abc import Sequence

import numpy as np

from benchmarks.options import add_trials, parser
from benchmarks.table import Row, print_table
from benchmarks.timing import summary
from hpsearch.bootstrap import SAMPLERS
from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.seeds import generator
from hpsearch.domain.space import Space
from hpsearch.domain.space_text import parse_space
from hpsearch.domain.spec import USUAL_GENERATION
from hpsearch.domain.study import Stage
from hpsearch.domain.trial import (
    COMPLETED,
    Ending,
    Evaluation,
    PlannedEvaluation,
    ending_of,
    finished_trial,
)
from hpsearch.sampling.bayesian import GP_FIT, TPE_FIT
from hpsearch.sampling.random_search import RandomSampler

SPACES = ("lr,wd", "lr,wd,dropout,width,depth,batch,optimizer,momentum")
TARGETS = {Sampler.TPE: "20 ms", Sampler.GP: ""}
NOTES = (
    "Time of a generation of 8, divided by 8; one thread, one process.",
    f"TPE is fitted to {sum(TPE_FIT)} trials at most, a Gaussian process to {sum(GP_FIT)}.",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Time proposals of both Bayesian samplers and print the table."""
    options = parser("proposals", "time of a Bayesian proposal", rounds=5)
    add_trials(options, 100, 1000)
    given = options.parse_args(arguments)
    rows = [
        _row(sampler, parse_space(text), trials, given.rounds)
        for text in SPACES
        for sampler in TARGETS
        for trials in given.trials
    ]
    print_table("Bayesian proposals", given.rounds, rows, NOTES)


def _row(sampler: Sampler, space: Space, trials: int, rounds: int) -> Row:
    size = USUAL_GENERATION[sampler]
    stage = Stage(number=1, space=space, trial_count=trials + size)
    history = _history(stage, trials)
    proposing, numbers = SAMPLERS[sampler](), range(trials, trials + size)
    proposing.propose(stage, history, numbers, 0)  # imports
    taken = []
    for seed in range(rounds):
        started = time.perf_counter()
        proposing.propose(stage, history, numbers, seed)
        taken.append(1e3 * (time.perf_counter() - started) / size)
    work = f"{sampler}, {len(space)} hyperparameters, {trials} trials"
    return work, "one proposal", summary(taken).text(".3g", "ms"), "", TARGETS[sampler]


def _history(stage: Stage, trials: int) -> list[Ending]:
    """Random trials whose scores fall with the distance from the middle, and are a little noisy."""
    drawn = RandomSampler().propose(stage, (), range(trials), 1)
    history = []
    for number, configuration in enumerate(drawn):
        units = stage.space.units(configuration)
        assert units is not None
        distance = float(np.sum((np.array(list(units.values())) - 0.5) ** 2))
        score = 0.9 - distance + 0.02 * generator(1, "noise", number).normal()
        planned = PlannedEvaluation(number=number, configuration=configuration, fold=0, epochs=1)
        evaluation = Evaluation(
            planned=planned, outcome=COMPLETED, validation_score=score, validation_loss=1 - score
        )
        history.append(ending_of(finished_trial(1, configuration, [evaluation])))
    return history


if __name__ == "__main__":
    main()
