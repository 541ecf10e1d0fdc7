import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.domain.axes import axes
from hpsearch.domain.baseline import Baseline, baseline_of_regression
from hpsearch.domain.catalogue import CATALOGUE
from hpsearch.domain.learning import Course, observation
from hpsearch.domain.range_rule import judge
from hpsearch.domain.space import (
    Choices,
    Configuration,
    Dependent,
    IntegerRange,
    Range,
    Scale,
    Space,
    Switched,
)
from hpsearch.domain.space_text import parse_space
from hpsearch.domain.trial import COMPLETED, Evaluation, PlannedEvaluation, finished_trial
from hpsearch.domain.verdict import Action, End, Reason, Stop
from hpsearch.domain.verdict_text import judgement_of_table, judgement_table
from hpsearch.domain.verdict_words import p_text
from tests.domain.observations import BOOK, SPACE, drawn, seen

CHANCE = math.log(10)
BOOK_BASELINE = Baseline(constant_loss=CHANCE, loss_limit=10 * CHANCE, score_limit=0.19)


def verdict(judgement, name):
    return next(each for each in judgement.verdicts if each.name == name)


def log(value):
    return math.log10(value)


def decades(entry):
    return (log(entry.low), log(entry.high))


def book_trial(number, score, lr, wd):
    configuration = Configuration((("lr", lr), ("wd", wd)))
    planned = PlannedEvaluation(number=number, configuration=configuration, fold=0, epochs=50)
    evaluation = Evaluation(planned=planned, outcome=COMPLETED, validation_score=score)
    return observation(finished_trial(1, configuration, [evaluation]), BOOK_BASELINE)


def test_the_books_trials_lean_on_the_upper_end_of_the_learning_rate_and_say_nothing_of_decay():
    space = parse_space("seed")
    observations = [book_trial(number, *row) for number, row in enumerate(BOOK)]
    judgement = judge(space, observations, validation_rows=100)
    lr, wd = judgement.verdicts
    assert decades(judgement.space["lr"]) == pytest.approx((-2.76, -1), abs=0.005)
    assert (lr.action, lr.low_side, lr.high_side) == (Action.WIDEN, Action.SHRINK, Action.WIDEN)
    assert lr.evidence.statistic == pytest.approx(0.95)
    assert lr.evidence.p == pytest.approx(2 / 2000)  # by Holm, of two
    assert lr.sentence == (
        "widened to 0.1: 20 of the best 20 lie in the top fifth of the range (p < 1e-6); "
        "the lower end rises to 0.00175"
    )
    assert (wd.action, wd.new) == (Action.KEEP, space["wd"])
    assert wd.evidence.statistic == pytest.approx(0.2875)
    assert wd.sentence == (
        "kept: no evidence that it matters here, the best 20 lie like the others "
        f"(p = {wd.evidence.p:.2g})"
    )
    assert 0.4 < wd.evidence.p < 0.6
    assert judgement.stop is None


@pytest.mark.parametrize("course", [Course.LEARNED, Course.SLOW])
def test_pure_noise_moves_a_range_in_at_most_a_tenth_of_studies(course):
    def study(seed):
        random = np.random.default_rng(seed + 1000)
        return [
            seen(
                number,
                dict(SPACE.at({"lr": random.random(), "wd": random.random()})),
                float(random.random()),
                course,
                fall=float(random.random()) / 50,
            )
            for number in range(40)
        ]

    moved = [judge(SPACE, study(seed)).space != SPACE for seed in range(200)]
    assert np.mean(moved) <= 0.1


@pytest.mark.parametrize("place", [0.05, 0.5, 0.95])
def test_one_lucky_trial_does_not_make_the_range_collapse(place):
    widths = []
    for seed in range(30):
        observations = drawn(40, seed, score=lambda _, random: float(random.normal(0.5, 0.05)))
        lucky = seen(40, dict(SPACE.at({"lr": place, "wd": 0.5})), 0.99)
        (lr, _) = axes(judge(SPACE, [*observations, lucky]).space)
        widths.append(lr.width / 4)
    assert min(widths) >= 0.4 - 1e-3
    assert np.median(widths) == 1


