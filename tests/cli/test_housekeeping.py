import json
import subprocess

import pytest

from tests.command_line import PROGRAM, environment, succeed
from tests.stored_studies import exported


def test_a_renamed_study_is_the_same_study(folder):
    before = json.loads(exported(folder, "tiny"))
    succeed("rename", "tiny", "a better name", cwd=folder)
    after = json.loads(exported(folder, "a better name"))
    assert after["study"].pop("name") == "a better name"
    assert before["study"].pop("name") == "tiny"
    assert after == before


@pytest.mark.parametrize(
    ("args", "answer", "is_left"),
    [((), "y\n", False), ((), "n\n", True), ((), "", True), (("--yes",), "", False)],
)
def test_a_study_is_deleted_only_after_a_yes(args, answer, is_left, folder):
    result = subprocess.run(
        [*PROGRAM, "delete", "tiny", *args],
        cwd=folder,
        env=environment(),
        input=answer,
        capture_output=True,
        text=True,
        timeout=60,
    )
    asked = "Delete study tiny with its 12 trials?" in result.stdout + result.stderr
    assert asked == (not args)
    assert (result.returncode == 0) == (not is_left)
    assert "Traceback" not in result.stderr
    assert succeed("list", cwd=folder).startswith("name" if is_left else "no studies yet")
