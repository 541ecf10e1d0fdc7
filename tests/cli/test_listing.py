import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.command_line import contents, run, succeed
from tests.stored_studies import exported, stored


def test_list_tells_progress_and_the_best_score(finished):
    rows = json.loads(succeed("list", "--format", "json", cwd=finished))
    best = max(trial.score for trial in stored(finished, "tiny").trials)
    assert rows == [
        {
            "name": "tiny",
            "data": "digits",
            "space": ["lr", "wd"],
            "finished": 12,
            "trials": 12,
            "best_score": best,
        }
    ]
    header, line = succeed("list", cwd=finished).splitlines()
    assert header.split() == ["name", "data", "space", "trials", "best"]
    assert line.split() == ["tiny", "digits", "lr,wd", "12", "of", "12", f"{best:.3f}"]


def test_best_prints_the_line_of_the_study_notes(finished):
    rows = json.loads(succeed("best", "tiny", "3", "--format", "json", cwd=finished))
    printed = succeed("best", "tiny", "3", cwd=finished).splitlines()
    for row, line in zip(rows, printed, strict=False):
        values = ", ".join(f"{name}: {each:.3g}" for name, each in row["configuration"].items())
        assert line == f"Best-{row['rank']} (val acc: {row['score']:.3f}) | {values}"
    assert printed[3] == ""
    meaning = " ".join(printed[4:])
    assert "1797 validation rows over 2 folds" in meaning
    assert "chance level 0.102" in meaning


def test_best_ranks_all_trials_of_the_export(finished):
    rows = json.loads(succeed("best", "tiny", "100", "--format", "json", cwd=finished))
    trials = json.loads(exported(finished, "tiny"))["trials"]
    assert [row["rank"] for row in rows] == list(range(1, 13))
    scores = [row["score"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    for row in rows:
        trial = trials[row["number"]]
        assert (row["score"], row["configuration"]) == (trial["score"], trial["configuration"])


def test_show_gives_stages_and_ranges(finished):
    values = json.loads(succeed("show", "tiny", "--format", "json", cwd=finished))
    assert (values["name"], values["finished"], values["trials"]) == ("tiny", 12, 12)
    stage = values["stages"][0]
    assert stage["number"] == 1
    assert stage["ranges"]["lr"] == {"low": 1e-4, "high": 1.0, "scale": "log"}
    printed = succeed("show", "tiny", cwd=finished)
    for text in ("Study     tiny, seed 0", "12 of 12 trials: 12 complete", "Best-1 ", "1e-06"):
        assert text in printed


def test_reading_changes_nothing(folder):
    before = contents(folder)
    with ThreadPoolExecutor() as pool:
        commands = (("list",), ("show", "tiny"), ("best", "tiny"), ("export", "tiny"))
        list(pool.map(lambda command: succeed(*command, cwd=folder), commands))
    assert contents(folder) == before


@pytest.mark.parametrize("line", ["list", "show tiny", "best tiny", "export tiny --format json"])
def test_commands_that_read_load_neither_an_object_mapper_nor_migrations(line, finished):
    result = run(*line.split(), cwd=finished, PYTHONPROFILEIMPORTTIME="1")
    assert result.returncode == 0
    loaded = {each.rpartition("|")[2].strip() for each in result.stderr.splitlines()}
    assert "hpsearch.store.rows" in loaded
    assert loaded.isdisjoint({"sqlalchemy.orm", "alembic"})
