import pytest

from tests.reporting.pictures.studies import STUDIES, drawn
from tests.stored_studies import run_partly, run_sections

GRADIENTS = ["gradients-by-layer", "gradients"]
PICTURES = {
    "searched": ["learning-curves"],
    "values": ["learning-curves"],
    "words": ["learning-curves"],
    "two": ["learning-curves"],
    "many": ["learning-curves", "learning-curves-loss"],
    "measured": ["learning-curves", "activations", *GRADIENTS],
    "searched-and-measured": ["learning-curves", "activations", *GRADIENTS],
    "watched": ["activations"],
    "descent": ["trajectories"],
    "saddle": ["trajectories"],
}


@pytest.mark.parametrize("name", STUDIES)
def test_every_kind_of_study_has_its_pictures(albums, name):
    assert [each.name for each in albums[name]] == PICTURES[name]
    for each in albums[name]:
        assert each.heading
        assert each.caption.endswith(".")


def test_a_study_without_a_trial_has_none(tmp_path):
    run_partly(tmp_path / "hpsearch.db", "empty", 0)
    assert drawn(tmp_path, "empty") == []


def test_a_search_that_only_diverged_has_none(tmp_path):
    lost = STUDIES["searched"] | {
        "network": {"hidden": "8x12", "init": 1e6},
        "search": {"trials": 2},
    }
    run_sections(tmp_path, lost, "lost")
    assert drawn(tmp_path, "lost") == []


def test_captions_tell_what_bands_and_crosses_are(albums):
    (values,) = albums["values"]
    assert "means over 2 trainings; bands are ± one standard deviation" in values.caption
    (words,) = albums["words"]
    assert "bands" not in words.caption
    assert "cross" not in words.caption
    assert "updates until |y| is above 0.1" in albums["saddle"][0].caption


def test_headings_tell_which_trials_are_shown(albums, studied, tmp_path):
    assert albums["searched-and-measured"][1].heading == "Activations before training, Best-5"
    assert albums["measured"][1].heading == "Activations before training"
    many = STUDIES["watched"] | {"space": {"lr": "|".join(f"0.{n}" for n in range(11, 29))}}
    run_sections(tmp_path, many, "wide")
    (drawing,) = drawn(tmp_path, "wide")
    assert drawing.heading == "Activations before training, first 16 of 18 trials"
