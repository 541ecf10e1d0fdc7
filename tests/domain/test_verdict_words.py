import pytest

from hpsearch.domain.learning import Course
from hpsearch.domain.range_rule import judge
from hpsearch.domain.verdict_words import p_text, stop_sentence
from tests.domain.observations import SPACE, drawn, seen


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.5123, "p = 0.51"), (0.0005, "p = 0.0005"), (1e-6, "p = 1e-6"), (9e-7, "p < 1e-6")],
)
def test_p_values(p, text):
    assert p_text(p) == text


def test_why_a_search_stops():
    plateau = judge(SPACE, drawn(40, 3, score=lambda *_: 0.9), validation_rows=100)
    assert stop_sentence(plateau) == (
        "plateau: 40 of 40 trials are as good as the best, "
        "within the noise of their scores (±0.042)"
    )
    heart = [
        seen(number, {"lr": 0.1, "wd": 1e-6}, 0.1, Course.SLOW, is_memorised=True)
        for number in range(40)
    ]
    noise = judge(SPACE, heart)
    assert stop_sentence(noise) == (
        "no signal in the data: none of 40 trials learned anything that holds for other rows"
    )
    assert noise.verdicts[0].sentence == (
        "kept: none of 40 trials learned anything that holds for other rows, "
        "40 know the training rows by heart"
    )
    assert stop_sentence(judge(SPACE, drawn(10, 1))) == ""
