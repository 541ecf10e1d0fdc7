import contextlib
from dataclasses import replace

import pytest

from hpsearch.bootstrap import describe
from hpsearch.domain.space import Space
from hpsearch.domain.space_text import parse_space
from hpsearch.domain.study import Stage
from hpsearch.domain.trial import Purpose
from hpsearch.domain.verdict import Stop
from hpsearch.reporting.best import best_text
from hpsearch.reporting.giving_up import audit_note, audit_scores
from hpsearch.reporting.range_bars import INSIDE, OUTSIDE, WIDTH, range_bar
from hpsearch.reporting.stages_text import next_ranges_text, ranges_text, verdict_lines
from hpsearch.reporting.study_text import report_markdown, show_text
from hpsearch.reporting.text import aligned, markdown_table, wrapped
from tests.search.staged import asked, run
from tests.store.examples import opened

SPACE = {"space": {"text": "lr=1e-4:1e-2,wd,activation"}}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return run(asked(tmp_path_factory.mktemp("told") / "a.db", **SPACE))[1]


def stage(number, space):
    return Stage(number=number, space=parse_space(space), trial_count=24)


def test_bars_lie_within_all_that_was_searched():
    low, high = (parse_space(f"lr={bounds}")["lr"] for bounds in ("1e-4:1e-2", "1e-3:1"))
    half = WIDTH // 2
    assert range_bar(low, [low, high]) == INSIDE * half + OUTSIDE * half
    assert range_bar(high, [low, high]) == OUTSIDE * (WIDTH // 4) + INSIDE * (WIDTH - WIDTH // 4)
    assert range_bar(low, [low]) == INSIDE * WIDTH


def test_a_narrow_range_is_still_to_be_seen():
    wide, narrow = (parse_space(f"lr={bounds}")["lr"] for bounds in ("1e-4:1", "0.1:0.101"))
    assert range_bar(narrow, [wide, narrow]).count(INSIDE) == 1
    last = parse_space("lr=0.999:1")["lr"]
    assert range_bar(last, [wide, last]) == OUTSIDE * (WIDTH - 1) + INSIDE


def test_equal_ranges_of_stages_in_a_row_share_a_line():
    stages = [stage(1, "lr=1e-4:1,wd"), stage(2, "lr=1e-4:1,wd"), stage(3, "lr=1e-3:1,wd")]
    lines = [line.split()[:2] for line in ranges_text(stages, aligned).splitlines()[1:]]
    assert lines == [["lr", "1-2"], ["lr", "3"], ["wd", "1-3"]]


def test_a_stage_whose_space_is_not_known_yet_has_no_line():
    stages = [stage(1, "lr"), Stage(number=2, space=Space(()), trial_count=9)]
    assert len(ranges_text(stages, aligned).splitlines()) == 2


def test_a_range_for_each_optimiser_has_a_line_of_its_own():
    text = ranges_text([stage(1, "lr,optimizer=sgd|adam")], aligned)
    rows = [line.split()[0] for line in text.splitlines()[1:]]
    assert rows == ["sgd.lr", "adam.lr", "optimizer"]
    assert max(map(len, text.splitlines())) <= 80


def test_every_kind_of_range_fits_into_80_columns():
    text = ranges_text([stage(1, "lr,wd,dropout,width,depth,label_smoothing")], aligned)
    assert max(map(len, text.splitlines())) <= 80


def test_each_verdict_is_a_line_and_none_ends_within_its_p(study):
    lines = "\n".join(verdict_lines(study.stages[0])).splitlines()
    assert lines[0] == "After stage 1:"
    starts = [line.split()[0] for line in lines[1:] if not line.startswith("    ")]
    assert starts == ["lr:", "wd:", "activation:"]
    assert not any(line.endswith(("(p", "p =", "p <", "=", "<")) for line in lines)
    assert max(map(len, lines)) <= 80
    assert verdict_lines(replace(study.stages[0], result=None)) == []


def test_a_stop_and_a_person_s_range_are_told(study):
    last = study.stages[-1]
    judgement = replace(last.result.judgement, stop=Stop.NARROW)
    chosen = parse_space("wd=1e-5:1e-3").pairs
    told = verdict_lines(replace(last, result=replace(last.result, overrides=chosen)))
    assert told[-1] == "  wd: set to 1e-05 to 0.001 (log) by a person."
    told = verdict_lines(replace(last, result=replace(last.result, judgement=judgement)), "- ")
    assert told[-1].startswith("- The search stops: all ranges that were moved")


def test_markdown_lists_the_verdicts(study):
    text = ranges_text(study.stages, markdown_table)
    assert "\nAfter stage 1:\n- lr: " in text
    assert "| lr | 1 | 0.0001 to 0.01 (log) | " in text


def test_the_next_ranges_stand_beside_the_last(study):
    first = study.stages[0]
    header, row, *rest = next_ranges_text(first, first.result).splitlines()
    assert header.split() == ["hyperparameter", "stage", "1", "next", "within", "both"]
    assert row.split()[:4] == ["lr", "0.0001", "to", "0.01"]
    assert f"{study.stages[1].space['lr'].high:g} (log)" in row
    assert "After stage 1:" in rest


def test_show_says_each_verdict_once_and_best_says_the_last(study):
    shown = show_text(study, describe("digits"))
    assert [shown.count(f"After stage {number}:") for number in (1, 2, 3)] == [1, 1, 1]
    told = best_text(study, 5)
    assert "After stage 3:\n  lr: " in told
    assert "After stage 2:" not in told
    assert "After stage" not in best_text(study, 5, with_verdicts=False)


def test_the_best_of_the_audited_stands_beside_the_best(study):
    audited = [trial for trial in study.trials if trial.of(Purpose.AUDIT)]
    scores = audit_scores(study)
    assert scores.keys() == {trial.number for trial in audited}
    for trial in audited:
        mean = sum(each.validation_score for each in trial.of(Purpose.AUDIT)) / 2
        assert scores[trial.number] == pytest.approx(mean)
    best = max(trial.score for trial in study.trials if trial.score is not None)
    told = audit_note(study)
    assert f"among the {len(scores)} that were trained in full as a check" in told
    assert f"scored {max(scores.values()):.3f}, the best of the search {best:.3f}." in told
    assert told in " ".join(report_markdown(study, describe("digits")).split())


def test_something_better_that_was_given_up_is_owned_up_to(study):
    number = next(iter(audit_scores(study)))
    trial = study.trials[number]
    better = [
        replace(each, validation_score=1.0) if each.planned.purpose is Purpose.AUDIT else each
        for each in trial.evaluations
    ]
    trials = [
        replace(each, evaluations=tuple(better)) if each is trial else each for each in study.trials
    ]
    assert audit_note(replace(study, trials=tuple(trials))).startswith(
        "Giving up early: a better score was given up among"
    )


def test_nothing_is_said_of_giving_up_where_nothing_was(tmp_path):
    path = asked(tmp_path / "a.db", {"stages": 1, "prune": "none", "confirm": 0}, 20)
    with contextlib.closing(opened(path)) as store:
        assert audit_note(store.load_study("example")) == ""
    assert audit_note(run(path)[1]) == ""


def test_wrapping_keeps_a_p_value_together():
    text = "x" * 70 + " (p = 0.05); " + "y" * 70 + " (p < 1e-6)."
    assert wrapped(text, "- ", "  ").splitlines() == [
        "- " + "x" * 70,
        "  (p = 0.05);",
        "  " + "y" * 70,
        "  (p < 1e-6).",
    ]
