import pytest

from hpsearch.settings import available_memory, settings


def write(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


MEMINFO = "MemTotal:       2000 kB\nMemFree:         100 kB\nMemAvailable:    1000 kB\n"


@pytest.mark.parametrize(
    ("group", "limit", "expected"),
    [
        ("memory.max", "500000", 500_000),
        ("memory.max", "9000000", 1_024_000),
        ("memory.max", "max", 1_024_000),
        ("memory/memory.limit_in_bytes", "9223372036854771712", 1_024_000),
        ("memory/memory.limit_in_bytes", "4096", 4096),
    ],
)
def test_memory_is_what_is_available_within_the_limit_of_the_container(
    tmp_path, group, limit, expected
):
    write(tmp_path, "proc/meminfo", MEMINFO)
    write(tmp_path, f"sys/fs/cgroup/{group}", limit + "\n")
    assert available_memory(tmp_path) == expected


def test_without_limits_it_is_all_that_the_machine_has(tmp_path):
    assert available_memory(tmp_path) > 1e8
    assert settings().memory <= available_memory(tmp_path)
