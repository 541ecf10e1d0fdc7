"""SIGKILL at instants drawn from a seed: of the driver, of workers, of all of them together.

What must hold after each kill is in `invariants`; `long` does the same thousands of times.
"""

from importlib.util import find_spec

import pytest

from tests.command_line import PROCESSES
from tests.faults.fault_plan import STUDIES, Kind, drawn, plan_of
from tests.faults.harness import campaign, examine, undisturbed_seconds
from tests.faults.short_studies import ShortStudy

needs_torch = pytest.mark.skipif(
    find_spec("torch") is None, reason="PyTorch is missing: `pip install 'hpsearch[gp]'`"
)

KILLS = 10  # of each of the six kinds of study
# From 6 k on: each of the studies is the first of one of the kinds.
SEEDS = range(6006, 6006 + 7 * len(STUDIES), 7)


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_killed_again_and_again_a_study_loses_no_saved_trial_and_no_bit(
    seed, tmp_path, run_seconds
):
    done = campaign(seed, KILLS, tmp_path, run_seconds)
    assert done.kills.total() == KILLS
    assert done.acknowledged


@pytest.mark.skipif(not PROCESSES.is_dir(), reason="processes are found through /proc")
@pytest.mark.parametrize("seed", SEEDS[1::2])
def test_nor_does_one_whose_commands_are_loaded_already(seed, warm, tmp_path):
    (tmp_path / "undisturbed").mkdir()
    seconds = undisturbed_seconds(tmp_path / "undisturbed", warm.running)
    done = campaign(seed, KILLS, tmp_path, seconds, warm.running)
    assert done.kills.total() == KILLS
    assert done.acknowledged


@pytest.mark.parametrize("sampler", ["grid", pytest.param("gp", marks=needs_torch)])
def test_so_do_the_samplers_that_have_no_stages(sampler, tmp_path, run_seconds):
    plan = drawn(6000, ShortStudy(sampler))
    assert examine(plan, tmp_path / "plan", run_seconds, most=2).kills.total()


def test_a_plan_is_the_same_for_the_same_seed_and_can_be_kept():
    plans = [drawn(seed) for seed in range(60)]
    assert plans == [drawn(seed) for seed in range(60)]
    assert plans == [plan_of(plan.text()) for plan in plans]
    assert len(set(plans)) == len(plans)
    assert {(plan.study.sampler, plan.study.is_halved) for plan in plans} == set(STUDIES)
    assert {fault.kind for plan in plans for fault in plan.faults} == set(Kind)