def rising(configuration, random):
    return 0.5 + 0.1 * log(configuration["lr"]) + float(random.normal(0, 0.005))


def unstable_above(bound):
    return lambda configuration, _: (
        Course.DIVERGED if configuration["lr"] > bound else Course.LEARNED
    )


def test_a_range_is_not_widened_into_divergence():
    free = judge(SPACE, drawn(60, 1, score=rising))
    assert verdict(free, "lr").new.high == 10
    edged = judge(SPACE, drawn(60, 1, score=rising, course=unstable_above(10**-0.2)))
    lr = verdict(edged, "lr")
    assert lr.high_side is not Action.WIDEN
    assert lr.new.high <= 1
    assert lr.evidence.high.end is End.UNSTABLE
    assert lr.sentence.endswith("; not widened beyond 1, where training is unstable")


def crowded(count, seed, score):
    """Trials as a sampler proposes them that has found the upper end: most lie near it."""
    random = np.random.default_rng(seed)
    places = [(float(random.random() ** 0.2), float(random.random())) for _ in range(count)]
    values = [dict(SPACE.at({"lr": lr, "wd": wd})) for lr, wd in places]
    return [seen(number, each, score(each, random)) for number, each in enumerate(values)]


def test_a_trend_widens_a_range_where_nearly_all_trials_lie_at_its_end():
    """The best and the others lie alike there, which is no evidence that more would not help."""

    def noisy(configuration, random):
        return rising(configuration, random) + float(random.normal(0, 0.02))

    trusted = 0
    for seed in range(20):
        observations = crowded(40, seed, noisy)
        lr = verdict(judge(SPACE, observations), "lr")
        assert lr.high_side is Action.WIDEN
        if lr.evidence.p > 0.05:
            assert lr.low_side is Action.KEEP
        if lr.evidence.high.p > 0.05:
            trusted += 1
            assert lr.sentence.startswith(
                f"widened to 10, its limit: the higher, the better (rank correlation "
                f"{lr.evidence.trend:.2f}, {p_text(lr.evidence.trend_p)}), and "
                f"{lr.evidence.high.elites} of the best 8 lie in the top fifth of the range"
            )
    assert trusted > 2


def test_trials_that_crowd_an_end_without_a_trend_say_nothing():
    moved = [
        judge(SPACE, crowded(40, seed, lambda _, random: float(random.random()))).space != SPACE
        for seed in range(200)
    ]
    assert np.mean(moved) <= 0.1


def test_a_trend_does_not_widen_into_divergence():
    observations = crowded(60, 1, rising)
    ends = [
        seen(100 + number, {"lr": 10 ** (-number / 100), "wd": 1e-6}, None, Course.DIVERGED)
        for number in range(40)
    ]
    assert verdict(judge(SPACE, observations), "lr").high_side is Action.WIDEN
    assert verdict(judge(SPACE, [*observations, *ends]), "lr").high_side is not Action.WIDEN


def test_two_modes_at_the_ends_keep_the_range():
    def ends(configuration, random):
        distance = min(-log(configuration["lr"]), 4 + log(configuration["lr"]))
        return 0.9 - 0.2 * distance + float(random.normal(0, 0.01))

    lr = verdict(judge(SPACE, drawn(100, 2, score=ends)), "lr")
    assert lr.action is Action.KEEP
    assert lr.evidence.reason in (Reason.BOTH_ENDS, Reason.NO_EVIDENCE)
    wide = verdict(judge(SPACE, drawn(400, 2, score=ends)), "lr")
    assert wide.evidence.reason is Reason.BOTH_ENDS
    assert "crowd both ends of the range" in wide.sentence


def test_two_modes_inside_are_both_kept():
    def peaks(configuration, random):
        distance = min(abs(log(configuration["lr"]) + each) for each in (1.2, 2.6))
        return 0.9 - 0.3 * distance + float(random.normal(0, 0.01))

    for seed in range(10):
        low, high = decades(judge(SPACE, drawn(80, seed, score=peaks)).space["lr"])
        assert low <= -2.6
        assert high >= -1.2


