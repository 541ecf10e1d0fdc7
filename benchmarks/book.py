"""The book's study, and how near its search comes to the machine's peak.

100 random configurations of a 784-100x6-10 network, 50 epochs each on 400 digits.
"""

from collections.abc import Sequence

from benchmarks import contenders
from benchmarks.options import add_peer_trials, add_trials, parser
from benchmarks.studies import task_file, task_of, training_gflop
from benchmarks.table import Row, print_table
from benchmarks.timing import Contender, Runs, in_turn, peak_note, ratio, summary, values

STUDY = "book-mnist"
TARGETS = {contenders.OPTUNA_TORCH: "1.7", contenders.BOOK_NUMPY: "4.5"}
PEAK_TARGET = "0.60"


def main(arguments: Sequence[str] | None = None) -> None:
    """Time the study against its peers and print the table."""
    options = parser("book", "the book's study against its peers")
    add_trials(options, 100)
    add_peer_trials(options)
    given = options.parse_args(arguments)
    for trials in given.trials:
        _compare(trials, given.peer_trials, given.rounds)


def _compare(trials: int, peer_trials: int | None, rounds: int) -> None:
    task, work = task_of(STUDY), f"{STUDY}, {trials} trials"
    with task_file(task) as path:
        base = contenders.hpsearch(STUDY, trials)
        peers = {name: contenders.peer(name, path, trials, peer_trials) for name in TARGETS}
        runs = in_turn([base, *peers.values()], rounds)
    rows = [_own_row(work, runs, base), *_peer_rows(work, runs, base, peers)]
    gflop = trials * training_gflop(task)
    rows += [
        _share_row(f"{work}, whole command", gflop, values(runs, base.name), runs, base),
        _share_row(f"{work}, search alone", gflop, values(runs, base.name, "search"), runs, base),
    ]
    print_table("The book's study", rounds, rows, (*contenders.NOTES, *_notes(), peak_note(runs)))


def _own_row(work: str, runs: Runs, base: Contender) -> Row:
    return work, base.name, summary(values(runs, base.name)).text(unit="s"), "", ""


def _peer_rows(work: str, runs: Runs, base: Contender, peers: dict[str, Contender]) -> list[Row]:
    return [
        (
            work,
            peer.name,
            summary(values(runs, peer.name)).text(unit="s"),
            f"{ratio(runs, peer.name, base.name):.2f}",
            TARGETS[name],
        )
        for name, peer in peers.items()
    ]


def _share_row(
    work: str, gflop: float, seconds: Sequence[float], runs: Runs, base: Contender
) -> Row:
    """Speed of the products of the training steps, as a share of the peak beside each run."""
    speeds = [gflop / each for each in seconds]
    peaks = values(runs, base.name, "peak")
    share = summary([speed / peak for speed, peak in zip(speeds, peaks, strict=True)])
    speed = summary(speeds).text(unit="GFLOP/s")
    return work, "share of sgemm peak", speed, share.text(".2f"), PEAK_TARGET


def _notes() -> tuple[str, ...]:
    return (
        "The NumPy peer is the book's way in one process of one thread, while hpsearch has two "
        "workers; it takes the accuracy on training and validation rows after each epoch.",
        "Share of peak: floating-point operations in the matrix products of the training steps "
        "alone (no evaluation), over time and the sgemm peak of both cores at once, measured "
        "before and after each run. Search alone: from the line that opens the study to the last "
        "`saved` line.",
    )


if __name__ == "__main__":
    main()
