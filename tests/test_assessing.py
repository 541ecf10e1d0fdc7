"""Studies of very many trials are read in part: what is told of them is the same."""

import contextlib

import pytest
from sqlalchemy import event

from hpsearch.assessing import assessed, study_to_tell
from tests.search.staged import asked, run
from tests.store.examples import opened
from tests.told_studies import told

PLAIN = {"stages": 1, "prune": "none", "confirm": 2}
HALVING = {"stages": 2, "confirm": 3, "try": ["lr=0.5,wd=off"]}
WIDE = {"text": "lr=1e-3:10,wd"}  # a part of it diverges


def plain(ending):
    return ending._replace(rung_score=None)  # which only a run looks at


@pytest.mark.parametrize("search", [PLAIN, HALVING], ids=["plain", "halving"])
@pytest.mark.parametrize("folds", [{"folds": 2}, {"holdout": 0.2}], ids=["folds", "holdout"])
def test_a_study_read_in_part_is_told_like_the_whole(tmp_path, monkeypatch, search, folds):
    path = tmp_path / "store.db"
    run(asked(path, search, split=folds, space=WIDE))
    monkeypatch.setattr("hpsearch.domain.comparisons.NUMBERS_AT_MOST", 0)
    with contextlib.closing(opened(path)) as store:
        whole, part = store.load_study("example"), study_to_tell(store, "example", 5)
        assert part.overview is not None
        assert len(part.trials) < len(whole.trials)
        assert list(map(plain, part.endings)) == list(map(plain, whole.endings))
        assert part.is_finished == whole.is_finished
        for count in (1, 5):
            assert told(store, part, count) == told(store, whole, count)


def test_a_small_study_is_read_whole(tmp_path):
    run(asked(tmp_path / "store.db", PLAIN, trials=12))
    with contextlib.closing(opened(tmp_path / "store.db")) as store:
        study = study_to_tell(store, "example")
        assert study.overview is None
        assert len(study.trials) == study.finished == 12


def test_ten_times_the_trials_take_no_more_statements_and_no_more_trials(tmp_path, monkeypatch):
    monkeypatch.setattr("hpsearch.domain.comparisons.NUMBERS_AT_MOST", 0)
    few, many = (reading(tmp_path / f"{trials}.db", trials) for trials in (40, 400))
    assert few == many


def reading(path, trials):
    """Statements that listing and telling take, and trials that are read for them."""
    run(asked(path, PLAIN, trials=trials))
    statements = []
    with contextlib.closing(opened(path)) as store:
        event.listen(
            store._engine,
            "before_cursor_execute",
            lambda *values: statements.append(values[2]),
        )
        store.list_studies()
        study = study_to_tell(store, "example", 5)
        assessed(store, study, 5)
    assert study.finished == trials
    return len(statements), len(study.trials)
