"""Every sampler through the command line: the same study with any number of workers."""

import json
import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.command_line import assert_refused, contents, run
from tests.stored_studies import exported

QUESTION = (
    *("start", "--data", "digits", "--space", "lr,wd,width=4:16,optimizer=sgd|adam"),
    *("--epochs", "2", "--folds", "2", "--name", "study", "--generation", "5"),
)
needs_torch = pytest.mark.skipif(
    find_spec("torch") is None, reason="PyTorch is missing: `pip install 'hpsearch[gp]'`"
)


@pytest.mark.parametrize("sampler", ["tpe", pytest.param("gp", marks=needs_torch)])
def test_one_worker_and_two_end_with_the_same_bytes(sampler, tmp_path):
    exports = []
    for workers in ("1", "2"):
        folder = tmp_path / workers
        folder.mkdir()
        line = (*QUESTION, "--sampler", sampler, "--trials", "18", "--workers", workers)
        result = run(*line, cwd=folder)
        assert result.returncode == 0, result.stderr
        assert "saved" in result.stderr.splitlines()[-1]
        assert "optuna" not in result.stderr.lower()
        exports.append(exported(folder, "study"))
    assert exports[0] == exports[1]
    study = json.loads(exports[0])
    assert study["study"]["spec"]["search"] == {"sampler": sampler, "seed": 0, "generation": 5}
    assert len(study["trials"]) == 18


def test_another_sampler_is_another_question(finished, tmp_path):
    line = ("start", "--data", "digits", "--space", "lr,wd", "--name", "tiny", "--sampler", "tpe")
    result = run(*line, "--storage", f"sqlite:///{finished}/hpsearch.db", cwd=tmp_path)
    assert_refused(result, 2, "sampler: stored `random`, asked `tpe`")


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_library_that_is_missing_is_said_at_the_start(more, tmp_path):
    """Python is started as it is where PyTorch was never installed."""
    hidden, folder = tmp_path / "hidden", tmp_path / "folder"
    hidden.mkdir()
    folder.mkdir()
    (hidden / "sitecustomize.py").write_text("import sys; sys.modules['torch'] = None\n")
    path = os.pathsep.join([str(hidden), str(Path(__file__).parents[2])])
    result = run(*QUESTION, "--sampler", "gp", *more, cwd=folder, PYTHONPATH=path)
    assert_refused(result, 2, "sampler: `gp` needs PyTorch, which is not installed")
    assert "hint: `pip install 'hpsearch[gp]'`" in result.stderr
    assert contents(folder) == {}
