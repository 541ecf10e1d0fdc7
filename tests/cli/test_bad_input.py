"""Whatever is typed wrongly: exit 2, one line that names it, and nothing made or changed."""

import shutil
from typing import NamedTuple

import pytest

from tests.command_line import TINY, assert_refused, contents

# One worker: rows are then divided in the warm process, which has what that takes loaded.
SMALL = ("start", "--data", "digits", "--epochs", "1", "--trials", "1", "--workers", "1")
DIGITS = (*SMALL, "--space", "lr,wd")
SPACE = (*SMALL, "--space")
GOOD_FILE = '[data]\nname = "digits"\n[space]\nlr = "1e-3:1"\n'

SPACES = [
    ("lrr", "`lrr`"),
    ("lr=0.1:0.01", "low (`0.1`) must be below high (`0.01`)"),
    ("lr=0:1", "log scale needs low > 0, got `0`"),
    ("wd=1e-20:1", "`1e-20`"),
    ("lr=nan:1", "`nan`"),
    ("lr=1e-3:inf", "`inf`"),
    ("lr=0.1|11", "`11` is outside the limits"),
]
SETTINGS = [
    ("hidden", "`hidden`"),
    ("hiden=8", "`hiden`"),
    ("hidden=abc", "`abc`"),
    ("activation=relux", "`relux`"),
    ("init=hee", "`hee`"),
    ("init=0", "constant weights"),
    ("optimizer=sdg", "`sdg`"),
    ("batch=1500", "`1500` is more than the 1437 training rows"),
    ("lr=0.1", "lr: is searched by the space and fixed to `0.1`"),
    ("hidden=65536x99", "GB needed by the largest networks of the space"),
]
FLAGS = [
    (("--trials", "0"), "`0`"),
    (("--trials", "-5"), "`-5`"),
    (("--trials", "99999999999999999999"), "is more than 1,000,000"),
    (("--epochs", "0"), "`0`"),
    (("--folds", "1"), "`1`"),
    (("--folds", "175"), "`175` is more than the 174 rows of the smallest class"),
    (("--holdout", "0"), "`0.0`"),
    (("--holdout", "1"), "`1.0`"),
    (("--holdout", "0.9999"), "`0.9999`"),
    (("--seed", "-1"), "`-1`"),
    (("--repeats", "0"), "`0`"),
    (("--rows", "3"), "`3` is too few"),
    (("--rows", "1798"), "`1798` asked for, `digits` has 1797"),
    (("--rows", "1798", "--dry-run"), "`1798` asked for, `digits` has 1797"),
    (("--sampler", "grid"), "lr: a grid needs values"),
    (("--set", "hidden=65536x99", "--dry-run"), "GB needed by the largest networks of the space"),
    (("--set", "hidden=1024", "--workers", "99999"), "GB needed by the largest networks"),
    (("--sampler", "tpee"), "`tpee`"),
    (("--generation", "0"), "`0`"),
    (("--timeout", "0"), "timeout: `0` is no length of time"),
    (("--timeout", "soon"), "`soon`"),
    (("--timeout", "nan", "--dry-run"), "`nan`"),
]
NAMES = [
    ("../x", "`../x`"),
    ("-rf", "`-rf`"),
    ("", "``"),
    ("x" * 100, "`" + "x" * 80),
    ("a/b", "`a/b`"),
    ("<script>", "`<script>`"),
    ("two\nlines", "`two\\nlines`"),
]
STORAGES = [
    ("postgresql://localhost/hp", "`postgresql://localhost/hp`"),
    ("sqlite:///:memory:", ":memory:"),
    ("sqlite:///missing/my.db", "`missing`"),
]
FILES = [
    ("trials = 10\n" + GOOD_FILE, "trials"),
    ('data = "digits"\n[space]\nlr = "1e-3:1"\n', "data"),
    (GOOD_FILE + "[trainning]\nepochs = 3\n", "`trainning`"),
    (GOOD_FILE + "[training]\nepoch = 3\n", "`epoch`"),
    (GOOD_FILE + "[training]\nepochs = \n", "line 6"),
    (GOOD_FILE + "[network]\nactivation = []\n", "`[]`"),
    (
        GOOD_FILE.replace(
            '"1e-3:1"', '{on = "optimizer", ranges = {sgd = {low = 1e-3, high = 1}}}'
        ),
        "lr: has a range for each optimizer, which the space does not search",
    ),
    (GOOD_FILE.replace('"1e-3:1"', "{sgd = 0.1}"), "which the space does not search"),
    (GOOD_FILE.replace('"1e-3:1"', '{low = 1, high = "a"}'), "`a`"),
    ('space = "lr,wd"\n', "space"),
    ("[[data]]\nname = 'digits'\n", "data"),
    ('[data]\nname = "digits"\nrows = 100000\n[space]\nlr = "1e-3:1"\n', "`100000`"),
    (b"\xff\xfe\x00[space]", "study.toml"),
]

