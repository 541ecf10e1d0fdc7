"""Runs workers that never come back: `abandoned_workers.py busy|asleep|unloadable`."""

import sys

from hpsearch.execution.local_workers import LocalWorkers
from tests.execution.trainers import HangingTrainer, Unloadable, planned

TRAINERS = {
    "busy": HangingTrainer(is_busy=True),
    "asleep": HangingTrainer(is_busy=False),
    "unloadable": Unloadable(),
}

if __name__ == "__main__":
    with LocalWorkers(2) as workers:
        workers.load(TRAINERS[sys.argv[1]], 1.0)
        for _ in workers.evaluate(planned(range(4))):
            pass
