"""An upgrade that is killed, or meets a full or failing disk, from every older schema."""

import pytest

from hpsearch.store.inspection import HEAD, REVISIONS, inspect
from tests.faults.placed import FILE, migration_disturbed, migration_points, old_store
from tests.faults.strace import why_not
from tests.warm_commands import WarmCommands

POINTS = 3


@pytest.fixture(autouse=True)
def traced():
    if reason := why_not():
        pytest.skip(reason)


@pytest.mark.parametrize("schema", REVISIONS[:-1])
def test_a_killed_upgrade_leaves_the_old_schema_or_the_new_one(
    schema, warm: WarmCommands, tmp_path
):
    found = migration_points(warm, tmp_path / "whole", schema)
    assert {each.call for each in found} >= {"pwrite64", "fdatasync", "rename"}
    turn = REVISIONS.index(schema)  # other calls for each schema
    step = len(found) // POINTS
    for point in found[turn * step // len(REVISIONS) :: step]:
        ended = migration_disturbed(warm, tmp_path / "killed", schema, point.killed())
        assert ended.returncode == -9


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
def test_an_upgrade_that_cannot_write_says_so_and_changes_nothing(error, warm, tmp_path):
    found = migration_points(warm, tmp_path / "whole", "0004")
    place = [each for each in found if each.call == "pwrite64"][-12]
    options = place.failed(error)
    ended = migration_disturbed(warm, tmp_path / "failed", "0004", options)
    assert ended.returncode == 74, ended.stderr
    assert f"`{FILE}` cannot be used" in ended.stderr


def test_an_upgraded_store_is_not_upgraded_again(warm, tmp_path):
    folder = old_store(tmp_path / "study", "0005")
    for _ in range(2):
        assert warm.run("db", "upgrade", cwd=folder).returncode == 0
    assert inspect(folder / FILE) == HEAD
    assert len(list(folder.glob("*.backup"))) == 1
