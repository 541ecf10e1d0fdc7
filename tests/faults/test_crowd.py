"""Several studies written into one file at once, while somebody reads all the time."""

from tests.faults.crowd import crowd


def test_studies_that_share_a_file_do_not_lock_each_other_out(tmp_path):
    found = crowd(tmp_path, writers=4, trials=60)
    assert found.errors == []
    assert found.trials == [60] * 4
    assert len(found.commits) >= 240
    assert found.reads
    assert found.largest_log < 16_000_000
