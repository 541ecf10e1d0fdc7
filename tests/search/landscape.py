"""A trainer whose curves are known functions: it learns best at lr = 0.1 and diverges above 2."""

import math
from dataclasses import dataclass

import numpy as np

from hpsearch.domain.seeds import generator
from hpsearch.domain.trial import COMPLETED, Curve, Evaluation, Outcome, State

CLASSES = 10
CHANCE = 1 / CLASSES
DIVERGES_ABOVE = 2.0
NOISE = 0.02


def quality(lr):
    """Share of what can be learned that a training with this learning rate learns in the end."""
    return math.exp(-((math.log10(lr) + 1) ** 2))


@dataclass(frozen=True)
class Landscape:
    """Learns at a speed that grows with `lr`, up to a level that is highest at 0.1.

    A training of E epochs is the beginning of a longer one, as with real networks.
    """

    def evaluate(self, cohort):
        return tuple(map(self.one, cohort))

    def one(self, each):
        lr = each.configuration["lr"]
        if lr > DIVERGES_ABOVE:
            return Evaluation(planned=each, outcome=Outcome(State.DIVERGED, 1), seconds=0.001)
        random = generator(1, "landscape", each.number, each.repeat, each.fold)
        noise = NOISE * random.standard_normal()
        epochs = np.arange(each.epochs + 1)
        learned = quality(lr) * (1 - np.exp(-epochs * min(1.0, 20 * lr)))
        score = np.clip(CHANCE + 0.8 * learned + noise * (epochs > 0), 0, 1)
        loss = math.log(CLASSES) * (1 - 0.9 * learned) + 1e-3 * noise
        return Evaluation(
            planned=each,
            outcome=COMPLETED,
            train_loss=float(loss[-1]),
            train_score=float(score[-1]),
            validation_loss=float(loss[-1]),
            validation_score=float(score[-1]),
            curve=Curve(
                train_loss=loss.astype(np.float32),
                train_score=score[1:].astype(np.float32),
                validation_loss=loss[1:].astype(np.float32),
                validation_score=score[1:].astype(np.float32),
            ),
            seconds=0.001,
        )
