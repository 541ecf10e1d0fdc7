import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.data.built_in import card
from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.setting_values import widths
from hpsearch.domain.space import IntegerRange
from hpsearch.domain.spec import Activation, BatchNorm, InitialWeights, Schedule
from hpsearch.domain.spec_text import (
    differences,
    layered,
    setting,
    spec_sections,
    study_spec,
)
from hpsearch.errors import InvalidInput, InvalidStudy, UnknownName

SPACE = {"space": {"text": "lr,wd"}}


def spec_of(sections, data="mnist"):
    return study_spec(layered(SPACE, sections), card(data))[0]


def test_mnist_takes_the_protocol_of_the_book():
    spec = spec_of({})
    assert (spec.data.name, spec.data.rows, spec.split.holdout) == ("mnist", 500, 0.2)
    assert spec.network.hidden == (100,) * 6
    assert (spec.training.batch, spec.training.epochs) == (100, 50)


def test_small_data_take_five_folds_and_small_batches():
    spec = spec_of({}, "digits")
    assert (spec.split.folds, spec.network.hidden, spec.training.batch) == (5, (128, 128), 32)


def test_flags_override_files_and_a_split_replaces_the_other_kind():
    merged = layered(
        {"split": {"folds": 5}, "training": {"epochs": 9}}, {"split": {"holdout": 0.3}}
    )
    assert merged == {"split": {"holdout": 0.3}, "training": {"epochs": 9}}


@given(
    st.fixed_dictionaries(
        {
            "network": st.fixed_dictionaries(
                {
                    "hidden": st.lists(st.integers(1, 999), max_size=4),
                    "activation": st.sampled_from([each.value for each in Activation]),
                    "batchnorm": st.sampled_from([each.value for each in BatchNorm]),
                    "residual": st.booleans(),
                    "init": st.one_of(
                        st.sampled_from([each.value for each in InitialWeights]),
                        st.floats(1e-6, 10),
                    ),
                }
            ),
            "training": st.fixed_dictionaries(
                {
                    "batch": st.integers(2, 250),
                    "optimizer": st.sampled_from(["sgd", "momentum", "adam", "adagrad"]),
                    "schedule": st.sampled_from([each.value for each in Schedule]),
                    "eps": st.one_of(st.none(), st.floats(1e-9, 1e-3)),
                    "dropout": st.sampled_from([0.0, "off", 0.5]),
                    "early_stopping": st.integers(0, 20),
                    "measure": st.sampled_from(["none", "gradients", ["activations"], []]),
                }
            ),
            "split": st.one_of(
                st.fixed_dictionaries({"folds": st.integers(2, 100)}),
                st.fixed_dictionaries({"holdout": st.floats(0.01, 0.4)}),
            ),
            "search": st.fixed_dictionaries(
                {
                    "seed": st.integers(0, 2**62),
                    "repeats": st.integers(1, 9),
                    "sampler": st.sampled_from([e.value for e in Sampler if e != Sampler.GRID]),
                    "generation": st.one_of(st.none(), st.integers(1, 500)),
                }
            ),
        }
    )
)
def test_the_written_form_gives_the_same_question_again(sections):
    spec = spec_of(sections)
    again, _ = study_spec(spec_sections(spec), card("mnist"))
    assert again == spec
    assert differences(spec, again) == []


def test_differences_name_the_key_and_both_values():
    found = differences(spec_of({}), spec_of({"training": {"epochs": 7}, "search": {"seed": 1}}))
    assert found == [("epochs", 50, 7), ("seed", 0, 1)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("100x6", (100,) * 6), ("64,32", (64, 32)), ("50", (50,)), ("none", ()), ([3, 4], (3, 4))],
)
def test_widths_can_be_written_in_several_ways(value, expected):
    assert widths(value) == expected


@pytest.mark.parametrize(
    "written", ["gradients, activations", ["gradients", "activations"], "activations,gradients"]
)
def test_what_is_measured_can_be_written_in_any_order(written):
    spec = spec_of({"training": {"measure": written}})
    assert spec.training.measure == ("activations", "gradients")
    assert spec_sections(spec)["training"]["measure"] == ["activations", "gradients"]