def test_a_range_shrinks_around_a_peak_but_not_below_two_fifths():
    def peak(configuration, random):
        return 0.9 - 0.3 * abs(log(configuration["lr"]) + 2) + float(random.normal(0, 0.001))

    judgement = judge(SPACE, drawn(100, 3, score=peak))
    lr = verdict(judgement, "lr")
    assert (lr.low_side, lr.high_side, lr.action) == (Action.SHRINK,) * 3
    low, high = decades(lr.new)
    assert low < -2 < high
    assert high - low == pytest.approx(1.6, abs=0.01)
    assert lr.sentence.startswith("narrowed to the range from 0.00")


def test_where_little_has_learned_a_range_is_widened_far():
    def study(course):
        return [
            seen(
                number,
                {"lr": 10 ** (-5 + number / 20), "wd": 1e-6},
                0.1,
                course,
                fall=number / 1000,
            )
            for number in range(41)
        ]

    space = Space((("lr", Range(low=1e-5, high=1e-3)), SPACE.pairs[1]))
    far = verdict(judge(space, study(Course.SLOW)), "lr")
    assert far.new.high == pytest.approx(0.1)
    assert far.sentence.startswith("widened to 0.1: 9 of the 9 fastest learners lie in the top")
    wider = Space((("lr", Range(low=1e-7, high=1e-3)), SPACE.pairs[1]))
    assert verdict(judge(wider, study(Course.SLOW)), "lr").new.high == 10  # its own width


def test_stuck_trials_show_the_way_down():
    space = Space((("lr", Range(low=1, high=10)), SPACE.pairs[1]))
    observations = [
        seen(number, {"lr": 10 ** (number / 40), "wd": 1e-6}, None, Course.STUCK, rise=1 + number)
        for number in range(40)
    ]
    lr = verdict(judge(space, observations), "lr")
    assert lr.new.low == pytest.approx(0.01)
    assert "8 of the 8 least unstable trials lie in the bottom fifth" in lr.sentence


def test_where_nearly_all_diverged_the_learning_rate_moves_away_from_its_unstable_end():
    space = Space((("lr", Range(low=1, high=10)), SPACE.pairs[1]))
    judgement = judge(space, drawn(40, 4, space, course=lambda *_: Course.DIVERGED))
    lr, wd = judgement.verdicts
    assert (lr.new.low, lr.new.high) == (0.01, 1.59)
    assert lr.sentence == ("moved down to the range from 0.01 to 1.59: 40 of 40 trials diverged")
    assert (wd.action, wd.sentence) == (Action.KEEP, "kept: 40 of 40 trials diverged")
    assert lr.evidence.counts.diverged == 40


def test_a_range_that_is_cut_at_a_limit_is_still_wide_enough():
    """The best lie at the low end, and there is hardly anything below it."""
    space = parse_space("lr=1e-4:1e-2:linear")
    observations = drawn(60, 3, space, score=lambda c, r: -float(c["lr"]))
    lr = verdict(judge(space, observations), "lr")
    assert lr.low_side is Action.WIDEN
    assert lr.new.low == CATALOGUE["lr"].hard_low
    assert lr.new.high - lr.new.low >= 0.4 * (1e-2 - 1e-4)


def test_too_few_trials_keep_everything():
    judgement = judge(SPACE, drawn(19, 5, score=rising))
    assert judgement.space == SPACE
    assert {each.sentence for each in judgement.verdicts} == {
        "kept: 19 trials are too few to judge a range"
    }
    assert judge(SPACE, []).space == SPACE


def test_failed_trials_are_no_evidence_of_what_can_be_trained():
    failed = drawn(40, 5, score=rising, course=lambda *_: Course.FAILED)
    judgement = judge(SPACE, failed)
    assert judgement.space == SPACE
    assert "0 of 40 trials could be trained" in judgement.verdicts[0].sentence


def test_no_signal_stops_the_search():
    observations = [
        seen(number, {"lr": 0.1, "wd": 1e-6}, 0.1, Course.SLOW, is_memorised=number < 4)
        for number in range(40)
    ]
    judgement = judge(SPACE, observations)
    assert (judgement.stop, judgement.space) == (Stop.NO_SIGNAL, SPACE)
    fewer = judge(SPACE, observations[1:])
    assert fewer.stop is None


