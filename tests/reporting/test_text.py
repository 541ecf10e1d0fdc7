import pytest

from hpsearch.reporting.text import (
    aligned,
    configuration_text,
    duration_text,
    markdown_table,
    number_list,
    score_text,
)


def test_configurations_are_shown_with_three_digits():
    assert configuration_text({"lr": 0.0087412, "wd": 3.1e-7}) == "lr: 0.00874, wd: 3.1e-07"


@pytest.mark.parametrize(
    ("score", "rows", "text"), [(0.84, 100, "0.84"), (0.97162, 1797, "0.972"), (None, 9, "-")]
)
def test_scores_have_as_many_digits_as_their_rows_carry(score, rows, text):
    assert score_text(score, rows) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0423, "0.042 s"), (45.2, "45 s"), (720, "12 min"), (12600, "3.5 h")]
)
def test_durations_are_rounded_to_what_matters(seconds, text):
    assert duration_text(seconds) == text


def test_runs_of_numbers_are_joined():
    assert number_list([0, 1, 2, 5, 7, 8]) == "0-2,5,7-8"


def test_numbers_are_aligned_to_the_right_and_words_to_the_left():
    text = aligned(("name", "best"), [("a", "0.9"), ("long", "10.25")])
    assert text == "name   best\na       0.9\nlong  10.25"


def test_markdown_tables_have_a_rule_below_their_headers():
    assert markdown_table(("a",), [("1",)]) == "| a |\n| --- |\n| 1 |"
