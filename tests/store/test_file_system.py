import time
from pathlib import PurePosixPath

import pytest

from hpsearch.errors import InvalidInput
from hpsearch.store import file_system
from hpsearch.store.file_system import MOUNTS, file_system_of, refuse_network, type_at
from tests.store.examples import created, opened

TABLE = """\
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /run tmpfs rw 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
/dev/sdb1 /home/ana/local xfs rw 0 0
//server/share /mnt/with\\040space cifs rw 0 0
old /mnt/twice ext4 rw 0 0
host:/new /mnt/twice fuse.sshfs rw 0 0
/dev/sda1 / btrfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/a.db", "btrfs"),
        ("/run/a.db", "tmpfs"),
        ("/runfile", "btrfs"),
        ("/home/ana/a.db", "nfs4"),
        ("/home/ana/local/a.db", "xfs"),
        ("/mnt/with space/a.db", "cifs"),
        ("/mnt/twice/a.db", "fuse.sshfs"),
    ],
)
def test_the_innermost_and_latest_mount_counts(path, kind):
    assert type_at(PurePosixPath(path), TABLE) == kind


def table(tmp_path, kind):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {tmp_path.resolve()} {kind} rw 0 0\n")
    return mounts


@pytest.mark.parametrize("kind", sorted(file_system.NETWORK))
def test_a_network_is_no_place_for_a_store(kind, tmp_path):
    with pytest.raises(InvalidInput, match=rf"network file system \({kind}\)") as caught:
        refuse_network(tmp_path / "a.db", table(tmp_path, kind))
    assert "--storage" in caught.value.hint


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fuseblk"])
def test_a_local_disk_is(kind, tmp_path):
    refuse_network(tmp_path / "a.db", table(tmp_path, kind))


def test_a_system_that_does_not_tell_is_trusted(tmp_path):
    assert file_system_of(tmp_path, tmp_path / "missing") == ""
    refuse_network(tmp_path / "a.db", tmp_path / "missing")


def test_a_link_is_followed(tmp_path):
    (tmp_path / "here").mkdir()
    (tmp_path / "there").symlink_to(tmp_path / "here")
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nx {tmp_path.resolve()}/here nfs rw 0 0\n")
    assert file_system_of(tmp_path / "there" / "a.db", mounts) == "nfs"


@pytest.mark.skipif(not MOUNTS.exists(), reason="only Linux tells in /proc what is mounted")
def test_this_system_says_it_in_no_time(tmp_path):
    assert file_system_of(tmp_path)
    started = time.perf_counter()
    refuse_network(tmp_path / "a.db")
    assert time.perf_counter() - started < 0.05


def test_a_store_on_a_network_is_neither_made_nor_driven_but_read(tmp_path, monkeypatch):
    store = opened(tmp_path / "a.db")
    study = created(store)
    monkeypatch.setattr(file_system, "MOUNTS", table(tmp_path, "nfs4"))
    with pytest.raises(InvalidInput, match="network"), store.driving(study):
        pass
    assert store.load_study("example").name == "example"
    store.close()
    with pytest.raises(InvalidInput, match="network"):
        opened(tmp_path / "b.db")
    assert not (tmp_path / "b.db").exists()
    with pytest.raises(InvalidInput, match="network"):
        opened(tmp_path / "a.db")
    opened(tmp_path / "a.db", is_new_allowed=False).close()
