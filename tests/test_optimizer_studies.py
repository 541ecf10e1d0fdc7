"""The packaged studies of toy functions: exact descents, in the export and in the report."""

import json

import numpy as np
import pytest

from hpsearch.bootstrap import ask, describe
from hpsearch.data.study_files import find_study_file
from hpsearch.domain.spec_text import layered
from hpsearch.errors import InvalidInput
from hpsearch.estimates import estimate
from hpsearch.reporting.best import best_text
from hpsearch.reporting.export import export_yaml
from hpsearch.reporting.study_list import list_text
from hpsearch.reporting.study_text import plan_text, report_markdown, show_text
from tests.stored_studies import exported, opened, run_sections, stored

STUDIES = ("optimizer-valley", "optimizer-bowl", "optimizer-saddle")


@pytest.fixture(scope="module")
def descended(tmp_path_factory):
    """A folder with the three studies, and the valley with the hat form of Adam."""
    folder = tmp_path_factory.mktemp("descended")
    for name in STUDIES:
        run_sections(folder, find_study_file(name).sections, name)
    hat = {"training": {"adam_eps": "hat"}, "space": {"optimizer": "adam|sgd", "lr": "0.3|0.1"}}
    run_sections(folder, layered(find_study_file("optimizer-valley").sections, hat), "hat")
    return folder


def paths(folder, name):
    """Exported descents by optimiser and learning rate, `(update + 1, 2)`."""
    return {
        (trial["configuration"]["optimizer"], trial["configuration"].get("lr")): np.array(
            trial["folds"][0]["details"]["trajectory"]
        )
        for trial in json.loads(exported(folder, name))["trials"]
    }


@pytest.mark.parametrize(
    ("study", "optimizer", "lr", "at_29", "at_30", "value", "crossings"),
    [
        (
            "optimizer-valley",
            "sgd",
            0.95,
            (-0.387175, -0.094203),
            (-0.350393, 0.084782),
            0.01333,
            30,
        ),
        (
            "optimizer-valley",
            "momentum",
            0.1,
            (0.814112, 0.272878),
            (0.896414, 0.088086),
            0.04794,
            4,
        ),
        ("optimizer-valley", "adagrad", 1.5, (-0.136185, 0.0), (-0.120162, 0.0), 0.000722, 0),
        ("optimizer-valley", "adam", 0.3, (0.020157, 0.321957), (0.136015, 0.318245), 0.10220, 2),
        ("hat", "adam", 0.3, (0.020149, 0.321957), (0.136007, 0.318245), 0.10220, 2),
        (
            "optimizer-valley",
            "nesterov",
            0.1,
            (0.619266, 0.007374),
            (0.689615, -0.00068),
            0.02378,
            5,
        ),
    ],
)
def test_the_valley_is_that_of_the_book(
    descended, study, optimizer, lr, at_29, at_30, value, crossings
):
    path = paths(descended, study)[optimizer, lr]
    assert path.shape == (31, 2)
    assert path[29] == pytest.approx(at_29, abs=1e-6)
    assert path[30] == pytest.approx(at_30, abs=1e-6)
    assert path[30, 0] ** 2 / 20 + path[30, 1] ** 2 == pytest.approx(value, rel=5e-4)
    assert np.count_nonzero(np.diff(np.sign(path[:, 1]))) == crossings


@pytest.mark.parametrize(
    ("optimizer", "lr", "end"),
    [
        ("sgd", 0.4, (-0.943467, -0.000073)),
        ("sgd", 0.6, (-0.387814, -1673.365109)),
        ("momentum", 0.4, (-0.062843, 0.001202)),
        ("momentum", 0.6, (0.007188, 0.002553)),
        ("adagrad", 0.4, (-2.382563, -0.158591)),
        ("adagrad", 2.0, (-0.002295, 0.0)),
        ("rmsprop", 0.4, (-0.010599, 0.0)),
        ("adadelta", None, (-4.782488, -1.787589)),
    ],
)
def test_the_bowl_is_that_of_the_second_notes(descended, optimizer, lr, end):
    path = paths(descended, "optimizer-bowl")[optimizer, lr]
    assert path.shape == (21, 2)
    assert path[-1] == pytest.approx(end, abs=1e-6)
    report = report_markdown(stored(descended, "optimizer-bowl"), describe("bowl"))
    assert f"{path[-1, 0]:.6f}, {path[-1, 1]:.6f} | {optimizer}" in report