def test_questions_that_measure_nothing_are_written_as_before():
    assert "measure" not in spec_sections(spec_of({"training": {"measure": "none"}}))["training"]


def test_a_setting_finds_its_section():
    assert setting("hidden=64,32") == {"network": {"hidden": "64,32"}}
    assert setting("batch = 10") == {"training": {"batch": "10"}}


@pytest.mark.parametrize(
    ("holdout", "low", "high"), [(0.2, 16, 256), (0.8, 16, 100), (0.98, 5, 10), (0.996, 1, 2)]
)
def test_searched_batches_fit_the_training_rows(holdout, low, high):
    spec = spec_of({"space": {"text": "lr,batch"}, "split": {"holdout": holdout}})
    assert spec.space["batch"] == IntegerRange(low=low, high=high)
    again, _ = study_spec(spec_sections(spec), card("mnist"))
    assert again == spec


def test_what_needs_a_hidden_layer_may_be_searched_with_the_depth():
    spec = spec_of({"space": {"text": "width,depth"}, "network": {"hidden": "none"}})
    assert list(spec.space) == ["width", "depth"]


@pytest.mark.parametrize("text", ["hiden=3", "batch", "=3"])
def test_unknown_settings_are_refused(text):
    with pytest.raises(InvalidInput):
        setting(text)


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"search": {"trials": 0}}, "trials: `0` must be 1 or more"),
        ({"search": {"trials": "many"}}, "trials: `many` is not a whole number"),
        ({"search": {"seed": -1}}, "seed: `-1`"),
        ({"split": {"folds": 1}}, "folds: `1` must be 2 or more"),
        ({"split": {"folds": 3, "holdout": 0.2}}, "either `folds` or `holdout`"),
        ({"split": {"holdout": 1.0}}, "holdout: `1.0` must lie between"),
        ({"network": {"hidden": "abc"}}, "hidden: `abc` is no list of widths"),
        ({"network": {"hidden": [0]}}, "width `0`"),
        ({"network": {"activation": "relo"}}, "activation: `relo` is not one of `relu`"),
        ({"network": {"init": "hee"}}, "init: `hee` is neither"),
        ({"network": {"init": 0}}, "stay identical"),
        ({"training": {"batch": 401}}, "batch: `401` is more than the 400 training rows"),
        ({"training": {"batch": 1.5}}, "batch: `1.5` is not a whole number"),
        ({"training": {"epochs": 0}}, "epochs: `0`"),
        ({"training": {"lr": 0.1}}, "lr: is searched by the space and fixed to `0.1` at once"),
        ({"network": {"batchnorm": "pre"}, "training": {"batch": 1}}, "batch: `1` leaves batch"),
        ({"network": {"residual": "maybe"}}, "residual: `maybe` is neither `on` nor `off`"),
        ({"training": {"dropout": 1}}, "dropout: `1` is outside the limits"),
        ({"training": {"momentum": -0.1}}, "momentum: `-0.1` is outside"),
        ({"training": {"clip_value": -1}}, "clip_value: `-1` is outside the limits"),
        ({"training": {"early_stopping": -1}}, "early_stopping: `-1` must be 0"),
        ({"search": {"repeats": 0}}, "repeats: `0` is outside 1 to 1000"),
        ({"search": {"repeats": "few"}}, "repeats: `few` is not a whole number"),
        ({"training": {"warmup": 1.0}}, r"warmup: `1\.0` must be 0 or more, below 1"),
        ({"space": {"momentum": "0.5:0.9"}}, "momentum: is never active with optimizer `sgd`"),
        (
            {"space": {"width": "", "lr": ""}, "network": {"hidden": "none"}},
            "width: is never active without a hidden layer",
        ),
        ({"space": {"batch": "16:401"}}, "batch: `401` is more than the 400 training rows"),
        ({"space": {"batch": "1:8"}, "network": {"batchnorm": "post"}}, "batch: `1` leaves batch"),
        ({"space": {"batchnorm": ""}, "training": {"batch": 1}}, "batch: `1` leaves batch"),
        (
            {"space": {"batch": "16:64"}, "search": {"try": ["batch=401"]}},
            "batch: `401` is more than the 400 training rows",
        ),
        (
            {
                "space": {"batch": "16:64"},
                "network": {"batchnorm": "pre"},
                "search": {"try": ["batch=1"]},
            },
            "batch: `1` leaves batch",
        ),
        ({"training": {"dtype": "float16"}}, "dtype: `float16` is not one of"),
        ({"training": {"measure": "gradient"}}, "measure: `gradient` is not `none` or some of"),
        ({"data": {"rows": 2}}, "rows: `2` is too few"),
        ({"training": 3}, "training: `3` should be a table"),
    ],
)
def test_values_that_make_no_sense_are_refused_with_the_value(sections, said):
    with pytest.raises(InvalidStudy, match=said):
        study_spec(
            layered(SPACE, sections) if sections.get("training") != 3 else sections, card("mnist")
        )


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"netwrk": {}}, "unknown section `netwrk`"),
        ({"network": {"hiden": 3}}, r"unknown key in \[network\] `hiden`"),
        ({"search": {"trails": 3}}, "unknown key in .* `trails`"),
    ],
)
def test_unknown_keys_are_refused(sections, said):
    with pytest.raises(UnknownName, match=said):
        study_spec(sections, card("mnist"))


