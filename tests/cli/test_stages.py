"""`--stages`, `--prune`, `--confirm`, `--try`: what is refused, what is told, what is exported."""

import json
import re

import pytest

from hpsearch.domain.ranking import best_trials
from hpsearch.domain.trial import Origin
from tests.command_line import assert_refused, contents, run, saved_numbers, succeed
from tests.stored_studies import stored

SMALL = ("start", "--data", "digits", "--space", "lr,wd", "--epochs", "6", "--folds", "2")
STAGED = (
    *("start", "--data", "digits", "--space", "lr=1e-3:1,wd", "--name", "staged"),
    *("--set", "hidden=8", "--epochs", "8", "--trials", "42", "--folds", "2"),
    *("--stages", "2", "--confirm", "2", "--try", "lr=0.3"),
)
REFUSED = [
    (("--stages", "3", "--trials", "50"), "`3` stages need 60 trials, `50` are planned"),
    (("--stages", "0"), "`0` must be 1 or more"),
    (("--prune", "halving", "--epochs", "3"), "halving needs 4 epochs or more, `3`"),
    (("--prune", "epochs:6"), "`epochs:6` gives up nothing in trainings of 6 epochs"),
    (("--prune", "median"), "`median` is not a way to give up early"),
    (("--confirm", "-1"), "`-1` finalists are outside 0 to 100"),
    (("--try", "momentum=0.9"), "unknown hyperparameter of the space `momentum`"),
    (("--try", "lrr=0.9"), "unknown hyperparameter `lrr`"),
    (("--try", "lr=99"), "`99` is outside the limits"),
    (("--try", "lr"), "`lr` is no value"),
    (("--try", "wd=11"), "`11` is outside the limits"),
    (("--space", "optimizer=sgd|adam", "--try", "optimizer=adagrad"), "none of the space's"),
    (("--set", "optimizer=sgd", "--try", "optimizer=sgd"), "of the space `optimizer`"),
    (("--space", "lr,batch", "--try", "batch=1500"), "`1500` is more than the 898 training rows"),
    (("--space", "lr=0.1|0.2", "--sampler", "grid", "--baseline"), "makes no sense for a grid"),
    (("--trials", "2", "--try", "lr=0.1", "--try", "lr=0.2"), "`2` configurations beside"),
    (("--space", "lr=0.1|0.2", "--sampler", "grid", "--stages", "2"), "makes no sense for a grid"),
    (("--space", "lr=0.1|0.2", "--sampler", "grid", "--try", "lr=1"), "makes no sense for a grid"),
]


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    """A folder with a finished study of two stages, and what was told of it."""
    folder = tmp_path_factory.mktemp("staged")
    return folder, run(*STAGED, cwd=folder)


@pytest.mark.parametrize(("flags", "told"), REFUSED, ids=[" ".join(each) for each, _ in REFUSED])
def test_what_makes_no_sense_is_refused_in_one_line_and_nothing_is_written(
    flags, told, warm, tmp_path
):
    # One worker: rows are then divided in the warm process, which has what that takes loaded.
    assert_refused(warm.run(*SMALL, "--workers", "1", *flags, cwd=tmp_path), 2, told)
    assert contents(tmp_path) == {}


def test_a_small_budget_is_no_reason_to_complain(tmp_path):
    printed = succeed(*SMALL, "--trials", "20", "--dry-run", cwd=tmp_path)
    assert "Search    random, 20 trials" in printed
    printed = succeed(*SMALL, "--epochs", "1", "--trials", "60", "--dry-run", cwd=tmp_path)
    assert "60 trials, stages of 24, 18, 18\n" in printed
    assert "halving" not in printed


def test_the_default_configuration_is_tried_unless_it_is_not_wanted(tmp_path):
    line = (*SMALL, "--space", "seed", "--dry-run")
    printed = " ".join(succeed(*line, cwd=tmp_path).split())
    assert "First the configuration nearest to the default (lr: 0.01, wd: 1e-08)" in printed
    assert "First " not in succeed(*line, "--no-baseline", cwd=tmp_path)


def test_help_says_what_the_options_mean(tmp_path):
    printed = " ".join(succeed("start", "--help", cwd=tmp_path, COLUMNS="200").split())
    for option in ("--stages", "--prune", "--confirm", "--try", "--no-baseline", "--timeout"):
        assert option in printed
    assert "halving, none, or epochs:N" in printed


def test_a_run_tells_of_stages_verdicts_and_confirmations(staged):
    _, result = staged
    assert result.returncode == 0, result.stderr
    lines = result.stderr.splitlines()
    assert lines[0] == "study staged: 42 trials · stage 1 of 2"
    assert saved_numbers(result.stderr) == set(range(42))
    assert "given up after 2 epochs" in result.stderr
    judged = [index for index, line in enumerate(lines) if line.startswith("After stage ")]
    assert [lines[index] for index in judged] == ["After stage 1:", "After stage 2:"]
    assert lines[judged[0] + 1].startswith("  lr: ")
    assert "stage 2 of 2: trials 24-41" in lines
    assert lines[-1] == "confirmed 16 of 16 (2 finalists)"
    assert max(map(len, (line for line in lines if line.startswith("  ")))) <= 80


