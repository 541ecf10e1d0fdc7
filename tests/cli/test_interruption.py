"""Ctrl-C and its like: stop at once, tell what is saved and how to go on, leave nothing behind."""

import os
import random
import re
import shlex
import signal
import subprocess
import time

import pexpect
import pytest

from hpsearch.store.database import write_lock
from tests.command_line import (
    ENDLESS,
    PROCESSES,
    PROGRAM,
    TINY,
    environment,
    run,
    running,
    saved_numbers,
    wait_until,
    wait_until_idle,
)
from tests.faults.interruptions import STUDY, Press, finish, interrupted
from tests.stored_studies import run_partly, stored

pytestmark = pytest.mark.skipif(not PROCESSES.is_dir(), reason="processes are found through /proc")

DEAR = (*ENDLESS, "--epochs", "100000", "--workers", "2")  # saves nothing for a long time
INTERRUPTED_FINALISER = """
import os, signal, time
from hpsearch.cli.interruption import Interrupted, interruptible

class Disposed:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

try:
    with interruptible():
        Disposed()
        end = time.monotonic() + 2
        while time.monotonic() < end:
            time.sleep(0.01)
except Interrupted as interrupted:
    raise SystemExit(interrupted.exit_code)
"""


@pytest.mark.parametrize(
    ("number", "workers", "code"),
    [(signal.SIGINT, 1, 130), (signal.SIGTERM, 2, 143), (signal.SIGHUP, 1, 143)],
)
def test_a_signal_stops_a_study_and_tells_how_to_go_on(number, workers, code, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with running(*ENDLESS, "--workers", str(workers), cwd=folder) as live:
        live.wait_for("saved")
        live.process.send_signal(number)
        sent = time.monotonic()
        assert live.process.wait(10) == code
        assert time.monotonic() - sent < 2
        live.assert_nothing_left(0.5)
        stderr = live.stderr()
    told = re.search(
        r"^Stopped\. (\d+) of 5000 trials saved\. Continue: hpsearch (.*)$", stderr, re.M
    )
    assert told is not None, stderr
    assert "Traceback" not in stderr
    assert len(saved_numbers(stderr)) <= int(told[1])
    if workers == 1:
        with running(*shlex.split(told[2]), cwd=folder) as again:
            again.wait_for(f"study endless: 5000 trials, {told[1]} saved before")


def test_a_signal_before_training_tells_what_was_saved_earlier(folder):
    run_partly(folder / "hpsearch.db", "partly", 1)
    saved = len(stored(folder, "partly").trials)
    assert saved
    with running("resume", "partly", "--trials", "3000", "--workers", "2", cwd=folder) as live:
        while not live.workers():  # they start before the data are read
            time.sleep(0.005)
        live.process.send_signal(signal.SIGINT)
        assert live.process.wait(10) == 130
        live.assert_nothing_left(2.0)
        assert "nothing was saved" not in live.stderr()
        assert f"{saved} of " in live.stderr()


def test_whatever_stops_it_at_any_moment_leaves_a_study_that_can_be_finished(tmp_path, run_seconds):
    chance = random.Random(0)
    folder = tmp_path / "folder"
    folder.mkdir()
    STUDY.write(folder)
    for press in Press:
        interrupted(press, folder, run_seconds, chance)
    finish(folder)


def test_a_second_ctrl_c_ends_it_at_once(tmp_path):
    """The first one cannot close the database, because another process holds its lock."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with running(*DEAR, cwd=folder) as live:
        live.wait_for("study endless")
        with write_lock(folder / "hpsearch.db"):
            live.process.send_signal(signal.SIGINT)
            live.process.send_signal(signal.SIGINT)  # as from a program around it: one press
            with pytest.raises(subprocess.TimeoutExpired):
                live.process.wait(1)
            live.process.send_signal(signal.SIGINT)
            sent = time.monotonic()
            assert live.process.wait(10) == 130
            assert time.monotonic() - sent < 0.5
            live.assert_nothing_left(2.0)
        assert live.stderr().splitlines()[-1] == "Stopped at once. What was told as saved is saved."


def test_nohup_keeps_a_study_running_that_has_lost_its_terminal(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with running(*ENDLESS, "--workers", "1", cwd=folder, program=("nohup", *PROGRAM)) as live:
        live.wait_for("saved")
        live.process.send_signal(signal.SIGHUP)
        told = len(saved_numbers(live.stderr()))
        wait_until(lambda: len(saved_numbers(live.stderr())) > told)
        live.process.terminate()
        assert live.process.wait(10) == 143


def test_a_terminal_that_is_closed_ends_a_study_like_a_termination(tmp_path):
    terminal = _at_a_terminal(*ENDLESS, "--workers", "2", cwd=tmp_path)
    terminal.expect(r"saved [0-9]")
    terminal.ptyproc.fileobj.close()
    terminal.ptyproc.wait()
    assert terminal.ptyproc.exitstatus == 143


def test_ctrl_c_while_the_program_loads_ends_it_without_a_word(tmp_path):
    (tmp_path / "typer.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGINT)\n")
    result = run("list", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert (result.returncode, result.stdout, result.stderr) == (-signal.SIGINT, "", "")


def test_ctrl_c_inside_a_finaliser_is_not_lost(tmp_path):
    """Python swallows what is raised while it disposes of an object; the signal must survive."""
    result = subprocess.run(
        [PROGRAM[0], "-P", "-c", INTERRUPTED_FINALISER],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert result.returncode == 130, result.stderr
    assert "Traceback" not in result.stderr


def test_ctrl_c_while_the_result_is_printed_shows_no_traceback(folder):
    """As when it is piped to a pager that does not read on."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    while True:
        try:
            os.write(writing, b"." * 4096)
        except BlockingIOError:
            break
    os.set_blocking(writing, True)
    line = [*PROGRAM, "resume", "tiny", "--trials", "13", "--workers", "1"]
    process = subprocess.Popen(
        line, cwd=folder, env=environment(), stdout=writing, stderr=subprocess.PIPE, text=True
    )
    os.close(writing)
    while not process.stderr.readline().startswith("saved 12"):
        assert process.poll() is None
    wait_until_idle(process.pid)  # it waits for room in the pipe
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=10)
    os.close(reading)
    assert process.returncode == 130
    assert "Traceback" not in stderr