def test_a_plateau_stops_the_search():
    observations = drawn(40, 6, score=lambda *_: 0.9)
    observations.append(seen(99, {"lr": 0.1, "wd": 1e-6}, 0.92))
    judgement = judge(SPACE, observations, validation_rows=100)
    assert judgement.error == pytest.approx(math.sqrt(2 * 0.92 * 0.08 / 100))
    assert (judgement.stop, judgement.tied) == (Stop.PLATEAU, 41)
    assert judgement.verdicts[0].sentence == "kept: 41 of 41 trials are as good as the best"
    assert judge(SPACE, observations, validation_rows=10_000).stop is None
    assert judge(SPACE, observations, error=0.01).stop is None


def test_equal_scores_are_no_plateau_where_the_best_lean_on_an_end():
    observations = drawn(40, 6, score=rising)
    judgement = judge(SPACE, observations, error=1.0)
    assert (judgement.tied, judgement.stop) == (40, None)
    assert judgement.verdicts[0].high_side is Action.WIDEN
    assert judgement.verdicts[1].action is Action.KEEP


def test_folds_tell_the_noise_where_there_are_folds():
    random = np.random.default_rng(0)
    observations = [
        seen(
            number,
            {"lr": 0.1, "wd": 1e-6},
            float(np.mean(scores)),
            fold_scores=tuple(scores),
            fold_count=5,
        )
        for number, scores in enumerate(random.normal(0.9, 0.01, (40, 5)).tolist())
    ]
    assert judge(SPACE, observations).error == pytest.approx(0.01 * math.sqrt(0.9), rel=0.2)


@pytest.mark.parametrize("offset", [-3.0, 2.0])
def test_a_score_that_is_no_accuracy_has_no_error_of_an_accuracy(offset):
    """As with R², which may be far below 0; the ranges are judged all the same."""
    constant = baseline_of_regression(4.0)
    assert constant.accuracy_rows is None
    observations = drawn(40, 5, score=lambda c, r: offset + rising(c, r))
    judgement = judge(SPACE, observations, validation_rows=constant.accuracy_rows)
    assert (judgement.error, judgement.tied, judgement.stop) == (None, 0, None)
    accuracies = drawn(40, 5, score=lambda c, r: rising(c, r))
    assert judgement.verdicts[0].new == judge(SPACE, accuracies).verdicts[0].new


def test_trials_that_no_sampler_drew_are_left_out():
    tried = [replace(each, is_drawn=False) for each in drawn(40, 5, score=rising)]
    assert judge(SPACE, tried).counts.total == 0
    assert judge(SPACE, [*tried, *drawn(40, 6, score=rising)]).counts.total == 40


def test_narrow_ranges_stop_the_search():
    def peak(configuration, random):
        return 0.9 - abs(log(configuration["lr"]) + 2) + float(random.normal(0, 0.001))

    narrow = Space((("lr", Range(low=10**-2.3, high=10**-1.7)), SPACE.pairs[1]))
    judgement = judge(narrow, drawn(100, 7, narrow, score=peak), study_space=SPACE)
    assert decades(judgement.space["lr"]) == pytest.approx((-2.12, -1.88), abs=0.05)
    assert judgement.stop is Stop.NARROW
    assert judge(SPACE, drawn(100, 7, score=peak), study_space=SPACE).stop is None


def test_what_was_searched_before_is_remembered():
    low = Space((("lr", Range(low=1e-4, high=1e-1)), SPACE.pairs[1]))
    observations = drawn(60, 8, low, score=rising)
    assert verdict(judge(low, observations), "lr").new.high == 1
    worse = [seen(100 + i, {"lr": 0.2 + i / 10, "wd": 1e-6}, 0.01) for i in range(5)]
    lr = verdict(judge(low, observations + worse, stage=2), "lr")
    assert lr.new.high <= 0.1
    assert lr.evidence.high.end is End.SEARCHED
    assert lr.sentence.endswith("not widened beyond 0.1: 5 earlier trials there were worse")
    better = [*worse[1:], seen(200, {"lr": 0.2, "wd": 1e-6}, 0.99)]
    assert verdict(judge(low, observations + better, stage=2), "lr").new.high == 1
    assert verdict(judge(low, observations + worse[1:], stage=2), "lr").new.high == 1


