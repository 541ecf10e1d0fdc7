"""Data without targets."""

import numpy as np
import pytest

from hpsearch.data.unlabelled import read_data
from hpsearch.errors import InvalidInput


def test_the_rows_of_an_archive(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.eye(3), x_test=np.zeros((2, 3)))
    assert read_data(tmp_path / "a.npz").shape == (3, 3)
    np.savez(tmp_path / "b.npz", x_train=np.eye(3), x_test=np.zeros((2, 3)))
    assert read_data(tmp_path / "b.npz").shape == (2, 3)


def test_a_table(tmp_path):
    (tmp_path / "a.csv").write_text("age,city\n3,Rome\n4,Oslo\n")
    frame = read_data(tmp_path / "a.csv")
    assert list(frame.columns) == ["age", "city"]
    assert len(frame) == 2


def test_images_of_mnists_own_files(tmp_path):
    head = np.array([0x803, 2, 3, 4], ">i4").tobytes()
    path = tmp_path / "t10k-images-idx3-ubyte"
    path.write_bytes(head + bytes(range(24)))
    assert read_data(path).tolist() == np.arange(24).reshape(2, 3, 4).tolist()


def archive(path, **arrays):
    np.savez(path, **arrays)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.npz", lambda path: archive(path, y=np.zeros(3)), "has no array `x`, only `y`"),
        ("a.npz", lambda path: archive(path, x=np.array(["a"])), "holds <U1, not numbers"),
        ("a.npz", lambda path: archive(path, x=np.array([{}])), "no sound NPZ archive"),
        ("a.npz", lambda path: archive(path, x=np.eye(9))[:-30], "no sound NPZ archive"),
        ("a.npz", lambda _: b"hello", "no sound NPZ archive"),
        ("a.npz", lambda _: b"", "no sound NPZ archive"),
        ("a.xlsx", lambda _: b"hello", "of no kind that can be read"),
        ("a.csv", lambda _: b"", "is empty"),
    ],
)
def test_files_that_cannot_be_read_are_refused(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content(path) if path.suffix == ".npz" else content(None))
    with pytest.raises(InvalidInput, match=said):
        read_data(path)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(InvalidInput, match="does not exist"):
        read_data(tmp_path / "none.npz")
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_data(tmp_path / "folder.npz")
