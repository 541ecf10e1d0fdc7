"""Gathers what is known of this machine and a store, and changes nothing."""

import os
import platform
import shutil
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from hpsearch.diagnosis import Facts, Library, StoreFacts
from hpsearch.errors import StoreUnusable
from hpsearch.execution.blas import one_thread
from hpsearch.settings import Settings
from hpsearch.store.database import SQLITE_VERSION
from hpsearch.store.file_system import NETWORK, file_system_of
from hpsearch.store.inspection import HEAD, inspect, path_of
from hpsearch.store.lock_report import held_locks


def examined(here: Settings) -> Facts:
    """The facts of this machine, and of the store that the settings name.

    Raises:
        InvalidInput: a storage URL that is not supported, or a folder that does not exist.
    """
    blas, threads = blas_in_use()
    return Facts(
        libraries=required_libraries(),
        sqlite=SQLITE_VERSION,
        blas=blas,
        blas_threads=threads,
        cores=here.cores,
        memory=here.memory,
        store=store_facts(path_of(here.storage)),
    )


def required_libraries() -> tuple[Library, ...]:
    """Python and the libraries that this installation of hpsearch requires, with their versions."""
    about = metadata.metadata("hpsearch")
    wanted = [Requirement(each) for each in about.get_all("Requires-Dist", [])]
    python = Library("python", platform.python_version(), about["Requires-Python"])
    needed = [each for each in wanted if each.marker is None]
    return (
        python,
        *(Library(each.name, _version(each.name), str(each.specifier)) for each in needed),
    )


def blas_in_use() -> tuple[tuple[str, ...], int]:
    """Libraries of linear algebra in words, and their most threads when told to use one."""
    import numpy  # noqa: F401 - loads them
    from threadpoolctl import threadpool_info

    with one_thread():
        found = [each for each in threadpool_info() if each["user_api"] == "blas"]
    names = tuple(sorted({f"{each['internal_api']} {each.get('version')}" for each in found}))
    return names, max((each["num_threads"] for each in found), default=0)


def store_facts(path: Path) -> StoreFacts:
    """What is known of the store at `path`."""
    schema, damage, remedy = "", "", ""
    is_there = path.exists()
    if is_there:
        try:
            schema = inspect(path)
        except StoreUnusable as error:
            damage, remedy = error.message, error.hint
    kind = file_system_of(path)
    locks = held_locks(path)
    return StoreFacts(
        path=str(path.resolve()),
        is_there=is_there,
        is_writable=all(os.access(each, os.W_OK) for each in (path.parent, path) if each.exists()),
        free=shutil.disk_usage(path.parent).free,
        file_system=kind,
        is_network=kind in NETWORK,
        schema=schema,
        head=HEAD,
        damage=damage,
        remedy=remedy,
        locks=None if locks is None else tuple((each.name, each.holder) for each in locks),
    )


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
