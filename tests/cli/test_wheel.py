"""The package as users get it: built, installed apart from the checkout, and run elsewhere."""

import json
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.command_line import TINY, environment

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", folder, CHECKOUT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The command of an environment that has the wheel, and this one's other packages."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    _run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "-q", wheel)
    packages = next(folder.glob("lib/python*/site-packages"))
    # A plain line adds a folder without the .pth files in it, so not the editable checkout.
    (packages / "others.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return folder / "bin" / "hpsearch"


def test_the_wheel_holds_the_migrations_and_studies_and_no_compiled_files(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "hpsearch/store/migrations/env.py" in names
    assert "hpsearch/store/migrations/versions/0001_first_schema.py" in names
    assert "hpsearch/data/studies/book-mnist.toml" in names
    assert not [name for name in names if name.endswith(".pyc") or name.startswith("tests/")]


def test_the_installed_wheel_is_not_the_checkout(installed, tmp_path):
    where = "import hpsearch, json, sys; print(json.dumps([hpsearch.__file__, sys.path]))"
    file, path = json.loads(_run(installed.parent / "python", "-P", "-c", where, cwd=tmp_path))
    assert Path(file).is_relative_to(installed.parents[1])
    assert str(CHECKOUT) not in path


def test_the_installed_wheel_makes_a_database_and_runs_a_study(installed, tmp_path):
    _run(installed, "db", "upgrade", cwd=tmp_path)
    assert _run(installed, *TINY, "--workers", "2", cwd=tmp_path).startswith("Best-1 ")
    assert len(json.loads(_run(installed, "export", "tiny", cwd=tmp_path))["trials"]) == 12
    assert "784-100x6-10" in _run(installed, "start", "book-mnist", "--dry-run", cwd=tmp_path)
    assert "digits-kfold" in _run(installed, "studies", cwd=tmp_path)


def _run(*command, cwd=None):
    result = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment(), capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
