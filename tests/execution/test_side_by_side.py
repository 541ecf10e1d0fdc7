"""Work shared with a copy of the process: each piece once, and no copy that stays."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hpsearch.execution.side_by_side import shared_with_a_copy
from tests.command_line import environment, running, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="no copies elsewhere")

SCRIPT = (sys.executable, str(Path(__file__).with_name("shared_pieces.py")))


def result_of(kind):
    return subprocess.run(
        [*SCRIPT, kind], env=environment(), capture_output=True, text=True, timeout=60
    )


def done_by_the_first(kind):
    result = result_of(kind)
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_both_processes_do_pieces():
    assert set(done_by_the_first("many")) == {True, False}


def test_what_a_dying_copy_had_begun_is_done_here():
    assert done_by_the_first("dying") == [True] * 3


def test_what_fails_in_the_copy_fails_here_and_is_told_once():
    result = result_of("failing")
    assert result.returncode == 1
    assert result.stderr.count("Traceback") == 1
    assert result.stderr.endswith("ValueError: of a piece\n")


def test_beside_other_threads_no_copy_is_made():
    assert done_by_the_first("threaded") == [True] * 4


def test_results_are_in_the_order_of_the_pieces():
    pieces = [lambda number=number: number for number in range(5)]
    for is_shared in (False, True):
        with shared_with_a_copy(pieces, is_shared=is_shared) as results:
            assert results() == list(range(5))


@pytest.fixture
def sharing(tmp_path):
    """A process with a copy, both of them busy for a long time."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with running("slow", cwd=folder, program=SCRIPT) as live:
        live.wait_for("begun")
        wait_until(lambda: len(live.marked()) == 2)
        yield live


def test_ctrl_c_leaves_no_copy_and_no_traceback(sharing):
    for pid in sharing.marked():  # a terminal tells all of them
        with contextlib.suppress(ProcessLookupError):  # the copy goes with the first
            os.kill(pid, signal.SIGINT)
    assert sharing.process.wait(10) == 130
    sharing.assert_nothing_left(0.5)
    assert sharing.stderr() == "begun\n"


def test_a_copy_ends_with_the_first_process(sharing):
    sharing.process.kill()
    sharing.process.wait()
    sharing.assert_nothing_left(0.5)
    assert sharing.stderr() == "begun\n"
