import pytest

from hpsearch.bootstrap import ask
from hpsearch.errors import InvalidStudy
from hpsearch.estimates import estimate, needed_bytes, worker_count
from hpsearch.settings import Settings


def spec_of(space="lr", **network):
    return ask(None, {"space": {"text": space}, "network": network}, None).spec


def machine(memory, cores=4):
    return Settings(storage="", cores=cores, memory=memory)


def test_workers_are_as_many_as_cores_and_memory_allow():
    spec = spec_of()
    assert worker_count(spec, None, machine(None)) == 4
    assert worker_count(spec, None, machine(needed_bytes(spec, 4))) == 4
    assert worker_count(spec, None, machine(needed_bytes(spec, 3))) == 3
    assert worker_count(spec, 9, machine(needed_bytes(spec, 9))) == 9


def test_asked_workers_that_do_not_fit_are_refused_with_a_number_that_does():
    spec = spec_of()
    with pytest.raises(
        InvalidStudy, match=r"memory: about 0\.\d GB needed .* on 3 workers"
    ) as told:
        worker_count(spec, 3, machine(needed_bytes(spec, 3) - 1))
    assert told.value.hint == "`--workers 2` fits"


def test_networks_that_do_not_fit_on_one_worker_are_refused_with_the_estimate():
    # 924 million weights of 4 bytes, drawn in float64
    spec = spec_of(hidden="30000x2")
    with pytest.raises(InvalidStudy, match=r"about 11\.\d GB needed .* on 1 worker, 4\.0 GB avail"):
        worker_count(spec, None, machine(4_000_000_000))


def test_the_largest_networks_of_the_space_count():
    small = needed_bytes(spec_of(), 1)
    assert needed_bytes(spec_of("lr,width=16:20000"), 1) > small + 20000**2 * 8
    assert needed_bytes(spec_of("lr,width=16:4096,depth=1:9"), 1) > small + 8 * 4096**2 * 8
    assert needed_bytes(spec_of("optimizer", hidden="9000x2"), 1) > small + 9000**2 * 16
    assert needed_bytes(spec_of("batch=2:400", hidden="9000"), 1) > needed_bytes(
        spec_of("lr", hidden="9000"), 1
    )


def test_configurations_of_one_s_own_count_too():
    sections = {"space": {"text": "lr,width=8:16,depth=1:2,optimizer=sgd|adam"}}
    plain = ask(None, sections, None).spec
    tried = ask(None, {**sections, "search": {"try": ["width=9000,depth=3"]}}, None).spec
    assert needed_bytes(tried, 1) > needed_bytes(plain, 1) + 2 * 9000**2 * 4


def test_time_is_shared_by_the_workers_and_grows_with_the_trials():
    spec = spec_of(hidden="2000x3")
    assert estimate(spec, 100, 1).seconds < estimate(spec, 100, 1).most_seconds
    one, two = (estimate(spec, 100, workers).seconds for workers in (1, 2))
    assert one - 3 == pytest.approx(2 * (two - 3))
    assert estimate(spec, 200, 1).trainings.full < 200 < estimate(spec, 200, 1).trainings.short


def test_a_table_that_workers_share_counts_once(tmp_path, monkeypatch):
    rows = "\n".join(f"{i % 7},{i % 11},{i * i % 13},{i % 3}" for i in range(6000))
    (tmp_path / "table.csv").write_text(f"a,b,c,y\n{rows}\n")
    data = {"name": str(tmp_path / "table.csv"), "target": "y"}
    spec = ask(None, {"space": {"text": "lr"}, "data": data}, None).spec

    def worker():
        return needed_bytes(spec, 3) - needed_bytes(spec, 2)

    apart, alone = worker(), needed_bytes(spec, 1)
    monkeypatch.setattr("hpsearch.estimates.SHARED_FROM_BYTES", 100_000)
    # At least the inputs of both parts of a fold, of 3 columns and 4 bytes.
    assert apart - worker() > 4800 * 3 * 4
    assert needed_bytes(spec, 1) == alone
