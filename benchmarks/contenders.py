"""hpsearch and its peers on one study, as contenders to be timed in turn."""

from pathlib import Path

from benchmarks.commands import PROCESSES, run_peer, start_study
from benchmarks.timing import START_UP_TRIALS, Contender, scaled, scaling_text

HPSEARCH = f"hpsearch, {PROCESSES} workers"
OPTUNA_TORCH = f"Optuna + PyTorch, {PROCESSES} processes"
BOOK_NUMPY = "NumPy float64, one network at a time, 1 process"
SKLEARN_SEARCH = f"RandomizedSearchCV + MLPClassifier, n_jobs={PROCESSES}"

# Module and processes to start. scikit-learn's search starts its own workers.
PEERS = {
    OPTUNA_TORCH: ("optuna_torch", PROCESSES),
    BOOK_NUMPY: ("book_numpy", 1),
    SKLEARN_SEARCH: ("sklearn_search", 1),
}

NOTES = (
    "Each time is that of the whole command in fresh processes: interpreter, imports, data, "
    "search, and for hpsearch the database on disk.",
    "Peers read the same rows, divided into the same folds, from a prepared file, and store "
    "nothing: Optuna keeps its study in memory, half the trials in each process. Each peer "
    "process has one BLAS thread.",
    "hpsearch also records the training loss and accuracy of every step, the loss before the "
    "first one, and the accuracy on all training rows after the last.",
)


def hpsearch(study: str, trials: int, *options: str) -> Contender:
    """`hpsearch start STUDY --trials N`, with a fresh database."""
    return Contender(
        name=HPSEARCH,
        run=lambda: start_study(study, "--trials", str(trials), *options),
        warm_up=lambda: start_study(study, "--trials", str(START_UP_TRIALS), *options),
    )


def peer(name: str, task: Path, trials: int, peer_trials: int | None) -> Contender:
    """A peer on `trials` trials, or on fewer with its time scaled."""
    module, processes = PEERS[name]
    return Contender(
        name=name + scaling_text(trials, peer_trials),
        run=lambda: scaled(
            lambda count: run_peer(module, task, count, processes), trials, peer_trials
        ),
        warm_up=lambda: run_peer(module, task, START_UP_TRIALS, processes),
    )
