"""The canonical export is written trial by trial, and is one JSON document all the same."""

import contextlib
import json

import pytest

from hpsearch.reporting.export import export_json, json_parts
from tests.search.staged import asked, run
from tests.store.examples import opened


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "store.db"
    run(asked(path, {"stages": 2, "confirm": 2}))
    return path


def test_parts_make_one_document_with_sorted_keys(path):
    with contextlib.closing(opened(path)) as store:
        study = store.load_study("example")
    text = export_json(study)
    assert text == json.dumps(json.loads(text), sort_keys=True, indent=2) + "\n"
    assert [each["number"] for each in json.loads(text)["trials"]] == list(range(60))


def test_a_study_without_trials_has_an_empty_list(tmp_path):
    asked(tmp_path / "store.db")
    with contextlib.closing(opened(tmp_path / "store.db")) as store:
        text = export_json(store.load_study("example"))
    assert text == json.dumps(json.loads(text), sort_keys=True, indent=2) + "\n"
    assert json.loads(text)["trials"] == []


def test_what_is_streamed_is_what_is_read_whole(path):
    with contextlib.closing(opened(path)) as store:
        whole = export_json(store.load_study("example"))
        with store.streamed("example") as (study, trials):
            parts = list(json_parts(study, (trial for trial, _ in trials)))
        assert "".join(parts) == whole
        assert len(parts) == 61
