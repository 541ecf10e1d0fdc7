"""A database that cannot be written is read all the same, and left as it is."""

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.command_line import (
    ENDLESS,
    PROGRAM,
    assert_refused,
    contents,
    environment,
    running,
    saved_numbers,
    succeed,
)
from tests.stored_studies import exported, stored

# Permissions do not stop root; a mount of its own that cannot be written does.
MOUNTED = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd "$0" && exec "$@"'


def inside(folder, *line):
    """Run a command inside the folder, in which it cannot write."""
    if os.getuid() == 0:
        line = ("unshare", "--mount", "sh", "-c", MOUNTED, str(folder), *line)
    return subprocess.run(
        line,
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
    )


@pytest.fixture
def closed(folder):
    """A folder with the finished study `tiny`, for `inside`; skips where nothing can close it."""
    folder.chmod(0o555)
    if os.getuid() == 0 and (
        not shutil.which("unshare") or inside(folder, "touch", "file").returncode == 0
    ):
        pytest.skip("root may write everywhere, and may not mount here")
    yield folder
    folder.chmod(0o755)


def test_what_only_reads_works_and_changes_nothing(closed, tmp_path):
    before = contents(closed)
    commands = [
        ("list",),
        ("show", "tiny"),
        ("best", "tiny"),
        ("export", "tiny"),
        ("report", "tiny", "-o", str(tmp_path / "report")),
        ("db", "check"),
        ("db", "status"),
        ("db", "backup", str(tmp_path / "hpsearch.db")),
    ]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda each: inside(closed, *PROGRAM, *each), commands))
    for command, result in zip(commands, results, strict=True):
        assert result.returncode == 0, (command, result.stderr)
    assert results[3].stdout == exported(closed, "tiny")
    assert (tmp_path / "report" / "report.html").exists()
    assert contents(closed) == before
    assert exported(tmp_path, "tiny") == exported(closed, "tiny")


@pytest.mark.parametrize(
    "command",
    [
        ("resume", "tiny", "--trials", "20", "--workers", "1"),
        ("rename", "tiny", "other"),
        ("delete", "tiny", "--yes"),
        ("start", "--data", "digits", "--space", "lr", "--trials", "2", "--workers", "1"),
    ],
    ids=lambda command: command[0],
)
def test_what_would_write_is_refused(command, closed):
    before = contents(closed)
    assert_refused(inside(closed, *PROGRAM, *command), 77, "hpsearch.db` cannot be written")
    assert contents(closed) == before


def test_the_doctor_says_so(closed):
    result = inside(closed, *PROGRAM, "doctor")
    assert result.returncode == 1
    assert "FAIL  database" in result.stdout


def test_what_a_killed_driver_saved_is_read(closed, tmp_path):
    """It may still be in the write-ahead log, which SQLite leaves out if told to change nothing."""
    folder = tmp_path / "killed"
    folder.mkdir()
    with running(*ENDLESS, "--workers", "1", cwd=folder) as live:
        live.wait_for("saved")
        live.process.kill()
        live.process.wait()
        saved = saved_numbers(live.stderr())
    assert (folder / "hpsearch.db-wal").stat().st_size > 0
    folder.chmod(0o555)
    result = inside(folder, *PROGRAM, "export", "endless")
    folder.chmod(0o755)
    assert result.returncode == 0, result.stderr
    assert saved <= {each.number for each in stored(folder, "endless").trials}
    assert result.stdout == succeed("export", "endless", cwd=folder)
