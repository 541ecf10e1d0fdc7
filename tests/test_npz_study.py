"""A study on an archive: asked, run, shown and resumed, also where the file changes or goes."""

import json

import numpy as np
import pytest

from hpsearch.bootstrap import ask, known_data, resume, run_question
from hpsearch.domain.dataset import DatasetCard
from hpsearch.errors import DataChanged, InvalidInput
from hpsearch.reporting.study_text import report_markdown
from tests.command_line import assert_refused, run, succeed
from tests.stored_studies import exported, stored

LINE = (
    *("start", "--data", "shapes.npz", "--space", "lr", "--folds", "2", "--trials", "6"),
    *("--set", "hidden=8", "--epochs", "2", "--workers", "1"),
)


def write(folder, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(90) % 3
    x = rng.normal(size=(90, 6)) + y[:, None]
    arrays = {"x_train": x[:60], "y_train": y[:60], "x_test": x[60:], "y_test": y[60:]}
    np.savez(folder / "shapes.npz", **arrays)


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    folder = tmp_path_factory.mktemp("npz")
    write(folder)
    succeed(*LINE, cwd=folder)
    return folder


def test_an_archive_is_searched_like_built_in_data(searched):
    values = json.loads(exported(searched, "shapes.npz-lr"))
    assert values["study"]["data"]["name"] == "shapes.npz"
    assert len(values["trials"]) == 6
    shown = succeed("show", "shapes.npz-lr", cwd=searched)
    assert "shapes.npz: 60 rows, 2 folds, 30 more sealed as test part" in shown
    assert "Network   6-8-3, relu" in shown


def test_a_study_is_shown_and_listed_where_its_file_has_gone(searched, tmp_path):
    (tmp_path / "hpsearch.db").write_bytes((searched / "hpsearch.db").read_bytes())
    for command in (("show", "shapes.npz-lr"), ("best", "shapes.npz-lr"), ("list",)):
        assert succeed(*command, cwd=tmp_path) == succeed(*command, cwd=searched)
    study = stored(tmp_path, "shapes.npz-lr")
    assert "6-8-3" in report_markdown(study, known_data(study))
    refused = run("resume", "shapes.npz-lr", "--trials", "8", cwd=tmp_path)
    assert_refused(refused, 2, "data file `shapes.npz` does not exist")


def test_a_study_goes_on_with_the_same_rows_only(searched, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hpsearch.db").write_bytes((searched / "hpsearch.db").read_bytes())
    write(tmp_path, seed=1)
    with pytest.raises(DataChanged, match="rows searched on: "), _longer():
        pass
    write(tmp_path)
    with _longer() as longer:
        list(longer.events)
    assert len(stored(tmp_path, "shapes.npz-lr").trials) == 8


def test_bad_rows_are_found_before_anything_is_stored(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("shapes.npz", x=np.full((60, 3), np.nan), y=np.arange(60) % 3)
    question = ask(None, {"data": {"name": "shapes.npz"}, "space": {"text": "lr"}}, None)
    with (
        pytest.raises(InvalidInput, match="`x` has values that are not finite, first in row"),
        run_question("sqlite:///hpsearch.db", question, 1),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["shapes.npz"]


def test_a_file_in_another_folder_gives_the_study_its_last_part(tmp_path):
    write(tmp_path)
    question = ask(
        None, {"data": {"name": f"{tmp_path}/shapes.npz"}, "space": {"text": "lr"}}, None
    )
    assert question.name == "shapes.npz-lr"


def test_rows_set_aside_are_not_searched():
    card = DatasetCard(
        name="a", meaning="", rows=9, features=1, class_count=2, smallest_class=2, test_rows=4
    )
    assert (card.search_rows(None), card.search_rows(3)) == (5, 3)


def _longer():
    return resume("sqlite:///hpsearch.db", "shapes.npz-lr", 1, 8)
