import shutil

import pytest

from tests.command_line import TINY, run


@pytest.fixture(scope="session")
def first_run(tmp_path_factory):
    """A folder in which the study `tiny` was run, and how that went; not to be changed."""
    folder = tmp_path_factory.mktemp("finished")
    return folder, run(*TINY, cwd=folder)


@pytest.fixture(scope="session")
def finished(first_run):
    """A folder with a database that holds one finished study, `tiny`; not to be changed."""
    folder, result = first_run
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture
def folder(finished, tmp_path):
    """A folder of the test's own with the finished study `tiny`."""
    shutil.copytree(finished, tmp_path / "folder")
    return tmp_path / "folder"
