"""Two studies whose rows and scores are made up, and so known."""

from dataclasses import replace

import numpy as np
import pytest

from hpsearch.domain.assessment import assess
from hpsearch.domain.space import Range
from hpsearch.domain.task import Metric
from hpsearch.domain.trial import Purpose
from hpsearch.domain.two_studies import Contender, Method, side_by_side, why_unpaired
from hpsearch.statistics.exact_tests import mcnemar
from hpsearch.statistics.overlapping import corrected_difference
from tests.domain.test_assessment import noisy, study_of


def contender(rights, **how):
    study, results = study_of(rights, **how)
    best = max(range(len(rights)), key=lambda number: study.trials[number].score)
    return Contender(study=study, assessment=assess(study, results), row_results=results[best])


def asking(study, **changes):
    return replace(study, spec=replace(study.spec, **changes))


def test_confirmations_on_shared_splits_are_paired():
    mine, theirs = (0.80, 0.82, 0.84, 0.86), (0.85, 0.84, 0.90, 0.89)
    rights = noisy([0.8])
    first = contender(rights, confirmed=[mine], finalists=[0])
    second = contender(rights, confirmed=[theirs], finalists=[0])
    found = side_by_side(first, second).found
    expected = corrected_difference(theirs, mine, 0.25)
    assert (found.method, found.purpose) == (Method.CORRECTED_T, Purpose.CONFIRM)
    assert (found.trainings, found.difference, found.p) == (4, expected.mean, expected.p)
    assert found.interval[0] < 0.04 < found.interval[1]
    back = side_by_side(second, first).found
    assert (back.difference, back.p) == pytest.approx((-found.difference, found.p))


def test_the_rows_of_a_single_split_are_paired():
    one, other = noisy([0.7], seed=1), noisy([0.85], seed=2)
    found = side_by_side(contender(one), contender(other)).found
    mine, theirs = np.array(one[0]), np.array(other[0])
    assert found.method is Method.MCNEMAR
    assert found.rows == 200
    assert found.difference == pytest.approx(theirs.mean() - mine.mean())
    assert found.p == mcnemar(int((mine & ~theirs).sum()), int((theirs & ~mine).sum()))


def test_folds_of_the_search_are_paired_where_nothing_was_confirmed():
    one, other = contender(noisy([0.7]), folds=4), contender(noisy([0.8], seed=9), folds=4)
    found = side_by_side(one, other).found
    assert (found.method, found.purpose, found.trainings) == (
        Method.CORRECTED_T,
        Purpose.SEARCH,
        4,
    )


def test_the_same_study_differs_in_nothing():
    one = contender(noisy([0.7]), folds=4)
    two = side_by_side(one, one)
    assert two.unlike == ()
    assert (two.found.difference, two.found.p) == (0, 1)


def test_a_difference_without_spread_is_not_called_certain():
    rights = np.arange(200) % 2 == 0
    better = rights | (np.arange(200) % 10 == 1)
    found = side_by_side(contender([rights], folds=2), contender([better], folds=2)).found
    assert found == "the scores differ by the same on all 2 splits, which tells no spread"


def test_without_rows_a_single_split_cannot_be_tested():
    one = contender(noisy([0.7]))
    found = side_by_side(one, replace(one, row_results={})).found
    assert "single rows are not stored" in found


def test_why_two_studies_share_no_folds():
    study, _ = study_of(noisy([0.7]))
    other = replace(study, data=replace(study.data, fingerprint="0" * 64))
    split = replace(study.spec.split, folds=5, holdout=None)
    scored = replace(study.spec.data, metric=Metric.LOG_LOSS)
    assert why_unpaired(study, study) == ""
    assert why_unpaired(study, other) == "the data are not the same"
    assert why_unpaired(study, asking(other, seed=9)).startswith("the seeds differ (`3` and `9`)")
    assert "`holdout 0.2` and `5 folds`" in why_unpaired(study, asking(study, split=split))
    assert "`accuracy` and `log_loss`" in why_unpaired(study, asking(study, data=scored))
    grouped = replace(study.spec.data, group="family")
    assert "(none and `family`)" in why_unpaired(study, asking(study, data=grouped))
    function = replace(study, data=replace(study.data, is_function=True))
    assert why_unpaired(study, function) == "a function has no folds"


def test_what_one_searches_and_the_other_fixes_is_one_difference():
    one = contender(noisy([0.7]))
    space = replace(one.study.spec.space, pairs=(("lr", Range(low=1e-3, high=1.0)),))
    training = replace(one.study.spec.training, wd=0.1)
    other = replace(one, study=asking(one.study, space=space, training=training))
    (key, searched, fixed), *rest = side_by_side(one, other).unlike
    assert (key, searched["high"], fixed, rest) == ("wd", 0.1, 0.1, [])
