"""Exports are written in parts: one JSON document and the table of a data frame all the same."""

import contextlib
import json
import math
from datetime import UTC, datetime

import pytest

from hpsearch.domain.trial import State
from hpsearch.domain.trial_summary import TrialSummary
from hpsearch.reporting.export import export_csv, export_json, json_parts, trials_frame
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
            parts = list(json_parts(study, trials))
        assert "".join(parts) == whole
        assert len(parts) == 61


LINES = [
    TrialSummary(
        number=number,
        stage=1,
        state=State.COMPLETE if scores else State.DIVERGED,
        score=scores[0] if scores else None,
        seconds=0.1 + number / 3,
        configuration=configuration,
        train_score=scores[0] if scores else None,
        fold_scores=scores,
        finished_at=datetime(2026, 11, 27, 1, 2, 3, 450_000 + number, tzinfo=UTC),
    )
    for number, (configuration, scores) in enumerate(
        [
            ({"lr": 1e-05, "width": 32}, (0.5, 1 / 3)),
            ({"lr": 1, "wd": "off", "width": 64}, ()),
            ({"lr": 123456789.125, "wd": 1e22, "batch": 8, "activation": '=a,"b"'}, (None, 0.25)),
            ({"wd": 3, "batch": 16, "width": 128, "l1": math.inf}, (math.nan, -0.0, 1e-300)),
        ]
    )
]


@pytest.mark.parametrize("lines", [LINES, LINES[:1], LINES[1:2], LINES[::-1], []])
@pytest.mark.parametrize("at_once", [1, 2, 5000])
def test_a_table_is_written_as_a_data_frame_would_write_it(lines, at_once, monkeypatch):
    monkeypatch.setattr("hpsearch.reporting.export.TRIALS_AT_ONCE", at_once)
    framed = trials_frame(lines).to_csv(index=False, lineterminator="\n")
    assert export_csv(lines) == framed