def test_plain_descent_is_the_last_to_leave_the_saddle(descended):
    far = {
        optimizer: int(np.argmax(np.abs(path[:, 1]) > 0.1))
        for (optimizer, _), path in paths(descended, "optimizer-saddle").items()
    }
    assert min(far.values()) > 0
    assert max(far, key=far.get) == "sgd"
    for optimizer in ("momentum", "rmsprop", "adam"):
        assert far[optimizer] < far["sgd"] / 4


def test_the_score_is_minus_the_value_and_adagrad_looks_best_in_the_valley(descended):
    study = stored(descended, "optimizer-valley")
    for trial in study.trials:
        assert trial.score == -trial.evaluations[0].validation_loss
    first, *_, last = best_text(study, 5).splitlines()
    assert first == "Best-1 (-f: -0.0007219) | optimizer: adagrad, lr: 1.5"
    assert last == "better; 0, its minimum, is the best there is."


def test_what_is_said_of_a_function_is_true(descended):
    shown = show_text(stored(descended, "optimizer-saddle"), describe("saddle"))
    assert "Function  saddle: f = x² - y², from (1, 0.001)" in shown
    assert "250 updates" in shown
    assert "it falls without end" in shown.replace("\n", " ")
    for word in ("rows", "Network", "accuracy", "val acc", "fold"):
        assert word not in shown
    question = ask("optimizer-bowl", {}, None)
    plan = plan_text("new", question.spec, question.trial_count, describe("bowl"))
    assert "0.1 x² + 2 y²" in plan
    assert estimate(question.spec, question.trial_count, 1).seconds < 5
    assert export_yaml(stored(descended, "hat")).splitlines()[0].endswith(": trial 0, -f -0.1022")
    with opened(f"sqlite:///{descended}/hpsearch.db") as store:
        assert all(len(line) < 80 for line in list_text(store.list_studies()).splitlines())


def test_workers_descend_to_the_same_bytes(descended, tmp_path):
    sections = find_study_file("optimizer-bowl").sections
    run_sections(tmp_path, sections, "optimizer-bowl", workers=2)
    assert exported(tmp_path, "optimizer-bowl") == exported(descended, "optimizer-bowl")


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"training": {"wd": 0.1}}, "wd: means nothing for the function `valley`"),
        ({"training": {"measure": "gradients"}}, "measure: means nothing"),
        ({"network": {"hidden": "8"}}, "hidden: means nothing"),
        ({"split": {"folds": 3}}, "folds: means nothing"),
        ({"data": {"rows": 10}}, "rows: means nothing"),
        ({"search": {"repeats": 3}}, "repeats: means nothing"),
        ({"space": {"text": "lr,dropout"}}, "dropout: means nothing"),
        ({"space": {"width": "8|16"}}, "width: means nothing"),
    ],
)
def test_settings_that_no_function_has_are_refused(sections, said):
    valley = {"data": {"name": "valley"}, "space": {"lr": "0.1:1"}}
    with pytest.raises(InvalidInput, match=said):
        ask(None, layered(valley, sections), None)


def test_a_function_can_be_searched_too(tmp_path):
    searched = {
        "data": {"name": "valley"},
        "space": {"text": "lr=0.01:1,momentum=0.5:0.99"},
        "training": {"optimizer": "momentum", "schedule": "cosine"},
        "search": {"trials": 6, "seed": 3},
    }
    run_sections(tmp_path, searched, "searched")
    trials = stored(tmp_path, "searched").trials
    assert len({trial.score for trial in trials}) == 6
