"""A model comes back from its file as it was, or is refused in one line."""

import contextlib
import io
import json
import re
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.domain.spec import Activation, BatchNorm, RunningStatistics
from hpsearch.errors import InvalidInput
from hpsearch.model import model_file
from tests.model.models import ABOUT, random_model, rows


def save(model, path, **options):
    with model_file.saved(model, path, **options):
        pass
    return path


@settings(max_examples=40, deadline=None)
@given(
    hidden=st.sampled_from([(), (5,), (4, 4, 3)]),
    classes=st.sampled_from([(), ("no", "yes"), ("0", "1", "2"), ("ä", "b,c", "\n")]),
    structure=st.fixed_dictionaries(
        {
            "activation": st.sampled_from(Activation),
            "batchnorm": st.sampled_from(BatchNorm),
            "bn_running": st.sampled_from(RunningStatistics),
            "residual": st.booleans(),
            "slope": st.sampled_from([0.01, 0.3]),
        }
    ),
    members=st.integers(1, 3),
    dtype=st.sampled_from(["float32", "float64"]),
)
def test_a_model_comes_back_to_the_last_bit(
    tmp_path_factory, hidden, classes, structure, members, dtype
):
    model = random_model(hidden, classes, members, dtype, scale=255.0, **structure)
    back = model_file.load(save(model, tmp_path_factory.mktemp("model") / "a.npz"))
    assert back.network.parameters.tobytes() == model.network.parameters.tobytes()
    assert back.network.network == model.network.network
    assert back.classes == model.classes
    assert back.about == ABOUT
    assert np.array_equal(back.predict(rows()), model.predict(rows()))
    if classes:
        assert np.array_equal(back.predict_proba(rows()), model.predict_proba(rows()))


def test_the_file_is_plain_arrays_and_text_that_anybody_can_read(tmp_path):
    path = save(random_model(batchnorm=BatchNorm.PRE), tmp_path / "a.npz")
    with np.load(path, allow_pickle=False) as archive:
        about = json.loads(archive["about"].tobytes())
        shapes = {name: archive[name].shape for name in archive.files if name != "about"}
    assert about["kind"] == "hpsearch model"
    assert about["classes"] == ["no", "yes"]
    assert about["data"]["fingerprint"] == "f" * 64
    assert shapes["weights_0"] == (3, 6, 5)
    assert shapes["biases_2"] == (3, 1, 2)
    assert shapes["scale_1"] == (3, 1, 4)
    assert shapes["running_1"] == (3, 2, 4)


def test_the_same_model_is_the_same_file(tmp_path):
    first, second = (save(random_model(), tmp_path / name) for name in ("a.npz", "b.npz"))
    assert first.read_bytes() == second.read_bytes()


def test_a_file_cut_short_is_refused_wherever_it_ends(tmp_path):
    whole = save(random_model(), tmp_path / "a.npz").read_bytes()
    for length in [*range(0, len(whole), 97), len(whole) - 1]:
        (tmp_path / "cut.npz").write_bytes(whole[:length])
        with pytest.raises(InvalidInput, match=r"cut\.npz` is damaged, or no model"):
            model_file.load(tmp_path / "cut.npz")


def test_a_flipped_byte_is_refused_or_does_no_harm(tmp_path):
    model = random_model()
    whole = save(model, tmp_path / "a.npz").read_bytes()
    for at in range(0, len(whole), 23):
        (tmp_path / "bad.npz").write_bytes(whole[:at] + bytes([whole[at] ^ 64]) + whole[at + 1 :])
        with contextlib.suppress(InvalidInput):
            back = model_file.load(tmp_path / "bad.npz")
            assert np.array_equal(back.predict(rows()), model.predict(rows()))


