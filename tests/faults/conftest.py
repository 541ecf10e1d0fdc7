import json
import time

import pytest

from tests.command_line import PROCESSES, TINY, run, succeed
from tests.faults.crash_study import STUDY, Uninterrupted
from tests.faults.placed import truth
from tests.faults.strace import why_not


@pytest.fixture(scope="session")
def uninterrupted(tmp_path_factory):
    if not PROCESSES.is_dir():
        pytest.skip("processes are found through /proc")
    folder = tmp_path_factory.mktemp("uninterrupted")
    started = time.monotonic()
    result = run(*STUDY, cwd=folder)
    seconds = time.monotonic() - started
    assert result.returncode == 0, result.stderr
    export = succeed("export", "crash", cwd=folder)
    trials = {trial["number"]: trial for trial in json.loads(export)["trials"]}
    assert len(trials) == 24
    return Uninterrupted(export, trials, seconds)


@pytest.fixture(scope="session")
def true(warm, tmp_path_factory):
    """What the study gives into which faults are placed; skips where none can be."""
    if reason := why_not():
        pytest.skip(reason)
    return truth(warm, tmp_path_factory.mktemp("true") / "study")


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A folder with a database that holds one finished study, `tiny`; not to be changed."""
    folder = tmp_path_factory.mktemp("finished")
    succeed(*TINY, cwd=folder)
    return folder
