from tests.command_line import run, saved_numbers
from tests.stored_studies import run_partly, stored


def test_a_new_total_lengthens_a_finished_study(folder):
    before = stored(folder, "tiny").trials
    result = run("resume", "tiny", "--trials", "20", cwd=folder)
    assert result.returncode == 0, result.stderr
    assert result.stderr.startswith("study tiny: 20 trials, 12 saved before\n")
    assert saved_numbers(result.stderr) == set(range(12, 20))
    after = stored(folder, "tiny").trials
    assert [trial.number for trial in after] == list(range(20))
    assert [trial.score for trial in after[:12]] == [trial.score for trial in before]


def test_a_finished_study_is_shown(folder):
    result = run("resume", "tiny", "--trials", "12", cwd=folder)
    assert result.returncode == 0
    assert result.stderr == "study tiny is finished; nothing to do.\n"
    assert result.stdout.startswith("Best-1 ")


def test_without_a_name_the_latest_unfinished_study_goes_on(folder):
    for name in ("earlier", "later"):
        run_partly(folder / "hpsearch.db", name, 0)
    result = run("resume", cwd=folder)
    assert result.returncode == 0, result.stderr
    assert result.stderr.startswith("study later: 12 trials\n")
    assert stored(folder, "later").is_finished
    assert not stored(folder, "earlier").trials


def test_nothing_but_the_number_of_trials_can_be_changed(folder):
    assert run("resume", "tiny", "--epochs", "9", cwd=folder).returncode == 2
