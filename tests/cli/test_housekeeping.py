import json
import subprocess

import pytest

from tests.command_line import PROGRAM, assert_refused, environment, run, succeed
from tests.partial_study import run_partly


def test_a_renamed_study_is_the_same_study(folder):
    before = json.loads(succeed("export", "tiny", cwd=folder))
    succeed("rename", "tiny", "a better name", cwd=folder)
    after = json.loads(succeed("export", "a better name", cwd=folder))
    assert after["study"].pop("name") == "a better name"
    assert before["study"].pop("name") == "tiny"
    assert after == before
    assert_refused(run("show", "tiny", cwd=folder), 2, "`tiny`")


def test_a_name_that_is_taken_is_refused(folder):
    run_partly(folder, "second", 0)
    assert_refused(run("rename", "second", "tiny", cwd=folder), 2, "a study named `tiny` exists")


def test_a_deleted_study_is_gone_and_can_be_asked_again(folder):
    succeed("delete", "tiny", "--yes", cwd=folder)
    assert succeed("list", cwd=folder) == "no studies yet\n"
    assert_refused(run("show", "tiny", cwd=folder), 2, "`tiny`")
    succeed("db", "check", cwd=folder)
    run_partly(folder, "tiny", 0)
    assert json.loads(succeed("export", "tiny", cwd=folder))["trials"] == []


@pytest.mark.parametrize(("answer", "left"), [("y\n", []), ("n\n", ["tiny"]), ("", ["tiny"])])
def test_a_study_is_deleted_only_after_a_yes(answer, left, folder):
    result = subprocess.run(
        [*PROGRAM, "delete", "tiny"],
        cwd=folder,
        env=environment(),
        input=answer,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Delete study tiny with its 12 trials?" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    rows = json.loads(succeed("list", "--format", "json", cwd=folder))
    assert [row["name"] for row in rows] == left
