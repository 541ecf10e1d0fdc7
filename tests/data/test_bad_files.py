"""Files that cannot be searched: exit 2, the cause named, no traceback, and nothing written."""

import sys

import pytest

from hpsearch.cli.main import main
from tests.command_line import assert_refused, run
from tests.data.bad_files import FOLDER, cases

# What starts an error about a flag and not about the file.
QUESTIONS = (
    "class_weights",
    "folds",
    "has no classes",
    "metric",
    "task",
    "test",
    "time:",
    "`r2`",
    "groups of",
)
CASES = cases()
ASKED = [case for case in CASES if case.flags is not None]


def test_the_corpus_is_what_its_script_makes():
    assert len(ASKED) >= 100
    assert len({case.file for case in CASES}) == len(CASES)
    assert {path.name: path.read_bytes() for path in FOLDER.iterdir()} == {
        case.file: case.content for case in CASES
    }


@pytest.mark.parametrize("case", ASKED, ids=[case.file for case in ASKED])
def test_a_bad_file_is_refused(case, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    path = FOLDER / case.file
    line = ["start", "--data", str(path), *case.flags, "--space", "lr", "--workers", "1"]
    monkeypatch.setattr(sys, "argv", ["hpsearch", *line, "--trials", "2", "--epochs", "1"])
    with pytest.raises(SystemExit) as end:
        main()
    out, told = capsys.readouterr()
    assert end.value.code == 2, told
    assert out == ""
    assert told.startswith("error: "), told
    assert told.count("error:") == 1
    assert "hint: " in told or "is not one of" in told
    for each in case.named:
        assert each in told
    if not case.named[0].startswith(QUESTIONS):
        assert f"`{FOLDER}/" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["latin1.csv", "long-row-15-comma.csv", "levels.csv.gz"])
def test_a_bad_file_is_refused_in_a_process_of_its_own(name, tmp_path):
    case = next(each for each in CASES if each.file == name)
    line = ("start", "--data", str(FOLDER / name), *case.flags, "--space", "lr")
    assert_refused(run(*line, cwd=tmp_path), 2, name)
    assert list(tmp_path.iterdir()) == []
