"""Standard output and standard error on a disk that is full, for which `/dev/full` stands."""

import subprocess
from pathlib import Path

import pytest

from tests.command_line import PROGRAM, TINY, assert_refused, environment, succeed
from tests.stored_studies import exported

FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


def run_into(*args, folder, **streams):
    with FULL.open("w") as full:
        return subprocess.run(
            [*PROGRAM, *args],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=90,
            **{"stdout": full, "stderr": full} | streams,
        )


@pytest.mark.parametrize("command", ["list", "export tiny", "export tiny --format csv"])
def test_what_cannot_be_written_is_told_in_a_line(command, finished):
    ended = run_into(*command.split(), folder=finished, stderr=subprocess.PIPE)
    ended.stdout = ""
    assert_refused(ended, 74, "what there is to say cannot be written: No space left on device")


def test_a_search_that_can_say_nothing_ends_and_can_be_gone_on_with(finished, tmp_path):
    ended = run_into(*TINY, "--workers", "1", folder=tmp_path)
    assert ended.returncode == 74
    succeed(*TINY, "--workers", "1", cwd=tmp_path)
    assert exported(tmp_path, "tiny") == exported(finished, "tiny")
