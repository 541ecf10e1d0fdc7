"""Properties of the source tree itself."""

import ast
import re
from pathlib import Path

import pytest

from hpsearch.domain.catalogue import CATALOGUE

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "hpsearch").rglob("*.py"))
FORBIDDEN = {"utils", "helpers", "common", "base", "misc"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_has_one_subject(path):
    assert len(path.read_text().splitlines()) <= 350
    assert path.stem not in FORBIDDEN


def test_packages_are_empty_at_their_door():
    for path in MODULES:
        if path.name == "__init__.py" and path.parent.name != "hpsearch":
            assert path.read_text() == ""


def test_the_migrations_do_not_shadow_their_library():
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_functions_stay_short():
    """Bodies without docstrings: none over 50 lines, nine in ten at most 22."""
    lengths = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                first = node.body[1] if ast.get_docstring(node) and node.body[1:] else node.body[0]
                lengths.append(node.body[-1].end_lineno - first.lineno + 1)
    lengths.sort()
    assert lengths[-1] <= 50
    assert lengths[int(0.9 * len(lengths))] <= 22


def test_the_readme_names_every_hyperparameter_and_command():
    from hpsearch.cli.main import app

    text = (ROOT / "README.md").read_text()
    commands = [command.name or command.callback.__name__ for command in app.registered_commands]
    for name in (*CATALOGUE, *commands, "db"):
        assert f"`{name}" in text or f"hpsearch {name}" in text


def test_the_tests_named_in_the_documents_exist():
    text = "".join(path.read_text() for path in sorted((ROOT / "docs").rglob("*.md")))
    named = set(re.findall(r"(tests/[\w/]+\.py)(?:::(\w+))?", text))
    assert named
    for path, test in named:
        found = re.findall(r"^def (test_\w+)\(", (ROOT / path).read_text(), re.MULTILINE)
        assert not test or test in found, f"{path}::{test}"


def test_every_packaged_study_is_in_the_table_of_experiments():
    text = (ROOT / "docs" / "reproduction.md").read_text()
    for path in (ROOT / "studies").glob("*.toml"):
        if path.stem != "digits-kfold":
            assert f"`{path.stem}`" in text, path.stem


def test_only_a_finalization_opens_the_test_part():
    """Nothing that searches, shows or reports can load the rows that were set aside."""
    callers = {
        path.relative_to(ROOT / "hpsearch").as_posix()
        for path in MODULES
        if path.parent.name != "data" and "load_test_part" in path.read_text()
    }
    assert callers == {"finalization.py"}
