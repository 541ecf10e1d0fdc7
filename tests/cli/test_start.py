import json
import re
import shlex

from tests.command_line import TINY, contents, run, saved_numbers, succeed
from tests.stored_studies import exported, run_partly

QUESTION = ("--data", "digits", "--space", "lr,wd", "--folds", "2")


def test_a_study_prints_its_best_on_stdout_and_its_progress_on_stderr(first_run):
    _, result = first_run
    assert result.returncode == 0
    assert saved_numbers(result.stderr) == set(range(12))
    assert result.stderr.startswith("study tiny: 12 trials\n")
    saved, judged, *verdicts = result.stderr.splitlines()[-4:]
    assert "(12 of 12)" in saved
    assert judged == "After stage 1:"
    assert [each[:11] for each in verdicts] == ["  lr: kept:", "  wd: kept:"]
    assert re.match(r"Best-1 \(val acc: 0\.\d{3}\) \| lr: \S+, wd: \S+\nBest-2 ", result.stdout)
    assert "All 12 trials are in hpsearch.db" in result.stdout
    assert "\033" not in result.stdout + result.stderr


def test_one_worker_that_goes_on_by_the_same_line_gives_the_same_bytes(finished, tmp_path):
    run_partly(tmp_path / "hpsearch.db", "tiny", 0)
    result = run(*TINY, "--workers", "1", cwd=tmp_path)
    assert saved_numbers(result.stderr) == set(range(12))
    assert exported(tmp_path, "tiny") == exported(finished, "tiny")


def test_three_workers_among_misleading_modules_give_the_same_bytes(finished, tmp_path):
    for name in ("numpy", "queue", "alembic", "hpsearch", "sklearn", "socket"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the folder')")
    succeed(*TINY, "--workers", "3", cwd=tmp_path)
    assert exported(tmp_path, "tiny") == exported(finished, "tiny")


def test_the_same_line_again_shows_the_finished_study(folder):
    before = contents(folder)
    line = [each for each in TINY if each not in ("--trials", "12")]
    result = run(*line, cwd=folder)
    assert result.returncode == 0
    assert result.stderr == "study tiny is finished; nothing to do.\n"
    assert result.stdout.startswith("Best-1 ")
    assert contents(folder) == before


def test_a_dry_run_prints_the_plan_and_makes_no_file(tmp_path):
    printed = succeed("start", *QUESTION, "--set", "hidden=8", "--dry-run", cwd=tmp_path)
    assert "Study     digits-lr-wd, seed 0" in printed
    assert "Network   64-8-10, relu, initial weights he" in printed
    told = " ".join(printed.split())
    assert re.search(
        r"About \d+ trainings, \d+ of them in full, 40 of them to confirm the finalists: "
        r"about \d+ s on \d+ workers? \(\d+ s if nothing can be given up\), \d+ MB of memory. "
        r"Nothing was made.",
        told,
    )
    assert "100 trials, stages of 40, 30, 30; halving after 5 and 15 of 50 epochs\n" in printed
    assert "First     the default configuration (lr: 0.01, wd: off)\n" in printed
    assert contents(tmp_path) == {}


def test_a_dry_run_tells_how_a_search_goes(tmp_path):
    line = ("start", *QUESTION, "--dry-run", "--sampler", "tpe", "--trials", "60")
    printed = succeed(*line, "--try", "lr=0.3", "--timeout", "10m", "--confirm", "0", cwd=tmp_path)
    assert "tpe, 60 trials, stages of 24, 18, 18, 8 at a time\n" in printed
    assert "First     the default configuration (lr: 0.01, wd: off), yours (lr: 0.3, wd: off)" in (
        printed
    )
    assert "\n120 trainings: about " in printed
    assert "A run ends after 10 min; `hpsearch resume` goes on.\n" in printed
    elsewhere = ("start", "--data", "digits", "--space", "lr=0.1:1", "--dry-run")
    printed = succeed(*elsewhere, "--prune", "epochs:5", cwd=tmp_path)
    assert "First     no default configuration, which lies outside the space\n" in printed
    assert "; giving up after 5 of 50 epochs\n" in printed


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
    assert "27 trainings, 20 of them to confirm the finalists: about " in printed
    assert re.search(r"\bwd\b", printed)
    assert not re.search(r"\blr\b", printed)


def test_a_packaged_study_can_be_started_by_its_name(tmp_path):
    printed = succeed("start", "book-mnist", "--seed", "3", "--dry-run", cwd=tmp_path)
    assert "Study     book-mnist, seed 3" in printed
    assert "784-100x6-10" in printed


def test_the_number_of_rows_can_be_asked_for(tmp_path):
    printed = succeed("start", "book-mnist", "--rows", "1000", "--dry-run", cwd=tmp_path)
    assert "mnist: 1000 rows, 20% held out for validation, 4000 more sealed" in printed


def test_the_default_question_is_the_book_s(tmp_path):
    printed = succeed("start", "--space", "lr,wd", "--dry-run", cwd=tmp_path)
    assert "Study     mnist-lr-wd, seed 0" in printed
    assert "mnist: 500 rows, 20% held out for validation, 4500 more sealed" in printed
    assert "784-100x6-10, relu" in printed
    assert "sgd, batch 100, 50 epochs" in printed


def test_the_storage_can_be_named_in_the_environment_or_by_a_flag(tmp_path):
    named = {"HPSEARCH_STORAGE": "sqlite:///from-environment.db"}
    succeed("db", "upgrade", cwd=tmp_path, **named)
    succeed("db", "upgrade", "--storage", "sqlite:///from flag%20?#.db", cwd=tmp_path, **named)
    databases = {path.name for path in tmp_path.glob("*.db")}
    assert databases == {"from-environment.db", "from flag%20?#.db"}


def test_suggested_commands_work_as_they_are_printed(tmp_path):
    run_partly(tmp_path / "my own.db", "two words", 100)
    printed = succeed("resume", "two words", "--storage", "sqlite:///my own.db", cwd=tmp_path)
    (suggested,) = re.findall(r"^  hpsearch (show .*)", printed, re.MULTILINE)
    shown = succeed(*shlex.split(suggested), cwd=tmp_path)
    assert shown.startswith("Study     two words")


def test_a_study_whose_every_trial_diverges_ends_with_3(tmp_path):
    line = ("start", *QUESTION, "--epochs", "2", "--trials", "3", "--name", "wild")
    wild = ("--space", "lr=9:10", "--set", "wd=9", "--set", "hidden=8")
    result = run(*line, *wild, cwd=tmp_path)
    assert result.returncode == 3
    assert "error: none of the 3 trials of study `wild` has a score" in result.stderr
    assert "Warning" not in result.stderr
    trials = json.loads(exported(tmp_path, "wild"))["trials"]
    assert [trial["state"] for trial in trials] == ["diverged"] * 3
    assert {trial["score"] for trial in trials} == {None}
    assert run("best", "wild", cwd=tmp_path).returncode == 3
    assert "3 diverged" in succeed("show", "wild", cwd=tmp_path)
