"""Openings of the test part: when it was looked at, for which trial, and what was seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opening:
    """One look at the test part of a study, stored before its scores are shown.

    Attributes:
        number: from 1; the second look and all after it are no longer the first.
        trial: whose configuration was tested.
        networks: networks that answered together, each from a seed of its own.
        rows: rows of the test part.
        fingerprint: SHA-256 of these rows, hexadecimal.
        scores: by name, in the units of their metrics, that of the study first; `chance` is what
            is reached without looking at the inputs, `low` and `high` are the ends of the 95 %
            interval of the study's metric, where that is not the accuracy.
        opened_at: UTC.
    """

    number: int
    trial: int
    networks: int
    rows: int
    fingerprint: str
    scores: Mapping[str, float]
    opened_at: datetime


def same_look(openings: Sequence[Opening], trial: int, networks: int) -> Opening | None:
    """The last opening for the very same networks, whose scores another look would only repeat."""
    found = [each for each in openings if (each.trial, each.networks) == (trial, networks)]
    return found[-1] if found else None