def rewritten(path, change, **arrays):
    """The archive with its text changed, and other arrays put in place."""
    with np.load(path) as archive:
        held = {name: archive[name] for name in archive.files} | arrays
    about = json.loads(held["about"].tobytes())
    change(about)
    held["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    np.savez(path, **held)
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda about: about.update(format=99), r"made by a newer hpsearch \(0\.1\.0, format 99"),
        (lambda about: about.update(kind="other"), "no model of hpsearch: it says `other`"),
        (lambda about: about.pop("network"), "it lacks or garbles 'network'"),
        (lambda about: about.update(classes=["a"]), "1 classes for 2 outputs"),
        (lambda about: about["network"].update(sizes=[6, 5, 3, 2]), "is .* of float32"),
        (lambda about: about["network"].update(sizes=[2**40] * 3), "damaged"),
        (lambda about: about["network"].update(sizes=[]), "sizes"),
        (lambda about: about["network"].update(dtype="object"), "object"),
        (lambda about: about["network"].update(activation="swish"), "is not one of `relu`"),
        (lambda about: about.update(inputs={"picture": {}}), "picture"),
        (lambda about: about.update(inputs={"array": {}}), "features"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path, change, said):
    path = rewritten(save(random_model(), tmp_path / "a.npz"), change)
    with pytest.raises(InvalidInput, match=said) as told:
        model_file.load(path)
    assert str(path) in told.value.message
    assert told.value.hint


@pytest.mark.parametrize("values", [np.full((3, 6, 5), np.nan, np.float32), np.zeros((3, 6, 5))])
def test_weights_that_cannot_be_are_refused(tmp_path, values):
    path = rewritten(save(random_model(), tmp_path / "a.npz"), lambda _: None, weights_0=values)
    with pytest.raises(InvalidInput, match="weights_0"):
        model_file.load(path)


def test_nothing_in_a_file_is_ever_unpickled(tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("was unpickled",))

    np.savez(tmp_path / "trap.npz", about=np.array([Trap()], dtype=object))
    with pytest.raises(InvalidInput, match="damaged, or no model"):
        model_file.load(tmp_path / "trap.npz")


@pytest.mark.parametrize("content", [b"", b"hello", b"id,age\n1,2\n", b"PK\x03\x04 but no more"])
def test_what_is_no_archive_is_called_so(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(InvalidInput) as told:
        model_file.load(tmp_path / "a.npz")
    assert told.value.message.endswith(
        "is damaged, or no model: it is no NPZ archive, or ends early"
    )
    assert "pickle" not in str(told.value)


def foreign(name):
    stream = io.BytesIO()
    if name == "archive":
        np.savez(stream, x=np.zeros(3))
    elif name == "array":
        np.save(stream, np.zeros(3))
    elif name == "zip":
        with zipfile.ZipFile(stream, "w") as file:
            file.writestr("hello.txt", "hello")
    return {"text": b"lr,wd\n1,2\n", "empty": b""}.get(name, stream.getvalue())


@pytest.mark.parametrize("name", ["archive", "array", "zip", "text", "empty"])
def test_files_of_other_programs_are_refused(tmp_path, name):
    (tmp_path / "other").write_bytes(foreign(name))
    with pytest.raises(InvalidInput, match="no model"):
        model_file.load(tmp_path / "other")


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(InvalidInput, match="does not exist"):
        model_file.load(tmp_path / "none.npz")
    with pytest.raises(InvalidInput, match="Is a directory"):
        model_file.load(tmp_path)


def test_an_existing_file_is_kept_unless_it_may_be_replaced(tmp_path):
    path = tmp_path / "a.npz"
    path.write_text("mine")
    with pytest.raises(InvalidInput, match=re.escape(f"`{path}` exists")):
        save(random_model(), path)
    assert path.read_text() == "mine"
    save(random_model(), path, replace=True)
    assert model_file.load(path).about == ABOUT
    with pytest.raises(InvalidInput, match="folder"):
        save(random_model(), tmp_path / "none" / "a.npz")


def test_a_file_that_appears_meanwhile_is_kept(tmp_path):
    path = tmp_path / "a.npz"
    with pytest.raises(InvalidInput, match="exists"), model_file.saved(random_model(), path):
        path.write_text("theirs")
    assert path.read_text() == "theirs"
    assert [each.name for each in tmp_path.iterdir()] == ["a.npz"]


def test_what_fails_in_between_leaves_nothing(tmp_path):
    left = tmp_path / ".a.npz.123.new"  # of a process that was killed
    left.write_text("old")
    with contextlib.suppress(KeyError), model_file.saved(random_model(), tmp_path / "a.npz"):
        assert not (tmp_path / "a.npz").exists()
        raise KeyError
    assert not list(tmp_path.iterdir())
