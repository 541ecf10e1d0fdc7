"""SIGKILL in the middle of a generation: the sampler goes on as if nothing had been."""

from importlib.util import find_spec

import pytest

from tests.command_line import running, saved_numbers, succeed, wait_until
from tests.stored_studies import exported, stored

STUDY = (
    *("start", "--data", "digits", "--space", "lr,wd,dropout", "--name", "study"),
    *("--set", "hidden=16", "--epochs", "9", "--folds", "3", "--trials", "24"),
)
needs_torch = pytest.mark.skipif(
    find_spec("torch") is None, reason="PyTorch is missing: `pip install 'hpsearch[gp]'`"
)
SAMPLERS = ["random", "sobol", "tpe", pytest.param("gp", marks=needs_torch)]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_killed_study_goes_on_with_the_same_proposals(sampler, tmp_path):
    """From the fourth generation on, trials are proposed from those before them."""
    line = (*STUDY, "--sampler", sampler, "--generation", "4")
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for folder in (whole, cut):
        folder.mkdir()
    succeed(*line, "--workers", "1", cwd=whole)
    with running(*line, "--workers", "2", cwd=cut) as live:
        wait_for_saved(live, 13)
        live.process.kill()
        assert live.process.wait() == -9
    left = len(stored(cut, "study").trials)
    assert 13 <= left < 24
    succeed(*line, "--workers", "2", cwd=cut)
    assert exported(cut, "study") == exported(whole, "study")


def test_a_killed_grid_goes_on_with_the_combinations_that_are_left(tmp_path):
    line = (
        *("start", "--data", "digits", "--sampler", "grid", "--name", "study", "--epochs", "20"),
        *("--space", "lr=0.3|0.1|0.03|0.01,wd=off|1e-3|1e-2,dropout=off|0.2", "--folds", "3"),
    )
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for folder in (whole, cut):
        folder.mkdir()
    succeed(*line, "--workers", "1", cwd=whole)
    with running(*line, "--workers", "2", cwd=cut) as live:
        wait_for_saved(live, 3)
        live.process.kill()
        assert live.process.wait() == -9
    assert 3 <= len(stored(cut, "study").trials) < 24
    succeed(*line, "--workers", "2", cwd=cut)
    assert exported(cut, "study") == exported(whole, "study")


def wait_for_saved(live, trials):
    """Until the command has told so many trials as saved, or has ended."""
    wait_until(
        lambda: len(saved_numbers(live.stderr())) >= trials or live.process.poll() is not None
    )
