"""Which kind of file system a path is on, and whether SQLite can be trusted there.

Over a network, locks may be granted twice and the shared memory of SQLite's write-ahead log is not
shared (sqlite.org/wal.html, sqlite.org/howtocorrupt.html): two drivers could ruin a store.
"""

import re
import shutil
from pathlib import Path, PurePosixPath

from hpsearch.errors import InvalidInput

MOUNTS = Path("/proc/self/mounts")
LITTLE_SPACE = 50_000_000  # bytes
NETWORK = frozenset(
    (
        *("9p", "afs", "beegfs", "ceph", "cifs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3"),
        *("smbfs", "fuse.ceph", "fuse.davfs", "fuse.gcsfuse", "fuse.glusterfs", "fuse.juicefs"),
        *("fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
    )
)


def file_system_of(path: Path, mounts: Path | None = None) -> str:
    """Type of the file system of `path`, such as `ext4`; empty where the system does not say.

    Args:
        path: a file or folder; where it does not exist, that of the folder in which it would be.
        mounts: what is mounted where, as Linux tells it; default: here.
    """
    try:
        text = (mounts or MOUNTS).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
    return type_at(PurePosixPath(path.resolve()), text)


def type_at(path: PurePosixPath, mounts: str) -> str:
    """Type of the innermost mount that holds an absolute path; of two at one place, the later."""
    deepest, found = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = PurePosixPath(_unescaped(fields[1]))
        if len(point.parts) >= deepest and path.is_relative_to(point):
            deepest, found = len(point.parts), fields[2]
    return found


def refuse_network(path: Path, mounts: Path | None = None) -> None:
    """Leave a store on a network file system as it is.

    Raises:
        InvalidInput: `path` is on one.
    """
    kind = file_system_of(path, mounts)
    if kind in NETWORK:
        raise InvalidInput(
            f"`{path}` is on a network file system ({kind}), where SQLite can lose or mix up data",
            "name a file on a local disk with `--storage sqlite:////FOLDER/FILE`",
        )


def space_notes(path: Path) -> tuple[str, ...]:
    """What to say before a search whose store is at `path`: that there is little room, if so."""
    free = shutil.disk_usage(path.resolve().parent).free
    if free >= LITTLE_SPACE:
        return ()
    return (f"{free / 1e6:.1f} MB are free where `{path}` is; a search stops when they are used",)


def _unescaped(point: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), point)
