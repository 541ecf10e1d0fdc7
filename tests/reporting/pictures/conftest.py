import pytest

from tests.reporting.pictures.studies import STUDIES, drawn
from tests.stored_studies import run_sections


@pytest.fixture(scope="session")
def studied(tmp_path_factory):
    """A folder with one finished study of every kind; not to be changed."""
    folder = tmp_path_factory.mktemp("studied")
    for name, sections in STUDIES.items():
        run_sections(folder, sections, name)
    return folder


@pytest.fixture(scope="session")
def albums(studied):
    """The pictures of every study in `studied`, by its name."""
    return {name: drawn(studied, name) for name in STUDIES}