OTHERS = [
    (("start", "--data", "mnis", "--space", "lr"), "`mnis`"),
    (("start", "--data", "nowhere.npz", "--space", "lr"), "`nowhere.npz` does not exist"),
    (("start", "nowhere.toml"), "`nowhere.toml`"),
    (("start", "book-mnits"), "`book-mnits`"),
    (("list",), "`hpsearch.db`"),
    (("db", "check"), "`hpsearch.db`"),
]
# Each changes the question of the finished study `tiny`, or asks for what is not there.
OF_A_STORED_STUDY = [
    ((*TINY, "--seed", "1"), "seed: stored `0`, asked `1`"),
    ((*TINY, "--set", "hidden=9"), "hidden: stored `[8]`, asked `[9]`"),
    ((*TINY, "--trials", "20"), "trials: stored `12`, asked `20`"),
    (("resume", "tiny", "--trials", "11"), "`11` is fewer than the 12 that are planned"),
    (("resume", "tny"), "`tny`"),
    (("resume", "tiny", "--trials", "20", "--timeout", "-1"), "`-1`"),
    (("resume",), "unfinished"),
    (("narrow", "tiny", "--range", "lr=1e-9:1"), "lr: `1e-09` is outside the limits"),
    (("narrow", "tiny", "--range", "lr=0.1:0.01"), "low (`0.1`) must be below high (`0.01`)"),
    (("narrow", "tiny", "--range", "lrr=0.1:1"), "unknown hyperparameter `lrr`"),
    (("narrow", "tiny", "--range", "dropout=0.1:0.2"), "of the space `dropout`"),
    (("narrow", "tiny", "--range", "adam.lr=0.1:1"), "unknown range of the space `adam.lr`"),
    (("narrow", "tiny", "--range", "lr"), "a range of `lr` is missing"),
    (("narrow", "tiny", "--range", "", "--dry-run"), "``"),
    (("narrow", "tiny", "--trials", "9999999"), "is more than 1,000,000"),
    (("resume", "tiny", "--trials", "9999999"), "is more than 1,000,000"),
    (("narrow", "tny"), "`tny`"),
    (("confirm", "tny"), "`tny`"),
    (("rename", "tiny", "tiny"), "`tiny`"),
    (("db", "backup", "hpsearch.db"), "`hpsearch.db` exists"),
    (("db", "backup", "missing/copy.db"), "missing/copy.db"),
]


# What the parser of the command line itself finds wrong.
PARSED = [
    (("start", "--nonsense"), "--nonsense"),
    ((*DIGITS, "--workers", "0"), "--workers"),
    (("narrow", "tiny", "--trials", "0"), "--trials"),
    (("confirm", "tiny", "--top", "0"), "--top"),
    (("confirm", "tiny", "--repeats", "1"), "--repeats"),
]


# Where a name that exists was meant, the hint says which.
GUESSES = {
    "`lrr`": "did you mean `lr`?",
    "`hiden`": "did you mean `hidden`?",
    "`mnis`": "did you mean `mnist`?",
    "`book-mnits`": "did you mean `book-mnist`?",
    "`epoch`": "did you mean `epochs`?",
    "`tny`": "did you mean `tiny`?",
}


class Case(NamedTuple):
    """Something typed, and what the refusal must name.

    Attributes:
        file: text of `study.toml` in the folder.
        is_stored: whether the folder has a database with the finished study `tiny`.
        is_parsed: whether the parser refuses it, in its own form.
    """

    args: tuple[str, ...]
    named: str
    file: str | bytes = ""
    is_stored: bool = False
    is_parsed: bool = False

    def __str__(self) -> str:
        common = next((len(each) for each in (TINY, DIGITS) if self.args[: len(each)] == each), 0)
        told = self.args[common:]
        text = self.file if isinstance(self.file, str) else repr(self.file)
        return ascii(" ".join([*told, text]).replace("\n", " "))[1:-1][-80:].strip()


TABLE = [
    *(Case((*SPACE, space), named) for space, named in SPACES),
    *(Case((*DIGITS, "--set", setting), named) for setting, named in SETTINGS),
    *(Case((*DIGITS, *flags), named) for flags, named in FLAGS),
    *(Case((*DIGITS, "--name", name), named) for name, named in NAMES),
    *(Case((*DIGITS, "--storage", url), named) for url, named in STORAGES),
    *(Case(args, named) for args, named in OTHERS),
    *(Case(("start", "study.toml"), named, file=text) for text, named in FILES),
    *(Case(args, named, is_stored=True) for args, named in OF_A_STORED_STUDY),
    *(Case(args, named, is_parsed=True) for args, named in PARSED),
]


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_bad_input_is_named_and_leaves_no_trace(case, finished, warm, tmp_path):
    folder = tmp_path / "folder"
    if case.is_stored:
        shutil.copytree(finished, folder)
    else:
        folder.mkdir()
    if case.file:
        text = case.file if isinstance(case.file, bytes) else case.file.encode()
        (folder / "study.toml").write_bytes(text)
    before = contents(folder)
    result = warm.run(*case.args, cwd=folder)
    if case.is_parsed:
        assert (result.returncode, result.stdout) == (2, "")
        assert case.named in result.stderr
        assert "Traceback" not in result.stderr
    else:
        assert_refused(result, 2, case.named)
        assert GUESSES.get(case.named, "") in result.stderr
    assert contents(folder) == before
