import pytest

from hpsearch.errors import InvalidInput
from hpsearch.reporting.output_files import write_folder

FILES = {"report.md": "# mine\n", "a.png": b"png"}


def test_a_folder_is_written_as_a_whole(tmp_path):
    folder = tmp_path / "report"
    write_folder(folder, FILES, replace=False)
    assert sorted(each.name for each in folder.iterdir()) == ["a.png", "report.md"]
    assert [each.name for each in tmp_path.iterdir()] == ["report"]


def test_an_earlier_report_is_replaced_only_on_demand(tmp_path):
    folder = tmp_path / "report"
    write_folder(folder, FILES | {"old.svg": b""}, replace=False)
    with pytest.raises(InvalidInput, match="exists"):
        write_folder(folder, FILES, replace=False)
    write_folder(folder, FILES, replace=True)
    assert not (folder / "old.svg").exists()
    assert [each.name for each in tmp_path.iterdir()] == ["report"]


def test_what_is_no_report_is_never_replaced(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("mine")
    with pytest.raises(InvalidInput, match="holds something else than a report"):
        write_folder(tmp_path / "thesis", FILES, replace=True)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InvalidInput, match="is a file"):
        write_folder(tmp_path / "file", FILES, replace=True)
    assert (tmp_path / "thesis" / "chapter.tex").read_text() == "mine"


def test_an_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    write_folder(tmp_path / "empty", FILES, replace=True)
    assert (tmp_path / "empty" / "a.png").read_bytes() == b"png"


def test_links_and_missing_parents_are_refused(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    with pytest.raises(InvalidInput, match="is a link"):
        write_folder(tmp_path / "link", FILES, replace=True)
    with pytest.raises(InvalidInput, match="does not exist"):
        write_folder(tmp_path / "no" / "report", FILES, replace=False)
    assert list((tmp_path / "there").iterdir()) == []


def test_nothing_is_left_of_a_report_that_cannot_be_written(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_folder(tmp_path / "report", FILES | {"no/such/folder": b""}, replace=False)
    assert list(tmp_path.iterdir()) == []
