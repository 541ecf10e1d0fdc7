from hpsearch.cli import colour

TEXT = "Best-1 (val acc: 0.9) | lr: 0.1\n\nrank  tie\n   1  a\n   2  b\n\n12 of a few"


class Terminal:
    def isatty(self):
        return True


def test_a_file_gets_plain_text():
    assert colour.highlighted(TEXT) == TEXT


def test_a_terminal_gets_colour_unless_it_is_not_wanted(monkeypatch):
    monkeypatch.setattr(colour.sys, "stdout", Terminal())
    monkeypatch.delenv("NO_COLOR", raising=False)
    lines = colour.highlighted(TEXT).split("\n")
    assert lines[0] == "\x1b[1mBest-1\x1b[0m (val acc: 0.9) | lr: 0.1"
    assert lines[3] == "\x1b[32m   1  a\x1b[0m"
    assert lines[4] == "   2  b"
    assert lines[6] == "12 of a few"  # no row of the table, though it looks like one
    monkeypatch.setenv("NO_COLOR", "1")
    assert colour.highlighted(TEXT) == TEXT
