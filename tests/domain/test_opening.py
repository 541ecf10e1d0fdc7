from datetime import UTC, datetime

from hpsearch.domain.opening import Opening, same_look


def opening(number, trial, networks):
    return Opening(
        number=number,
        trial=trial,
        networks=networks,
        rows=10,
        fingerprint="f",
        scores={},
        opened_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_only_the_same_trial_with_as_many_networks_is_the_same_look():
    openings = [opening(1, 4, 5), opening(2, 7, 5), opening(3, 4, 5)]
    assert same_look(openings, 4, 5).number == 3
    assert same_look(openings, 7, 5).number == 2
    assert same_look(openings, 4, 3) is None
    assert same_look([], 4, 5) is None