def test_trials_of_earlier_stages_inside_the_range_are_judged_with_the_others():
    low = Space((("lr", Range(low=1e-4, high=1e-1)), SPACE.pairs[1]))
    judgement = judge(low, drawn(200, 9, score=rising))
    assert judgement.counts.total == pytest.approx(150, abs=15)


def test_the_limits_of_the_catalogue_hold():
    high = Space((("lr", Range(low=1e-2, high=5)), SPACE.pairs[1]))
    lr = verdict(judge(high, drawn(60, 10, high, score=rising)), "lr")
    assert lr.new.high == CATALOGUE["lr"].hard_high == 10
    assert lr.sentence.startswith("widened to 10, its limit: ")
    top = Space((("lr", Range(low=1e-2, high=10)), SPACE.pairs[1]))
    lr = verdict(judge(top, drawn(60, 10, top, score=rising)), "lr")
    assert (lr.new.high, lr.high_side) == (10, Action.KEEP)
    assert lr.sentence.endswith("; 10 is its limit")


def larger_is_better(name, log_scale):
    def score(configuration, random):
        value = configuration.get(name, "off")
        if value == "off":
            return -1.0
        return 0.5 + 0.1 * (log(value) if log_scale else 10 * value) + random.normal(0, 0.01)

    return score


@pytest.mark.parametrize(
    ("text", "name", "log_scale", "expected"),
    [
        ("width=16:128", "width", True, 256),
        ("depth=1:4", "depth", False, 6),
        ("batch=16:256,width", "batch", True, 512),
        ("momentum=0.5:0.7", "momentum", False, 0.8),
        ("dropout=off|0.1:0.5", "dropout", False, 0.7),
        ("wd=off|1e-6:1e-2", "wd", True, 0.1),
    ],
)
def test_each_kind_of_range_takes_its_own_step_up(text, name, log_scale, expected):
    space = Space(tuple((key, entry) for key, entry in _space(text).items()))
    observations = drawn(100, 11, space, score=larger_is_better(name, log_scale))
    found = verdict(judge(space, observations), name)
    assert found.action is Action.WIDEN
    new = found.new.on if isinstance(found.new, Switched) else found.new
    assert new.high == pytest.approx(expected)
    assert type(found.new) is type(space[name])


def _space(text):
    optimizer = "momentum" if "momentum" in text else "sgd"
    return parse_space(text, optimizer)


def test_whole_numbers_shrink_to_two_at_least():
    space = Space((("depth", IntegerRange(low=1, high=4, scale=Scale.LINEAR)),))

    def peak(configuration, random):
        return 0.9 - 0.3 * abs(configuration["depth"] - 2) + float(random.normal(0, 0.01))

    for seed in range(5):
        new = judge(space, drawn(100, seed, space, score=peak)).space["depth"]
        assert new.low <= 2 <= new.high
        assert 1 <= new.low < new.high <= 4
    two = Space((("depth", IntegerRange(low=1, high=2, scale=Scale.LINEAR)),))
    new = judge(two, drawn(100, 1, two, score=peak), study_space=space).space["depth"]
    assert (new.low, new.high) in ((1, 2), (1, 3))


def test_a_range_that_depends_on_a_choice_is_judged_where_it_is_active():
    space = Space(
        (
            ("optimizer", Choices(("sgd", "adam"))),
            (
                "lr",
                Dependent(
                    "optimizer",
                    (("sgd", Range(low=1e-4, high=1e-1)), ("adam", Range(low=1e-5, high=1e-2))),
                ),
            ),
        )
    )

    def score(configuration, random):
        best = 0 if configuration["optimizer"] == "sgd" else -3.5
        return 0.9 - 0.1 * abs(log(configuration["lr"]) - best) + float(random.normal(0, 0.01))

    judgement = judge(space, drawn(300, 12, space, score=score))
    assert [each.name for each in judgement.verdicts] == ["optimizer", "sgd.lr", "adam.lr"]
    assert verdict(judgement, "adam.lr").action is Action.SHRINK
    new = dict(judgement.space["lr"].ranges)
    assert log(new["adam"].low) < -3.5 < log(new["adam"].high)
    few = judge(space, drawn(34, 12, space, score=score))
    assert verdict(few, "sgd.lr").evidence.reason is Reason.TOO_FEW


