from dataclasses import replace

import pytest

from hpsearch.diagnosis import Facts, Level, Library, StoreFacts, findings

STORE = StoreFacts(
    path="/data/hpsearch.db",
    is_there=True,
    is_writable=True,
    free=10**10,
    file_system="ext4",
    is_network=False,
    schema="0005",
    head="0005",
)
FACTS = Facts(
    libraries=(Library("python", "3.12.1", ">=3.11"), Library("numpy", "2.4.0", ">=2.0")),
    sqlite=(3, 51, 3),
    blas=("openblas 0.3.30",),
    blas_threads=1,
    cores=2,
    memory=8 * 10**9,
    store=STORE,
)


def told(facts):
    """What is not in order: level, subject, text."""
    return [
        (each.level, each.subject, each.text)
        for each in findings(facts)
        if each.level is not Level.PASS
    ]


def test_where_all_is_well_every_check_passes_without_advice():
    found = findings(FACTS)
    assert [each.level for each in found] == [Level.PASS] * 9
    assert {each.advice for each in found} == {""}
    assert len({each.subject for each in found}) == 9


@pytest.mark.parametrize(
    ("change", "level", "subject", "text"),
    [
        ({"libraries": (Library("numpy", "1.26.4", ">=2.0"),)}, "FAIL", "libraries", "1.26.4"),
        ({"libraries": (Library("optuna", "", ">=5.0"),)}, "FAIL", "libraries", "optuna missing"),
        ({"libraries": (Library("python", "3.10.9", ">=3.11"),)}, "FAIL", "libraries", "3.10.9"),
        ({"sqlite": (3, 51, 2)}, "WARN", "SQLite", "3.51.2"),
        ({"blas": (), "blas_threads": 0}, "WARN", "BLAS", "unknown"),
        ({"blas_threads": 8}, "WARN", "BLAS", "8 threads"),
        ({"memory": None}, "WARN", "machine", "memory unknown"),
        ({"memory": 499_999_999}, "WARN", "machine", "500.0 MB"),
    ],
)
def test_what_is_wrong_with_a_machine_is_told(change, level, subject, text):
    ((found_level, found_subject, found_text),) = told(replace(FACTS, **change))
    assert (found_level, found_subject) == (level, subject)
    assert text in found_text


@pytest.mark.parametrize(
    ("change", "level", "subject", "text"),
    [
        ({"is_writable": False}, "FAIL", "database", "/data/hpsearch.db cannot be written"),
        ({"file_system": "nfs4", "is_network": True}, "FAIL", "file system", "nfs4"),
        ({"file_system": "fuse.mine"}, "WARN", "file system", "fuse.mine"),
        ({"file_system": "tmpfs"}, "WARN", "file system", "in memory"),
        ({"file_system": ""}, "WARN", "file system", "unknown"),
        ({"free": 49_999_999}, "WARN", "disk", "50.0 MB free"),
        ({"free": 999_999}, "FAIL", "disk", "1.0 MB free"),
        ({"damage": "it is damaged", "remedy": "mend it"}, "FAIL", "schema", "it is damaged"),
        ({"schema": "0004"}, "FAIL", "schema", "0004 is older"),
        ({"locks": (("write", "pid 7"),)}, "WARN", "locks", "write by pid 7"),
    ],
)
def test_what_is_wrong_with_a_store_is_told(change, level, subject, text):
    ((found_level, found_subject, found_text),) = told(
        replace(FACTS, store=replace(STORE, **change))
    )
    assert (found_level, found_subject) == (level, subject)
    assert text in found_text


@pytest.mark.parametrize(
    "change",
    [
        {"is_there": False, "schema": ""},
        {"locks": None},
        {"locks": (("study-1", "pid 4711 on host, ana, since 2026-01-01 10:00:00 UTC"),)},
        {"free": 50_000_000},
        {"file_system": "overlay"},
    ],
)
def test_what_is_usual_is_no_cause_for_alarm(change):
    assert told(replace(FACTS, store=replace(STORE, **change))) == []


def test_every_warning_says_what_to_do():
    bad = replace(
        FACTS,
        libraries=(Library("numpy", "", ">=2.0"),),
        sqlite=(3, 40, 1),
        blas=(),
        memory=0,
        store=replace(
            STORE,
            is_writable=False,
            free=0,
            is_network=True,
            schema="0001",
            locks=(("write", "pid 7"),),
        ),
    )
    found = findings(bad)
    assert all(each.level is not Level.PASS and each.advice for each in found)
    assert "install 'numpy>=2.0'" in {each.advice for each in found}
