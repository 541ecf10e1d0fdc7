"""Results of validation rows are stored with a study, and do not depend on who trains."""

import pytest

from hpsearch.bootstrap import opened
from hpsearch.domain.row_results import row_scores
from tests.stored_studies import TINY_SECTIONS, exported, run_sections, stored


def row_results(folder, name):
    with opened(f"sqlite:///{folder}/hpsearch.db") as store:
        return store.row_results(store.load_study(name).id, range(12))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows")
    run_sections(folder, TINY_SECTIONS, "alone")
    run_sections(folder, TINY_SECTIONS, "interrupted", cohorts=1)
    run_sections(folder, TINY_SECTIONS, "interrupted", workers=2)
    return folder


def test_workers_and_interruptions_leave_no_trace(folder):
    assert row_results(folder, "alone") == row_results(folder, "interrupted")


def test_every_row_of_every_trial_is_there(folder):
    found = row_results(folder, "alone")
    for trial in stored(folder, "alone").trials:
        own = found[trial.number]
        assert list(own) == [(0, 0), (0, 1)]
        scores = [row_scores(data, 0) for data in own.values()]
        assert sum(map(len, scores)) == 1797
        means = [each.mean(dtype=float) for each in scores]
        assert sum(means) / 2 == pytest.approx(trial.score, abs=1e-12)


def test_the_export_does_not_speak_of_them(folder):
    assert "row_results" not in exported(folder, "alone")