def test_the_confirmed_come_first_and_are_held_against_the_default(staged):
    _, result = staged
    first, second, third, *_ = result.stdout.splitlines()
    assert "| confirmed; in the search 0." in first
    assert "| confirmed; in the search 0." in second
    assert "confirmed" not in third
    told = " ".join(result.stdout.split())
    assert "mean of 4 more trainings with fresh seeds and fresh splits" in told
    assert re.search(
        r"better than the default configuration \(lr: 0.01, wd: off: 0\.\d+ in the search\)", told
    )
    assert "Giving up early: " in told
    assert "After stage 2: lr: " in told


def test_show_draws_each_range_and_says_each_verdict_once(staged):
    folder, _ = staged
    printed = succeed("show", "staged", cwd=folder)
    assert "Search    random, 42 trials, stages of 24, 18; halving" in printed
    table = [line for line in printed.splitlines() if line.startswith(("lr ", "wd "))]
    assert len(table) >= 2
    assert all("█" in line and len(line) <= 80 for line in table)
    assert printed.count("After stage 1:") == printed.count("After stage 2:") == 1
    assert printed.index("After stage 2:") < printed.index("Best-1 ")


def test_the_export_has_verdicts_finalists_and_every_evaluation(staged):
    folder, _ = staged
    values = json.loads(succeed("export", "staged", cwd=folder))
    first, last = values["stages"]
    assert first["finalists"] == []
    assert len(last["finalists"]) == 2
    for stage in (first, last):
        for name in ("lr", "wd"):
            verdict = stage["verdicts"][name]
            assert verdict["action"] in ("keep", "widen", "shrink")
            assert verdict["evidence"]["sentence"]
            assert {"low", "high", "low_side", "high_side"} <= set(verdict)
    moved = first["verdicts"]["lr"]
    assert (last["ranges"]["lr"]["low"], last["ranges"]["lr"]["high"]) == (
        moved["low"],
        moved["high"],
    )
    purposes = {each["purpose"] for trial in values["trials"] for each in trial["folds"]}
    assert purposes == {"rung", "search", "audit", "confirm"}
    assert values["study"]["spec"]["search"]["try"] == ["lr=0.3,wd=off"]


def test_the_best_are_exported_in_the_order_that_is_shown(staged):
    folder, _ = staged
    rows = json.loads(succeed("best", "staged", "4", "--format", "json", cwd=folder))
    assert [row["rank"] for row in rows] == [1, 2, 3, 4]
    confirmed = [row["confirmed_score"] for row in rows]
    assert confirmed[0] >= confirmed[1] > 0
    assert confirmed[2:] == [None, None]
    assert rows[2]["score"] >= rows[3]["score"]
    shown = json.loads(succeed("show", "staged", "--format", "json", cwd=folder))
    assert [row["number"] for row in shown["best"][:4]] == [row["number"] for row in rows]
    assert set(shown["stages"][0]["verdicts"]) == {"lr", "wd"}


def test_a_table_has_the_folds_of_the_search_alone(staged):
    folder, _ = staged
    header, *rows = succeed("export", "staged", "--format", "csv", cwd=folder).splitlines()
    assert header.endswith(",mean_train_score,split0_test_score,split1_test_score")
    for row in rows:
        values = dict(zip(header.split(","), row.split(","), strict=True))
        if values["state"] == "COMPLETE":
            mean = (float(values["split0_test_score"]) + float(values["split1_test_score"])) / 2
            assert mean == pytest.approx(float(values["value"]))
        else:
            assert values["value"] == values["split0_test_score"] == ""


def test_an_exported_study_file_starts_the_study_that_should_follow(staged, tmp_path):
    folder, _ = staged
    (tmp_path / "hpsearch.db").write_bytes((folder / "hpsearch.db").read_bytes())
    succeed("export", "staged", "--format", "toml", "-o", "next.toml", cwd=tmp_path)
    result = run("start", "next.toml", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    before, after = stored(tmp_path, "staged"), stored(tmp_path, "staged-next")
    assert after.is_finished
    assert after.stages[0].space == before.stages[-1].result.space
    (best,) = best_trials(before.trials, 1)
    user = [each for each in after.trials if each.origin is Origin.USER]
    assert [each.configuration for each in user] == [best.configuration]
    assert user[0].outcome.is_complete
    again = run("start", "next.toml", cwd=tmp_path)
    assert again.stderr == "study staged-next is finished; nothing to do.\n"


def test_more_trials_are_one_more_stage(staged, tmp_path):
    folder, _ = staged
    (tmp_path / "hpsearch.db").write_bytes((folder / "hpsearch.db").read_bytes())
    result = run("resume", "staged", "--trials", "62", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stderr.startswith("study staged: 62 trials, 42 saved before · stage 3 of 3\n")
    assert saved_numbers(result.stderr) == set(range(42, 62))


def test_the_line_that_started_a_study_shows_it_also_after_an_early_stop(tmp_path):
    """Every trial is as good as the best: 24 of the 60 trials are enough to see it."""
    line = (
        *("start", "--data", "digits", "--space", "lr=0.299:0.301,wd=1e-8:1e-7"),
        *("--set", "hidden=32", "--epochs", "8", "--folds", "2", "--trials", "60"),
        *("--prune", "none", "--confirm", "0", "--name", "flat"),
    )
    result = run(*line, cwd=tmp_path)
    assert "(24 of 60)" in result.stderr
    assert "The search stops: plateau: " in result.stderr
    again = run(*line, cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, result.stdout)
    assert again.stderr == "study flat is finished; nothing to do.\n"
