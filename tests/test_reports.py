"""The files of a report: the same bytes every time, one page that needs nothing but itself."""

import base64
import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from importlib.util import find_spec

import pytest

from hpsearch.bootstrap import opened
from hpsearch.errors import InvalidInput, NoValidTrial
from hpsearch.imports import import_table
from hpsearch.reporting.page import _prose
from hpsearch.reports import report_files
from tests.command_line import environment
from tests.stored_studies import TINY_SECTIONS, run_sections

# A process of its own, since no copy is made beside the threads that tests may have.
WITH_A_COPY = """
import os, sys
from hpsearch.bootstrap import opened
from hpsearch.reports import report_files

copies = []
os.register_at_fork(after_in_parent=lambda: copies.append(len(copies)))
with opened(sys.argv[1]) as store:
    study = store.load_searched("tiny")
    alone = report_files(store, study)
    assert not copies
    assert report_files(store, study, cores=2) == alone
    assert len(copies) == 1
"""
VOID = {"meta", "link", "br", "img", "hr", "input"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reported")
    run_sections(folder, TINY_SECTIONS, "tiny")
    return folder


def files_of(folder, name, count=None):
    with opened(f"sqlite:///{folder}/hpsearch.db") as store:
        return report_files(store, store.load_study(name), count)


@pytest.fixture(scope="module")
def files(folder):
    return files_of(folder, "tiny")


@pytest.fixture(scope="module")
def page(files):
    return files["report.html"]


class Reader(HTMLParser):
    """Checks that tags are closed in order; collects ids and attributes."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.attributes, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, *pair) for pair in attrs]
        self.ids += [value for key, value in attrs if key == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def read(page):
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def test_a_report_is_complete(files):
    optional = {"trials.parquet"} if find_spec("pyarrow") else set()
    assert {name for name in files if not name.endswith((".svg", ".png"))} == optional | {
        "report.html",
        "report.md",
        "report.txt",
        "trials.csv",
        "best.json",
        "best.toml",
        "best.tex",
    }
    pictures = {name.removesuffix(".svg") for name in files if name.endswith(".svg")}
    assert {"learning-curves", "hyperparameters", "best-so-far", "fit"} <= pictures
    assert all(f"{name}.png" in files for name in pictures)


def test_the_same_database_gives_the_same_bytes(folder, files):
    assert files_of(folder, "tiny") == files


@pytest.mark.skipif(sys.platform != "linux", reason="no copies elsewhere")
def test_two_processes_give_the_same_bytes_as_one(folder):
    command = [sys.executable, "-c", WITH_A_COPY, f"sqlite:///{folder}/hpsearch.db"]
    result = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=90)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""


def test_every_id_of_the_page_is_there_once(read):
    assert len(read.ids) == len(set(read.ids)) > 10


def test_the_page_asks_for_nothing_from_elsewhere(read, page):
    for tag, key, value in read.attributes:
        if key in ("src", "href", "xlink:href", "action"):
            assert value.startswith(("#", "data:")), (tag, key, value)
        assert not key.startswith("on"), (tag, key)
        assert key != "style", tag
    assert "@import" not in page
    assert re.findall(r"url\(([^)#]*)\)", page) == []


def test_the_policy_allows_the_pages_own_style_and_script_alone(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src &#39;none&#39;;")
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src &#39;sha256-{digest}&#39;" in policy
    assert "unsafe" not in policy


def test_pictures_have_names_for_those_who_do_not_see_them(page):
    drawings = re.findall(r"<svg [^>]*>\n<title[^>]*>([^<]*)</title>", page)
    assert len(drawings) == page.count("<svg ") == page.count('role="img"') >= 6
    assert all(drawings)


def test_each_of_the_best_ends_with_the_command_that_trains_it_again(page, files):
    for row in json.loads(files["best.json"]):
        assert f"<code>hpsearch replay tiny {row['number']}</code>" in page


def test_markup_in_a_name_stays_text(tmp_path):
    name = "<b>&'x"
    run_sections(tmp_path, TINY_SECTIONS | {"search": {"trials": 3, "stages": 1}}, "plain")
    with opened(f"sqlite:///{tmp_path}/hpsearch.db") as store:
        store.rename("plain", name)
    page = files_of(tmp_path, name)["report.html"]
    assert "<h1>&lt;b&gt;&amp;&#39;x</h1>" in page
    assert "<b>" not in page


def test_tables_for_other_programs(files):
    rows = list(csv.DictReader(io.StringIO(files["trials.csv"])))
    assert len(rows) == 12
    assert tomllib.loads(files["best.toml"])["space"]
    best = json.loads(files["best.json"])
    assert [row["rank"] for row in best] == list(range(1, len(best) + 1))
    assert best[0]["interval"][0] <= best[0]["score"] <= best[0]["interval"][1]
    assert best[0]["tied_with_best"]
    latex = files["best.tex"]
    assert latex.count(r" \\") == len(best) + 1
    assert latex.index(r"\toprule") < latex.index(r"\midrule") < latex.index(r"\bottomrule")


def test_the_markdown_begins_with_the_verdict(files):
    first, second, *_ = files["report.md"].split("\n\n")
    assert first == "# tiny"
    assert second.startswith("Best: lr: ")
    assert "corrected for the luck of being the best of 12" in " ".join(second.split())


def test_a_strict_parser_takes_the_page(files, tmp_path):
    html5lib = pytest.importorskip("html5lib")
    (tmp_path / "t.csv").write_text("lr,<b>&amp;`x`,score\n0.1,</td>,1\n0.2,<!--,2\n")
    study, _ = import_table(f"sqlite:///{tmp_path}/a.db", str(tmp_path / "t.csv"), "score")
    with opened(f"sqlite:///{tmp_path}/a.db") as store:
        imported = report_files(store, study)["report.html"]
    for page in (files["report.html"], imported):
        html5lib.HTMLParser(strict=True).parse(page)
    assert "&lt;b&gt;&amp;amp;" in imported


def test_sentences_show_commands_as_code_and_keep_numbers_whole():
    shown = _prose("`hpsearch show a` <b> 95 % of 1.5e-07.")
    assert shown == (
        '<code>hpsearch show a</code> &lt;b&gt; 95&nbsp;% of <span class="number">1.5e-07</span>.'
    )


def test_more_than_there_are_is_refused(folder):
    with pytest.raises(InvalidInput, match="`--best 13`: only 12 trials have a score"):
        files_of(folder, "tiny", 13)
    assert len(json.loads(files_of(folder, "tiny", 3)["best.json"])) == 3


def test_nothing_to_report_is_refused(tmp_path):
    run_sections(tmp_path, TINY_SECTIONS, "empty", cohorts=0)
    with pytest.raises(NoValidTrial, match="no finished trial yet"):
        files_of(tmp_path, "empty")


def test_a_toy_function_has_a_page_that_says_nothing_of_chance(tmp_path):
    descent = {
        "data": {"name": "valley"},
        "space": {"optimizer": "sgd|momentum", "lr": "0.1|0.3"},
        "search": {"sampler": "grid"},
    }
    run_sections(tmp_path, descent, "descent")
    files = files_of(tmp_path, "descent")
    assert "report.md" in files
    page = files["report.html"]
    assert "<p>Best: optimizer: " in page
    assert "How sure it is" not in page
    assert "95 %" not in page
    assert "best.tex" not in files
