"""All randomness of a study, derived from its seed and a path of names and numbers.

A generator depends on its path alone, never on how many numbers others have drawn before, so that
a trial is the same whatever was trained beside it or interrupted before it.
"""

import zlib

import numpy as np


def generator(seed: int, *path: str | int) -> np.random.Generator:
    """Random generator of one purpose, such as `generator(seed, "weights", trial, repeat, fold)`.

    Args:
        seed: the study's seed, 0 or more.
        path: words (what it is for) and counts (which one, 0 or more).
    """
    key = tuple(zlib.crc32(part.encode()) if isinstance(part, str) else part for part in path)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))
