"""The harness can fail: a command line with one promise broken does not get past it.

The seeds are of plans that begin with what it takes; `long` hunts more mutants, from seed 0.
"""

import pytest

from tests.faults.fault_plan import Kind, drawn
from tests.faults.mutant_hunt import hunt

HELD = 103


@pytest.mark.parametrize(
    ("mutant", "seed"),
    [
        ("commits_one_cohort_late", 0),
        ("draws_without_a_seed", 0),
        ("tells_before_the_commit", HELD),
    ],
)
def test_a_broken_promise_is_found(mutant, seed, tmp_path, run_seconds):
    found = hunt(mutant, tmp_path, run_seconds, seed)
    assert found.broken.startswith("I1")
    assert found.kills < 20


def test_the_plans_begin_with_what_it_takes():
    assert drawn(HELD).faults[0].kind is Kind.HELD
