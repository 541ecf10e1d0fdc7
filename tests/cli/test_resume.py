import json

from tests.command_line import TINY, run, saved_numbers, succeed
from tests.partial_study import run_partly


def test_a_longer_total_gives_what_the_longer_study_gives(folder, tmp_path):
    result = run("resume", "tiny", "--trials", "20", cwd=folder)
    assert result.returncode == 0
    assert saved_numbers(result.stderr) == set(range(12, 20))
    assert "20 trials, 12 saved before" in result.stderr
    longer = tmp_path / "longer"
    longer.mkdir()
    succeed(*TINY, "--trials", "20", cwd=longer)
    assert succeed("export", "tiny", cwd=folder) == succeed("export", "tiny", cwd=longer)


def test_a_finished_study_is_shown(folder):
    for more in ((), ("--trials", "12")):
        result = run("resume", "tiny", *more, cwd=folder)
        assert result.returncode == 0
        assert result.stderr == "study tiny is finished; nothing to do.\n"
        assert result.stdout.startswith("Best-1 ")


def test_without_a_name_the_latest_unfinished_study_goes_on(folder):
    for name in ("earlier", "later"):
        run_partly(folder, name, 0)
    result = run("resume", cwd=folder)
    assert result.returncode == 0, result.stderr
    assert result.stderr.startswith("study later: 12 trials\n")
    rows = json.loads(succeed("list", "--format", "json", cwd=folder))
    finished = [(row["name"], row["finished"]) for row in rows]
    assert finished == [("tiny", 12), ("earlier", 0), ("later", 12)]


def test_the_same_start_line_goes_on_with_an_unfinished_study(finished, tmp_path):
    run_partly(tmp_path, "tiny", 0)
    assert saved_numbers(run(*TINY, cwd=tmp_path).stderr) == set(range(12))
    assert succeed("export", "tiny", cwd=tmp_path) == succeed("export", "tiny", cwd=finished)


def test_an_unfinished_study_can_be_lengthened(tmp_path):
    run_partly(tmp_path, "tiny", 0)
    result = run("resume", "tiny", "--trials", "14", cwd=tmp_path)
    assert saved_numbers(result.stderr) == set(range(14))


def test_nothing_but_the_number_of_trials_can_be_changed(folder):
    assert run("resume", "tiny", "--epochs", "9", cwd=folder).returncode == 2
