import json

from tests.command_line import ENDLESS, contents, running, saved_numbers, succeed


def test_upgrade_makes_a_missing_database_once(tmp_path):
    succeed("db", "upgrade", cwd=tmp_path)
    before = contents(tmp_path)
    assert "hpsearch.db" in before
    succeed("db", "upgrade", cwd=tmp_path)
    assert contents(tmp_path) == before
    assert succeed("list", cwd=tmp_path) == "no studies yet\n"
    assert succeed("list", "--format", "json", cwd=tmp_path) == "[]\n"


def test_status_tells_where_and_how_much(finished):
    values = json.loads(succeed("db", "status", "--format", "json", cwd=finished))
    assert values["file"] == str((finished / "hpsearch.db").resolve())
    assert values["bytes"] == (finished / "hpsearch.db").stat().st_size
    assert (values["studies"], values["trials"]) == (1, 12)


def test_check_finds_a_good_database_sound_and_leaves_nothing_behind(folder):
    before = contents(folder)
    assert succeed("db", "check", cwd=folder) == "hpsearch.db is sound\n"
    assert contents(folder) == before


def test_a_backup_is_the_same_store(folder):
    succeed("db", "backup", "copy.db", cwd=folder)
    copied = ("--storage", "sqlite:///copy.db")
    assert succeed("export", "tiny", *copied, cwd=folder) == succeed("export", "tiny", cwd=folder)
    succeed("db", "check", *copied, cwd=folder)


def test_a_backup_made_during_a_run_holds_what_was_saved(tmp_path):
    with running(*ENDLESS, "--workers", "1", cwd=tmp_path) as live:
        live.wait_for("saved")
        before = saved_numbers(live.stderr())
        succeed("db", "backup", "copy.db", cwd=tmp_path)
    copied = ("--storage", "sqlite:///copy.db")
    succeed("db", "check", *copied, cwd=tmp_path)
    trials = json.loads(succeed("export", "endless", *copied, cwd=tmp_path))["trials"]
    assert before <= {trial["number"] for trial in trials}
    assert all(len(trial["folds"]) == 2 for trial in trials)
