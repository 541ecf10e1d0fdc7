"""Faults at chosen system calls; `tests.faults.crash_points` goes through all of them."""

import pytest

from tests.command_line import saved_numbers
from tests.faults.crash_points import ERRORS, LOOKING
from tests.faults.placed import (
    FILE,
    STUDY,
    assert_finishes,
    assert_nothing_lost,
    copy_of,
    failed,
    fresh,
    killed,
)
from tests.faults.strace import TRACE, points

KILLS = 6


def test_the_study_makes_every_kind_of_call_that_can_be_cut_short(true):
    kinds = {each.call for each in true.points}
    assert kinds >= {"pwrite64", "fdatasync", "ftruncate", "unlink", "link", "openat", "mkdir"}
    assert len(true.points) > 200
    folds = [fold for trial in true.trials.values() for fold in trial["folds"]]
    assert {each["purpose"] for each in folds} == {"search", "rung", "audit", "confirm"}


def test_a_kill_at_a_call_loses_nothing_and_changes_no_bit(warm, true, tmp_path):
    step = len(true.points) // KILLS
    for point in true.points[step // 2 :: step]:
        assert killed(warm, fresh(tmp_path / "study"), point, true), point


def test_a_kill_while_a_database_recovers_from_a_kill_loses_nothing(warm, true, tmp_path):
    state = fresh(tmp_path / "state")
    start = [each for each in true.points if each.call == "fdatasync"][-7]
    saved = saved_numbers(warm.run(*STUDY, cwd=state, trace=start.killed()).stderr)
    assert saved
    assert (state / f"{FILE}-wal").stat().st_size
    whole = warm.run(*LOOKING, cwd=copy_of(state, tmp_path / "study"), trace=TRACE)
    found = points(whole.log, FILE)
    assert {each.call for each in found} >= {"pwrite64", "fdatasync", "unlink"}
    for point in found[:: len(found) // 3]:
        study = copy_of(state, tmp_path / "study")
        assert warm.run(*LOOKING, cwd=study, trace=point.killed()).returncode == -9
        assert_nothing_lost(study, saved, true)
        assert_finishes(warm, study, true)


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for ever"])
def test_a_call_that_fails_ends_the_study_and_loses_nothing(error, for_ever, warm, true, tmp_path):
    call = {"ENOSPC": "pwrite64", "EIO": "fdatasync"}[error]
    found = [each for each in true.points if each.call == call]
    point = found[2 * len(found) // 3]
    options = point.failed(error, for_ever=for_ever)
    ended = failed(warm, fresh(tmp_path / "study"), options, true)
    assert ended
    assert ended.returncode == 74
    assert saved_numbers(ended.stderr)


@pytest.mark.parametrize("lock", ["study-1", "write", "write-queue"])
def test_a_disk_without_room_for_a_lock_is_told_without_a_traceback(lock, warm, true, tmp_path):
    """Also where the lock for closing the database cannot be had."""
    only = ("-P", f"{FILE}.locks/{lock}", "-e", "trace=openat", "-e")
    study = fresh(tmp_path / "study")
    ended = failed(warm, study, (*only, "inject=openat:error=ENOSPC:when=1+"), true)
    assert ended
    assert ended.returncode == 74


def test_a_commit_whose_sync_failed_is_not_tried_again(warm, true, tmp_path):
    """What the kernel could not write it may have dropped, and say so only once."""
    found = [each for each in true.points if each.call == "fdatasync"]
    point = found[len(found) // 2]
    ended = failed(warm, fresh(tmp_path / "study"), point.failed("EIO"), true)
    at = next(place for place, line in enumerate(ended.log) if "INJECTED" in line)
    assert "hpsearch.db-wal" in ended.log[at]
    assert not [line for line in ended.log[at:] if "pwrite64" in line and "-wal>" in line]
