import pytest

from hpsearch.domain.assessment import assess
from hpsearch.reporting.best import best_rows, best_text
from tests.domain.test_assessment import noisy, study_of


def test_the_first_row_says_what_the_best_scores_without_its_luck():
    confirmed = {0: [0.9, 0.7, 0.7, 0.7], 1: [0.7, 0.74, 0.74, 0.74]}
    study, results = study_of(noisy([0.9, 0.95]), confirmed=confirmed, finalists=(0, 1))
    assessment = assess(study, results)
    first, second = best_rows(study, 2, assessment)
    assert first["estimate"] == pytest.approx(first["confirmed_score"] - assessment.pick.luck)
    assert first["estimate"] < first["confirmed_score"]
    low, high = first["estimate_interval"]
    assert low < first["estimate"] < high
    assert f"Best-1: accuracy {first['estimate']:.2f}" in best_text(study, 2, assessment)
    assert "estimate" not in second


def test_without_an_assessment_nothing_is_estimated():
    study, _ = study_of(noisy([0.9, 0.95]))
    assert all("estimate" not in row for row in best_rows(study, 2))
