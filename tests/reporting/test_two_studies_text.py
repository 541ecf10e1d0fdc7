import json
from dataclasses import replace

from hpsearch.domain.two_studies import side_by_side
from hpsearch.reporting.two_studies_text import compared_text, compared_values, conclusion
from tests.domain.test_assessment import noisy
from tests.domain.test_two_studies import asking, contender


def named(name, one):
    return replace(one, study=replace(one.study, name=name))


def confirmed(name, scores):
    return named(name, contender(noisy([0.8]), confirmed=[scores], finalists=[0]))


CALM = confirmed("calm", (0.80, 0.82, 0.84, 0.86))
WILD = confirmed("wild", (0.90, 0.70, 0.88, 0.88))
CLEAR = confirmed("clear", (0.90, 0.921, 0.939, 0.961))


def test_a_difference_that_may_be_chance_is_called_so():
    told = conclusion(side_by_side(CALM, WILD))
    assert told.startswith("On the splits of 4 confirmations that both share, `wild` is 0.01")
    assert "better than `calm`, a difference that may be chance (corrected resampled" in told
    assert "chosen by" not in told


def test_a_clear_difference_names_the_better_whatever_the_order():
    for two in (side_by_side(CALM, CLEAR), side_by_side(CLEAR, CALM)):
        told = conclusion(two)
        assert "`clear` is 0.10 better than `calm` (corrected resampled t-test, p < 0.001" in told
        assert "interval of the difference +0.0" in told


def test_scores_of_the_search_are_not_trusted_blindly():
    one = named("one", contender(noisy([0.6], seed=1)))
    other = named("other", contender(noisy([0.9], seed=2)))
    told = conclusion(side_by_side(one, other))
    assert "On the 200 validation rows of the search" in told
    assert "McNemar's test, mid-p, p < 0.001" in told
    assert "Both were chosen by these very scores" in told
    assert "both score alike (McNemar's test, mid-p, p = 1)" in conclusion(side_by_side(one, one))


def test_without_a_test_it_says_why_and_whether_intervals_overlap():
    wild = replace(WILD, study=asking(WILD.study, seed=9))
    assert conclusion(side_by_side(CALM, wild)) == (
        "No paired test: the seeds differ (`3` and `9`), so that other rows validate. "
        "The intervals of the two overlap, so that no difference is shown."
    )
    elsewhere = replace(wild.study.spec.data, name="elsewhere")
    facts = replace(wild.study.data, fingerprint="0" * 64)
    away = replace(wild, study=replace(asking(wild.study, data=elsewhere), data=facts))
    assert conclusion(side_by_side(CALM, away)) == "No paired test: the data are not the same."


def test_the_text_fits_80_columns_and_names_both():
    wild = replace(WILD, study=asking(WILD.study, seed=9))
    text = compared_text(side_by_side(CALM, wild))
    assert max(map(len, text.splitlines())) <= 80
    assert "differs in  calm  wild\nseed           3     9\n" in text
    assert "The best of each, by accuracy:\n  calm, trial 0: lr: 0.00126, wd: 0.05\n" in text
    same = compared_text(side_by_side(CALM, WILD))
    assert same.startswith("`calm` and `wild` ask the same question.\n")


def test_the_values_are_plain():
    values = json.loads(json.dumps(compared_values(side_by_side(CALM, WILD))))
    assert [each["name"] for each in values["studies"]] == ["calm", "wild"]
    assert values["paired_test"]["method"] == "corrected_t"
    assert values["why_unpaired"] is None
    assert values["studies"][0]["best"]["confirmed_score"] == 0.83
