"""The file of an open store: how it is read where nothing can be written, and who may write it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from hpsearch.errors import StoreReadOnly
from hpsearch.store.database import lock_path, write_lock
from hpsearch.store.faults import removed
from hpsearch.store.file_lock import held
from hpsearch.store.file_system import refuse_network
from hpsearch.store.private_copy import is_writable, private_copy


class Place:
    """Where an open store is.

    A file that cannot be written, or whose folder cannot, is read from a private copy: SQLite needs
    to write beside a file in WAL mode, and without that would leave out what a killed driver saved.

    Attributes:
        path: the file itself.
        readable: what to read: the file itself, or its copy.

    Raises:
        StoreUnusable: it cannot be copied.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._copy = contextlib.ExitStack()
        self._is_copied = not is_writable(path)
        self.readable = self._copy.enter_context(private_copy(path)) if self._is_copied else path
        self._file = _identity(path)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer.

        Raises:
            StoreReadOnly: nothing can be written there.
            StoreFailed: the file has gone.
        """
        self._refuse_read_only()
        with write_lock(self.path):
            if _identity(self.path) != self._file:
                raise removed(self.path)
            yield

    @contextlib.contextmanager
    def driving(self, study_id: int) -> Iterator[None]:
        """Be the one driver of a study.

        Raises:
            HeldElsewhere: another process is.
            StoreReadOnly: nothing can be written there.
            InvalidInput: the file is on a network.
        """
        refuse_network(self.path)
        self._refuse_read_only()
        with held(lock_path(self.path, f"study-{study_id}")):
            yield

    @contextlib.contextmanager
    def closing(self) -> Iterator[None]:
        """Held while the database is closed, which may write; the copy goes with it."""
        with self._copy if self._is_copied else write_lock(self.path):
            yield

    def _refuse_read_only(self) -> None:
        if self._is_copied:
            raise StoreReadOnly(
                f"`{self.path}` cannot be written", "see who owns it and its folder; reading works"
            )


def _identity(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_dev, found.st_ino
