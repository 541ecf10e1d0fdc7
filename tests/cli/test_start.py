import json
import re
import shlex

from tests.command_line import TINY, contents, run, saved_numbers, succeed

QUESTION = ("--data", "digits", "--space", "lr,wd", "--folds", "2")


def test_a_study_prints_its_best_on_stdout_and_its_progress_on_stderr(tmp_path):
    result = run(*TINY, cwd=tmp_path)
    assert result.returncode == 0
    assert saved_numbers(result.stderr) == set(range(12))
    assert result.stderr.startswith("study tiny: 12 trials\n")
    assert "(12 of 12)" in result.stderr.splitlines()[-1]
    assert re.match(r"Best-1 \(val acc: 0\.\d{3}\) \| lr: \S+, wd: \S+\nBest-2 ", result.stdout)
    assert "All 12 trials are in hpsearch.db" in result.stdout
    assert "\033" not in result.stdout + result.stderr


def test_any_number_of_workers_gives_the_same_bytes(finished, tmp_path):
    expected = succeed("export", "tiny", cwd=finished)
    for workers in ("1", "3"):  # the other one has as many as there are cores
        folder = tmp_path / workers
        folder.mkdir()
        succeed(*TINY, "--workers", workers, cwd=folder)
        assert succeed("export", "tiny", cwd=folder) == expected


def test_the_same_line_again_shows_the_finished_study(folder):
    before = contents(folder)
    result = run(*TINY, cwd=folder)
    assert result.returncode == 0
    assert result.stderr == "study tiny is finished; nothing to do.\n"
    assert result.stdout.startswith("Best-1 ")
    assert contents(folder) == before


def test_the_same_line_without_its_number_of_trials_is_the_same_question(folder):
    line = [each for each in TINY if each not in ("--trials", "12")]
    assert run(*line, cwd=folder).stderr == "study tiny is finished; nothing to do.\n"


def test_a_dry_run_prints_the_plan_and_makes_no_file(tmp_path):
    printed = succeed(*TINY, "--dry-run", cwd=tmp_path)
    assert "Study     tiny, seed 0" in printed
    assert "Network   64-8-10, relu, initial weights he" in printed
    assert "24 trainings, about " in printed
    assert " MB of memory. Nothing was made." in printed
    assert contents(tmp_path) == {}


def test_a_dry_run_refuses_what_a_run_would_refuse(tmp_path):
    line = ("start", "--data", "digits", "--space", "lr", "--folds", "175")
    assert run(*line, "--dry-run", cwd=tmp_path).returncode == 2


def test_flags_override_the_study_file(tmp_path):
    (tmp_path / "mine.toml").write_text(
        '[data]\nname = "digits"\n[split]\nfolds = 5\n[network]\nhidden = [64, 32]\n'
        '[training]\nepochs = 9\nbatch = 16\n[space]\nlr = "1e-3:1"\n[search]\ntrials = 7\n'
    )
    flags = ("--holdout", "0.25", "--epochs", "3", "--set", "hidden=8x3", "--space", "wd")
    printed = succeed("start", "mine.toml", *flags, "--dry-run", cwd=tmp_path)
    assert "Study     mine, seed 0" in printed
    assert "25% held out" in printed
    assert "64-8x3-10" in printed
    assert "batch 16, 3 epochs" in printed
    assert "7 trainings, about " in printed
    assert re.search(r"\bwd\b", printed)
    assert not re.search(r"\blr\b", printed)


def test_a_study_is_named_after_its_data_and_space(tmp_path):
    assert "Study     digits-lr-wd, " in succeed("start", *QUESTION, "--dry-run", cwd=tmp_path)


def test_a_packaged_study_can_be_started_by_its_name(tmp_path):
    printed = succeed("start", "book-mnist", "--seed", "3", "--dry-run", cwd=tmp_path)
    assert "Study     book-mnist, seed 3" in printed
    assert "784-100x6-10" in printed


def test_the_default_question_is_the_book_s(tmp_path):
    printed = succeed("start", "--space", "lr,wd", "--dry-run", cwd=tmp_path)
    assert "Study     mnist-lr-wd, seed 0" in printed
    assert "mnist: 500 rows, 20% held out for validation, 4500 more sealed" in printed
    assert "784-100x6-10, relu" in printed
    assert "sgd, batch 100, 50 epochs" in printed


def test_the_storage_can_be_named_in_the_environment_or_by_a_flag(tmp_path):
    environment = {"HPSEARCH_STORAGE": "sqlite:///from-environment.db"}
    succeed("db", "upgrade", cwd=tmp_path, **environment)
    succeed(
        "db", "upgrade", "--storage", "sqlite:///from flag%20?#.db", cwd=tmp_path, **environment
    )
    databases = {path.name for path in tmp_path.glob("*.db")}
    assert databases == {"from-environment.db", "from flag%20?#.db"}


def test_suggested_commands_work_as_they_are_printed(tmp_path):
    line = ("start", *QUESTION, "--epochs", "1", "--trials", "1", "--name", "two words")
    printed = succeed(*line, "--storage", "sqlite:///my own.db", cwd=tmp_path)
    suggested = re.findall(r"^  hpsearch (show .*)", printed, re.MULTILINE)
    assert len(suggested) == 1
    shown = succeed(*shlex.split(suggested[0]), cwd=tmp_path)
    assert shown.startswith("Study     two words")


def test_a_study_whose_every_trial_diverges_ends_with_3(tmp_path):
    line = ("start", *QUESTION, "--epochs", "2", "--trials", "3", "--name", "wild")
    wild = ("--space", "lr=9:10", "--set", "wd=9", "--set", "hidden=8")
    result = run(*line, *wild, cwd=tmp_path)
    assert result.returncode == 3
    assert "error: none of the 3 trials of study `wild` has a score" in result.stderr
    assert "Warning" not in result.stderr
    exported = json.loads(succeed("export", "wild", cwd=tmp_path))
    assert [trial["state"] for trial in exported["trials"]] == ["diverged"] * 3
    assert {trial["score"] for trial in exported["trials"]} == {None}
    assert run("best", "wild", cwd=tmp_path).returncode == 3
    assert "3 diverged" in succeed("show", "wild", cwd=tmp_path)
    assert _listed(tmp_path)[0]["best_score"] is None


def test_another_seed_gives_another_study(finished, tmp_path):
    succeed(*TINY, "--seed", "9223372036854775807", cwd=tmp_path)
    assert _configurations(tmp_path).isdisjoint(_configurations(finished))


def test_a_module_in_the_user_s_folder_is_not_imported(tmp_path):
    for name in ("numpy", "queue", "alembic", "hpsearch", "sklearn", "socket"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the folder')")
    succeed(*TINY, "--workers", "2", cwd=tmp_path)


def _listed(folder):
    return json.loads(succeed("list", "--format", "json", cwd=folder))


def _configurations(folder):
    trials = json.loads(succeed("export", "tiny", cwd=folder))["trials"]
    return {tuple(trial["configuration"].values()) for trial in trials}
