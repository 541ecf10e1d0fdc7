"""Whether a machine and a store are fit for a search: verdicts on facts that others gathered."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from packaging.specifiers import SpecifierSet

from hpsearch.store.file_system import LITTLE_SPACE

WAL_RESET_MENDED = (3, 51, 3)  # sqlite.org/wal.html#walresetbug
NO_SPACE = 1_000_000  # bytes
WORKER_MEMORY = 250_000_000  # bytes: a worker with its libraries, and a small cohort


class Level(StrEnum):
    """How bad a finding is; only a `FAIL` keeps a search from running or from being safe."""

    PASS = "PASS"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the diagnosis.

    Attributes:
        level: how bad it is.
        subject: what was looked at.
        text: what was found.
        advice: what to do about it; empty where there is nothing to do.
    """

    level: Level
    subject: str
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    """A library: its version, empty where it is missing, and what hpsearch requires of it."""

    name: str
    version: str
    required: str

    @property
    def is_fit(self) -> bool:
        """Whether the version is one of those required."""
        return bool(self.version) and SpecifierSet(self.required).contains(
            self.version, prereleases=True
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFacts:
    """What is known of the database and the place where it is.

    Attributes:
        path: the file.
        is_there: whether there is one.
        is_writable: whether this user can write it, and beside it.
        free: bytes that are free on its disk.
        file_system: its type, such as `ext4`; empty where the system does not say.
        is_network: whether that is a file system over a network.
        schema: the revision of its tables, and `head` the one that this program works with.
        damage: why it is refused, and `remedy` what to do; empty where it is not.
        locks: name and holder of each lock that is held; None where the system does not say.
    """

    path: str
    is_there: bool
    is_writable: bool
    free: int
    file_system: str
    is_network: bool
    schema: str
    head: str
    damage: str = ""
    remedy: str = ""
    locks: tuple[tuple[str, str], ...] | None = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of the machine.

    Attributes:
        libraries: what hpsearch requires, Python first.
        sqlite: version of the SQLite library.
        blas: the libraries of linear algebra that NumPy uses, in words.
        blas_threads: the most threads that one of them still uses when told to use one.
        cores: processors that this process may use.
        memory: bytes that can still be had; None where the system does not say.
        store: the database.
    """

    libraries: tuple[Library, ...]
    sqlite: tuple[int, ...]
    blas: tuple[str, ...]
    blas_threads: int
    cores: int
    memory: int | None
    store: StoreFacts


def findings(facts: Facts) -> tuple[Finding, ...]:
    """All checks, in the order in which they are shown."""
    checks: tuple[Callable[[Facts], Finding], ...] = (
        _libraries,
        _sqlite,
        _blas,
        _memory,
        lambda known: _place(known.store),
        lambda known: _file_system(known.store),
        lambda known: _space(known.store),
        lambda known: _schema(known.store),
        lambda known: _locks(known.store),
    )
    return tuple(check(facts) for check in checks)


def _libraries(facts: Facts) -> Finding:
    unfit = [each for each in facts.libraries if not each.is_fit]
    if unfit:
        words = [f"{each.name} {each.version or 'missing'}" for each in unfit]
        wanted = " ".join(f"'{each.name}{each.required}'" for each in unfit)
        return Finding(Level.FAIL, "libraries", ", ".join(words), f"install {wanted}")
    named = ("python", "numpy", "scikit-learn", "sqlalchemy", "optuna")
    shown = [f"{each.name} {each.version}" for each in facts.libraries if each.name in named]
    return Finding(Level.PASS, "libraries", ", ".join(shown))


def _sqlite(facts: Facts) -> Finding:
    version = ".".join(map(str, facts.sqlite))
    if facts.sqlite < WAL_RESET_MENDED:
        return Finding(
            Level.WARN,
            "SQLite",
            f"{version}: the WAL-reset fault, which hpsearch's write lock keeps away",
            "let no other program write to the database, or use SQLite 3.51.3 or newer",
        )
    return Finding(Level.PASS, "SQLite", version)


def _blas(facts: Facts) -> Finding:
    shown = ", ".join(facts.blas)
    advice = "set OPENBLAS_NUM_THREADS=1 (or that of your BLAS) before you start hpsearch"
    if not facts.blas:
        text = "unknown: its threads cannot be limited, and they can change the last bits"
        return Finding(Level.WARN, "BLAS", text, advice)
    if facts.blas_threads > 1:
        text = f"{shown}: keeps {facts.blas_threads} threads, which can change the last bits"
        return Finding(Level.WARN, "BLAS", text, advice)
    return Finding(Level.PASS, "BLAS", f"{shown}; one thread in each process")


def _memory(facts: Facts) -> Finding:
    cores = f"{facts.cores} core{'' if facts.cores == 1 else 's'}"
    if facts.memory is None:
        text = f"{cores}, memory unknown"
        return Finding(Level.WARN, "machine", text, "see that there is some before a large search")
    text = f"{cores}, {_size(facts.memory)} of memory to be had"
    if facts.memory < WORKER_MEMORY * facts.cores:
        advice = "end other programs, or train in one process with `--workers 1`"
        return Finding(Level.WARN, "machine", f"{text}: little for as many workers", advice)
    return Finding(Level.PASS, "machine", text)


def _place(store: StoreFacts) -> Finding:
    if not store.is_writable:
        advice = "mend its permissions, or name another file with `--storage`"
        return Finding(Level.FAIL, "database", f"{store.path} cannot be written", advice)
    missing = "" if store.is_there else " is not there yet; `hpsearch start` makes it"
    return Finding(Level.PASS, "database", f"{store.path}{missing}")


def _file_system(store: StoreFacts) -> Finding:
    kind, local = store.file_system, "name a file on a local disk with `--storage`"
    if store.is_network:
        text = f"{kind}, over a network: SQLite's locks cannot be trusted there"
        return Finding(Level.FAIL, "file system", text, local)
    if not kind:
        return Finding(Level.WARN, "file system", "unknown", "see that it is a local disk")
    if kind.startswith("fuse"):
        text = f"{kind}: it depends on the program behind it whether locks hold"
        return Finding(Level.WARN, "file system", text, local)
    if kind in ("tmpfs", "ramfs"):
        text = f"{kind}: it lives in memory, and is gone when the machine stops"
        return Finding(Level.WARN, "file system", text, local)
    return Finding(Level.PASS, "file system", kind)


def _space(store: StoreFacts) -> Finding:
    text = f"{_size(store.free)} free"
    if store.free >= LITTLE_SPACE:
        return Finding(Level.PASS, "disk", text)
    level = Level.FAIL if store.free < NO_SPACE else Level.WARN
    return Finding(level, "disk", text, "free some space; what was saved is safe")


def _schema(store: StoreFacts) -> Finding:
    if store.damage:
        return Finding(Level.FAIL, "schema", store.damage, store.remedy)
    if not store.is_there:
        return Finding(Level.PASS, "schema", f"{store.head} will be made")
    if store.schema != store.head:
        text = f"{store.schema} is older than this program's {store.head}"
        return Finding(Level.FAIL, "schema", text, "`hpsearch db upgrade`, which makes a backup")
    return Finding(Level.PASS, "schema", f"{store.schema}; a check finds no damage")


def _locks(store: StoreFacts) -> Finding:
    if store.locks is None:
        return Finding(Level.PASS, "locks", "this system does not tell who holds them")
    held = "; ".join(f"{name} by {holder}" for name, holder in store.locks)
    if any(name == "write" for name, _ in store.locks):
        advice = "look again: `write` is held for milliseconds unless its holder is stopped"
        return Finding(Level.WARN, "locks", held, advice)
    return Finding(Level.PASS, "locks", held or "none is held")


def _size(count: int) -> str:
    unit, name = (10**9, "GB") if count >= 10**9 else (10**6, "MB")
    return f"{count / unit:.1f} {name}"
