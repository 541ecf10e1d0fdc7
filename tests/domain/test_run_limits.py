import pytest

from hpsearch.domain.run_limits import RunLimits, bytes_of, run_limits, seconds_of
from hpsearch.errors import InvalidStudy


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), (" 10m ", 600), ("10 min", 600), ("2h", 7200), ("1.5h", 5400)],
)
def test_a_length_of_time_is_read(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "0.0m", "-1", "inf", "nan", "1e3", "2d", "h", "1h30m"])
def test_anything_else_is_refused_with_what_was_typed(text):
    with pytest.raises(InvalidStudy, match=f"`{text}` is no length of time"):
        seconds_of(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("500MB", 500_000_000),
        ("2G", 2_000_000_000),
        (" 1.5 gb ", 1_500_000_000),
        ("1TB", 10**12),
        ("1.5GiB", 3 * 2**29),
        ("512MiB", 2**29),
    ],
)
def test_a_size_of_memory_is_read(text, size):
    assert bytes_of(text, "worker-memory") == size


@pytest.mark.parametrize("text", ["", "0MB", "2", "-1GB", "infGB", "2kB", "GB", "1G1M", "2 Gi"])
def test_anything_else_is_no_size(text):
    with pytest.raises(InvalidStudy, match=f"worker-memory: `{text}` is no size of memory"):
        bytes_of(text, "worker-memory")


def test_limits_are_those_that_were_written():
    assert run_limits(None, None, None, None) == RunLimits()
    assert run_limits("10m", "30s", "2GB", 7) == RunLimits(
        seconds=600, training_seconds=30, worker_bytes=2 * 10**9, failures=7
    )


def test_less_memory_than_a_worker_needs_is_refused():
    with pytest.raises(InvalidStudy, match="less than a worker needs"):
        run_limits(None, None, "149MB", None)
    assert run_limits(None, None, "150MB", None).worker_bytes == 150_000_000