def test_defaults_fit_themselves_to_few_rows():
    spec = spec_of({"data": {"rows": 50}})
    assert spec.training.batch == 40


GRID = {"search": {"sampler": "grid"}, "space": {"lr": "0.1|0.01", "wd": ["off", 0.1, 0.2]}}


def test_a_grid_has_as_many_trials_as_combinations():
    spec, trials = study_spec(GRID, card("digits"))
    assert trials == 6
    assert study_spec(spec_sections(spec), card("digits")) == (spec, 6)
    assert study_spec(layered(GRID, {"search": {"trials": 6}}), card("digits"))[1] == 6


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"search": {"trials": 7}}, "trials: `7` is not the 6 of the grid"),
        ({"search": {"trials": 5}}, "trials: `5` is not the 6 of the grid"),
        ({"space": {"lr": "0.1:1"}}, "lr: a grid needs values"),
        ({"space": {"width": "16:64"}}, "width: a grid needs values"),
        ({"space": {"lr": "", "wd": ""}}, "lr: a grid needs values"),
        ({"space": {"batch": "16|1438"}}, "batch: `1438` is more than the 1437 training rows"),
        ({"space": {"batch": "1|8", "batchnorm": ""}}, "batch: `1` leaves batch normalisation"),
    ],
)
def test_grids_that_cannot_be_tried_are_refused(sections, said):
    with pytest.raises(InvalidInput, match=said):
        study_spec(layered(GRID, sections), card("digits"))


def test_one_repeat_is_not_written_down():
    assert "repeats" not in spec_sections(spec_of({"search": {"repeats": 1}}))["search"]
    spec = spec_of({"search": {"repeats": 3}, "split": {"folds": 2}})
    assert spec_sections(spec)["search"]["repeats"] == 3
    assert spec.parts == ((0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1))


@pytest.mark.parametrize(
    ("sampler", "generation"), [("random", None), ("sobol", None), ("tpe", 8), ("gp", 8)]
)
def test_samplers_that_learn_propose_eight_trials_at_a_time(sampler, generation):
    assert spec_of({"search": {"sampler": sampler}}).generation == generation
    assert spec_of({"search": {"sampler": sampler, "generation": "5"}}).generation == 5


def test_a_question_from_before_there_were_generations_reads_as_before():
    written = spec_sections(spec_of({}))
    assert "generation" not in written["search"]
    assert study_spec(written, card("mnist"))[0] == spec_of({})


def test_another_generation_is_another_question():
    eight, five = (
        spec_of({"search": {"sampler": "tpe", "generation": size}}) for size in (None, 5)
    )
    assert differences(eight, five) == [("generation", 8, 5)]


@pytest.mark.parametrize("size", [0, -8, "many", 2.5])
def test_a_generation_of_no_trials_is_refused(size):
    with pytest.raises(InvalidStudy, match=f"generation: `{size}`"):
        spec_of({"search": {"generation": size}})
