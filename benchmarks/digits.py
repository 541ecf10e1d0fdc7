"""A small network on scikit-learn's digits by 5 folds: many cheap trainings."""

from collections.abc import Sequence

from benchmarks import contenders
from benchmarks.options import add_peer_trials, add_trials, parser
from benchmarks.studies import task_file, task_of
from benchmarks.table import Row, print_table
from benchmarks.timing import Runs, in_turn, peak_note, ratio, summary, values

STUDY = "digits-kfold"
PEERS = (contenders.OPTUNA_TORCH, contenders.SKLEARN_SEARCH)
TARGETS = {
    (256, contenders.OPTUNA_TORCH): "16",
    (256, contenders.SKLEARN_SEARCH): "12",
    (1024, contenders.OPTUNA_TORCH): "20",
}
SKLEARN_NOTE = (
    "scikit-learn scores a validation fold once, after the last epoch; hpsearch and the PyTorch "
    "peer do so after each epoch."
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Time the study against its peers and print the table."""
    options = parser("digits", "a small network on scikit-learn's digits against its peers")
    add_trials(options, 256, 1024)
    add_peer_trials(options)
    given = options.parse_args(arguments)
    rows: list[Row] = []
    notes = [*contenders.NOTES, SKLEARN_NOTE]
    for trials in given.trials:
        runs = _runs(trials, given.peer_trials, given.rounds)
        rows += _rows(trials, runs)
        notes.append(f"{trials} trials: {peak_note(runs)}")
    print_table("Digits by 5 folds", given.rounds, rows, notes)


def _runs(trials: int, peer_trials: int | None, rounds: int) -> Runs:
    with task_file(task_of(STUDY)) as path:
        peers = [contenders.peer(name, path, trials, peer_trials) for name in PEERS]
        return in_turn([contenders.hpsearch(STUDY, trials), *peers], rounds)


def _rows(trials: int, runs: Runs) -> list[Row]:
    work, (base, *peers) = f"{STUDY}, {trials} trials", runs
    rows: list[Row] = [(work, base, summary(values(runs, base)).text(unit="s"), "", "")]
    for peer, name in zip(peers, PEERS, strict=True):
        time = summary(values(runs, peer)).text(unit="s")
        target = TARGETS.get((trials, name), "")
        rows.append((work, peer, time, f"{ratio(runs, peer, base):.1f}", target))
    return rows


if __name__ == "__main__":
    main()