def test_choices_are_dropped_on_evidence_and_never_after_the_first_stage():
    space = parse_space("lr,activation=relu|tanh|leaky_relu,wd")

    def score(configuration, random):
        lift = 0.2 * (configuration["activation"] == "relu") + 0.2 * (configuration["wd"] != "off")
        return 0.5 + lift + float(random.normal(0, 0.02))

    observations = drawn(200, 13, space, score=score)
    assert verdict(judge(space, observations), "activation").action is Action.KEEP
    judgement = judge(space, observations, stage=2, error=0.02)
    activation, wd = verdict(judgement, "activation"), verdict(judgement, "wd")
    assert activation.new == Choices(("relu",))
    assert activation.action is Action.SHRINK
    assert activation.sentence.startswith("dropped tanh: 0 of its ")
    assert wd.new == space["wd"].on
    assert "dropped off: 0 of its " in wd.sentence
    assert judge(space, observations, stage=2, error=0.5).space["activation"] == space["activation"]


def test_pruned_trials_count_but_rank_behind_those_that_went_on():
    observations = [
        seen(number, {"lr": 10 ** (-4 + number / 10), "wd": 1e-6}, 0.5 + number / 200)
        if number >= 30
        else seen(
            number,
            {"lr": 10 ** (-4 + number / 10), "wd": 1e-6},
            0.9,
            epochs=5,
            is_pruned=True,
        )
        for number in range(41)
    ]
    lr = verdict(judge(SPACE, observations), "lr")
    assert (lr.high_side, lr.evidence.high.elites) == (Action.WIDEN, 9)
    assert lr.evidence.trials == 41


spaces = st.sampled_from(
    [
        "lr,wd",
        "lr=1:10,wd=1e-3:10:log",
        "lr=1e-7:1e-5,dropout",
        "width,depth,batch,lr",
        "lr,optimizer=sgd|adam,activation",
        "label_smoothing,clip_norm,lr=1e-4:1e-2:linear",
    ]
)


@st.composite
def studies(draw):
    """A space, trials in it and around it, with scores that depend on some coordinate or none."""
    space = parse_space(draw(spaces))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    slopes = {name: draw(st.sampled_from([-1.0, 0.0, 1.0, 9.0])) for name in space}
    limit = draw(st.floats(0.3, 1.0))
    observations = []
    for number in range(draw(st.integers(15, 60))):
        units = {name: float(random.random()) for name in space}
        score = float(sum(slopes[name] * units[name] for name in space) + random.normal(0, 0.3))
        unstable = max(units.values()) > limit
        course = Course.DIVERGED if unstable else draw(st.sampled_from(tuple(Course)[:3]))
        extra = {"fall": score / 100, "rise": max(0.0, -score)}
        observations.append(seen(number, dict(space.at(units)), score, course, **extra))
    return space, observations, random


@settings(max_examples=60)
@given(studies())
def test_new_ranges_stay_within_the_limits_and_the_order_of_trials_leaves_no_trace(study):
    space, observations, random = study
    judgement = judge(space, observations, stage=2)
    for old, new in zip(axes(space), axes(judgement.space), strict=True):
        limits = CATALOGUE[new.name]
        assert limits.hard_low <= new.entry.low < new.entry.high <= limits.hard_high
        is_whole = isinstance(old.entry, IntegerRange)
        reason = verdict(judgement, old.key).evidence.reason
        if reason is not Reason.UNTRAINABLE and not is_whole:
            assert new.width >= 0.4 * old.width * (1 - 1e-6)
    shuffled = [observations[index] for index in random.permutation(len(observations))]
    assert judge(space, shuffled, stage=2) == judgement
    written = json.loads(json.dumps(judgement_table(judgement), allow_nan=False))
    assert judgement_of_table(judgement.space, written) == judgement
    assert all(each.sentence for each in judgement.verdicts)
