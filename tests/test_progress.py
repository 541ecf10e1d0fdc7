"""One line on stderr that is written over."""

from hpsearch.progress import Progress, line
from hpsearch.search.events import Confirmed


def test_a_shorter_text_covers_the_longer_one_before(capsys):
    with Progress() as progress:
        progress.tell("12 of 12 trials · best 0.9")
        progress.tell("")
        progress.tell("confirmed")
    assert capsys.readouterr().err == (
        "\r12 of 12 trials · best 0.9\r" + "confirmed".ljust(26) + "\n"
    )


def test_nothing_is_written_where_nothing_is_asked(capsys):
    with Progress(is_told=False) as progress:
        progress.tell("12 of 12 trials")
    assert capsys.readouterr().err == ""


def test_confirmations_are_counted():
    assert line(Confirmed(done=3, total=20, finalists=5), None) == "confirmed 3 of 20"
