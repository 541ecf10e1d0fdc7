import json

import pytest

from hpsearch.examination import required_libraries
from hpsearch.store.inspection import HEAD
from hpsearch.store.lock_report import LOCKS
from tests.command_line import ENDLESS, assert_refused, contents, run, running, succeed


def levels(text):
    return {each["subject"]: each["level"] for each in json.loads(text)}


def test_a_sound_place_passes_on_one_screen_and_is_left_as_it_was(folder, tmp_path):
    before = contents(folder)
    text = succeed("doctor", cwd=folder)
    assert contents(folder) == before
    assert len(text.splitlines()) <= 24
    assert all(len(line) <= 100 for line in text.splitlines() if str(tmp_path) not in line)
    assert f"PASS  database     {folder.resolve()}/hpsearch.db\n" in text
    assert f"PASS  schema       {HEAD}; a check finds no damage\n" in text
    found = levels(succeed("doctor", "--format", "json", cwd=folder))
    assert found.keys() >= {"libraries", "SQLite", "BLAS", "machine", "file system", "disk"}
    assert "FAIL" not in found.values()


def test_a_store_that_is_not_there_yet_is_not_made(tmp_path):
    assert "is not there yet" in succeed("doctor", cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"rubbish" * 1000])
def test_a_damaged_store_fails_with_what_to_do(damage, tmp_path):
    (tmp_path / "hpsearch.db").write_bytes(damage)
    result = run("doctor", "--format", "json", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr == ""
    (schema,) = (each for each in json.loads(result.stdout) if each["subject"] == "schema")
    assert schema["level"] == "FAIL"
    assert "--storage" in schema["advice"]
    assert (tmp_path / "hpsearch.db").read_bytes() == damage


def test_a_folder_that_does_not_exist_is_bad_input(tmp_path):
    assert_refused(run("doctor", "--storage", "sqlite:///no/a.db", cwd=tmp_path), 2, "`no`")


@pytest.mark.skipif(not LOCKS.exists(), reason="only Linux tells who holds locks")
def test_the_driver_of_a_study_is_named(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with running(*ENDLESS, "--workers", "1", cwd=folder) as live:
        live.wait_for("saved")
        text = succeed("doctor", cwd=folder)
        assert f"study-1 by pid {live.process.pid} on " in text


def test_what_is_required_is_what_is_installed():
    found = required_libraries()
    assert found[0].name == "python"
    assert {"numpy", "sqlalchemy", "optuna"} <= {each.name for each in found}
    assert all(each.is_fit for each in found)
    assert "torch" not in {each.name for each in found}
