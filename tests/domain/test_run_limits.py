import pytest

from hpsearch.domain.run_limits import seconds_of
from hpsearch.errors import InvalidStudy


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), (" 10m ", 600), ("10 min", 600), ("2h", 7200), ("1.5h", 5400)],
)
def test_a_length_of_time_is_read(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "0.0m", "-1", "inf", "nan", "1e3", "2d", "h", "1h30m"])
def test_anything_else_is_refused_with_what_was_typed(text):
    with pytest.raises(InvalidStudy, match=f"`{text}` is no length of time"):
        seconds_of(text)
