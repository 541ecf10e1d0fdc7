"""Trials as the range rule sees them, made from what a test is about."""

import json
from pathlib import Path

import numpy as np

from hpsearch.domain.learning import Course, Learning, Observation
from hpsearch.domain.space import Configuration, Range, Space

BOOK = json.loads((Path(__file__).parent / "book_trials.json").read_text())["rows"]

SPACE = Space((("lr", Range(low=1e-4, high=1.0)), ("wd", Range(low=1e-8, high=1e-4))))


def seen(number, values, score=0.5, course=Course.LEARNED, **learning):
    """One observation; a score where it learned or is slow."""
    known = course in (Course.LEARNED, Course.SLOW)
    facts = {"score": score, "validation_loss": 1 - score} if known else {}
    return Observation(
        number=number,
        configuration=Configuration(tuple(values.items())),
        learning=Learning(**{"course": course, "epochs": 50, **facts, **learning}),
    )


def drawn(count, seed, space=SPACE, score=None, course=None):
    """Observations at random places of a space.

    `score` and `course` are functions of a configuration and of a random generator.
    """
    random = np.random.default_rng(seed)
    found = []
    for number in range(count):
        configuration = space.at({name: float(random.random()) for name in space})
        found.append(
            seen(
                number,
                dict(configuration),
                score(configuration, random) if score else float(random.random()),
                course(configuration, random) if course else Course.LEARNED,
            )
        )
    return found
