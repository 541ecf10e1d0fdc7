from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def importable_trainers(monkeypatch):
    """Let worker processes import the trainers of these tests."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
