import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from hpsearch.data import sklearn_process
from hpsearch.data.sklearn_process import sklearn_apart
from hpsearch.data.splits import folds_by_repeat
from hpsearch.domain.spec import SplitSpec
from hpsearch.errors import InvalidStudy
from tests.command_line import PROCESSES, wait_until

CLASSES = np.arange(60) % 3


def rows(divided):
    return [
        (fold.train_rows.tolist(), fold.validation_rows.tolist())
        for folds in divided
        for fold in folds
    ]


@pytest.fixture
def started(monkeypatch):
    """The processes that were started."""
    processes = []
    start = sklearn_process._started

    def kept():
        processes.append(start())
        return processes[-1]

    monkeypatch.setattr(sklearn_process, "_started", kept)
    monkeypatch.setattr(sklearn_process, "LOADED", ("is.not.there",))  # as in a fresh command
    return processes


@pytest.mark.parametrize("split", [SplitSpec(folds=4), SplitSpec(holdout=0.25)])
@pytest.mark.parametrize("is_apart", [True, False])
def test_rows_are_divided_the_same_apart_and_here(split, is_apart, started):
    with sklearn_apart(is_apart=is_apart) as call:
        divided = call(folds_by_repeat, CLASSES, split, 7, range(3))
    assert rows(divided) == rows(folds_by_repeat(CLASSES, split, 7, range(3)))
    assert [each.poll() for each in started] == [0] * is_apart


def test_no_process_is_started_where_all_is_loaded(started, monkeypatch):
    monkeypatch.setattr(sklearn_process, "LOADED", ("sklearn.model_selection",))
    with sklearn_apart(is_apart=True) as call:
        assert rows(call(folds_by_repeat, CLASSES, SplitSpec(folds=4), 7, range(1)))
    assert not started


def test_rows_that_cannot_be_divided_are_refused_by_name(started):
    with (
        sklearn_apart(is_apart=True) as call,
        pytest.raises(InvalidStudy, match="`21` is more than the 20 rows of the smallest class"),
    ):
        call(folds_by_repeat, CLASSES, SplitSpec(folds=21), 0, range(1))


def test_a_killed_process_is_made_up_for(started):
    with sklearn_apart(is_apart=True) as call:
        started[0].kill()
        divided = call(folds_by_repeat, CLASSES, SplitSpec(folds=3), 0, range(1))
    assert rows(divided) == rows(folds_by_repeat(CLASSES, SplitSpec(folds=3), 0, range(1)))
    assert started[0].poll() == -signal.SIGKILL


def test_nothing_is_left_where_no_folds_were_needed(started):
    with sklearn_apart(is_apart=True):
        pass
    assert started[0].poll() == -signal.SIGKILL


@pytest.mark.skipif(not PROCESSES.is_dir(), reason="processes are found through /proc")
def test_it_ends_with_its_parent_before_it_has_loaded_anything(tmp_path):
    """Loading takes seconds on a busy machine, and no process may outlive a killed driver so long.

    A module that never ends stands in for scikit-learn.
    """
    (tmp_path / "sklearn").mkdir()
    (tmp_path / "sklearn" / "__init__.py").write_text("import time\n\ntime.sleep(60)\n")
    code = (
        "import os\n"
        "from hpsearch.data import sklearn_process\n"
        "print(sklearn_process._started().pid, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )
    assert parent.returncode == -signal.SIGKILL
    left = PROCESSES / parent.stdout.strip() / "cmdline"
    wait_until(lambda: not left.exists() or not left.read_bytes(), seconds=10)