def test_ctrl_c_at_a_terminal_reaches_the_driver_alone(tmp_path):
    terminal = _at_a_terminal(*ENDLESS, "--workers", "2", cwd=tmp_path)
    terminal.expect(r"saved [0-9]")
    terminal.sendintr()
    terminal.sendintr()
    sent = time.monotonic()
    terminal.expect(r"Stopped\. (\d+) of 5000 trials saved\. Continue: hpsearch resume endless\r\n")
    rest = terminal.read()
    terminal.close()
    assert time.monotonic() - sent < 2
    assert terminal.exitstatus == 130
    assert "Traceback" not in rest
    assert run("resume", "endless", "--trials", "1", cwd=tmp_path).returncode == 2  # nobody runs it


def test_a_terminal_shows_a_live_line_and_keeps_the_saved_ones(tmp_path):
    terminal = _at_a_terminal(*TINY, cwd=tmp_path)
    text = terminal.read()
    terminal.close()
    assert terminal.exitstatus == 0
    assert "study tiny: 12 trials" in text
    assert re.search(r"saved [\d,-]+ \(12 of 12\)", text)
    assert "━" in text
    assert "Best-1 (val acc: " in text


def _at_a_terminal(*args, cwd):
    return pexpect.spawn(
        PROGRAM[0],
        [*PROGRAM[1:], *args],
        cwd=str(cwd),
        env=environment(TERM="xterm"),
        encoding="utf-8",
        timeout=60,
        dimensions=(40, 160),
    )
