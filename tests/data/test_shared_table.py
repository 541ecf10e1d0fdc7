import os
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hpsearch.data import shared_table, sources
from hpsearch.data.shared_table import SharedTable, shared, table_for_workers
from hpsearch.domain.data_text import data_spec


@pytest.fixture
def dataset():
    return sources.load(data_spec({"name": "wine"}, sources.card("wine")), 0)


def test_a_large_table_travels_as_a_path_and_holds_the_same_numbers(dataset, monkeypatch):
    monkeypatch.setattr(shared_table, "SHARED_FROM_BYTES", 1000)
    kept = np.array(dataset.x)
    with shared(dataset, 2) as one:
        sent = pickle.dumps(table_for_workers(one))
        assert len(sent) < 500 < kept.nbytes
        again = pickle.loads(sent)
        assert isinstance(again, SharedTable)
        assert again.shape == kept.shape
        np.testing.assert_array_equal(again[[3, 1]], kept[[3, 1]])
        np.testing.assert_array_equal(one.x, kept)
        assert one.fingerprint == dataset.fingerprint


def test_no_file_is_left_behind(dataset, monkeypatch, tmp_path):
    monkeypatch.setattr(shared_table, "SHARED_FROM_BYTES", 1000)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with shared(dataset, 2):
        if Path(f"/proc/{os.getpid()}/fd").exists():
            assert not list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


def test_small_tables_images_and_single_processes_stay_as_they_are(dataset, monkeypatch):
    with shared(dataset, 2) as one:
        assert one is dataset
    monkeypatch.setattr(shared_table, "SHARED_FROM_BYTES", 1000)
    for other, processes in ((dataset, 1), (replace(dataset, schema=None), 2)):
        with shared(other, processes) as one:
            assert one is other
            assert table_for_workers(one) is one.x


def test_without_room_for_it_a_table_is_sent(dataset, monkeypatch, tmp_path):
    monkeypatch.setattr(shared_table, "SHARED_FROM_BYTES", 1000)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with shared(dataset, 2) as one:
        assert one is dataset
