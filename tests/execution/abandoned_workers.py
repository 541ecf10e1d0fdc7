"""Runs workers that never come back: `abandoned_workers.py busy|asleep|unloadable`.

`abandoned_workers.py NOTED` has two that hold Python's lock, and leave files named NOTED-....
"""

import sys

from hpsearch.execution.local_workers import LocalWorkers
from tests.execution.trainers import (
    HangingOnTrainer,
    HangingTrainer,
    InstantTrainer,
    Unloadable,
    planned,
)

TRAINERS = {
    "busy": HangingTrainer(is_busy=True),
    "asleep": HangingTrainer(is_busy=False),
    "unloadable": Unloadable(),
}

if __name__ == "__main__":
    with LocalWorkers(2) as workers:
        noted = HangingOnTrainer(InstantTrainer(), tuple(range(4)), "locked", sys.argv[1])
        workers.load(TRAINERS.get(sys.argv[1], noted), 1.0)
        for _ in workers.evaluate(planned(range(4))):
            pass
