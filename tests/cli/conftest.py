import shutil

import pytest

from tests.command_line import TINY, succeed


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A folder with a database that holds one finished study, `tiny`; not to be changed."""
    folder = tmp_path_factory.mktemp("finished")
    succeed(*TINY, cwd=folder)
    return folder


@pytest.fixture
def folder(finished, tmp_path):
    """A folder of the test's own with the finished study `tiny`."""
    shutil.copytree(finished, tmp_path / "folder")
    return tmp_path / "folder"
