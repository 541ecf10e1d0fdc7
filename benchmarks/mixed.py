"""A search over structures: no two networks need be alike, so that few can share a population."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks import contenders
from benchmarks.options import add_peer_trials, add_trials, parser
from benchmarks.studies import mixed_task_of, task_file
from benchmarks.table import Row, print_table
from benchmarks.timing import Runs, in_turn, peak_note, ratio, summary, values

STUDY = str(Path(__file__).with_suffix(".toml"))
SPACES = {
    "small": "lr,width=16:64,depth=1:3,optimizer",
    "medium": "lr,width=16:128,depth=1:3,optimizer",
    "usual": "lr,width,depth,optimizer",
}
TARGET = "8"
NOTES = (
    "Random search over width (log scale), depth, optimiser (SGD, momentum, Adam) and one range of "
    "learning rates for each; 5 folds, 20 epochs, minibatches of 32. small: 16 to 64 units in 1 to "
    "3 layers, around the 50 of the study `digits-kfold`; medium: 16 to 128 units; usual: the "
    "catalogue's 16 to 512 units in 1 to 4 layers, where most of the time goes to a few large "
    "networks, that is, to matrix products that both do alike.",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Time the search against its peer and print the table."""
    options = parser("mixed", "a search over structures on digits against Optuna with PyTorch")
    add_trials(options, 100)
    add_peer_trials(options)
    options.add_argument(
        "--space",
        choices=SPACES,
        nargs="+",
        default=["small", "medium"],
        help="(default: small medium)",
    )
    given = options.parse_args(arguments)
    rows: list[Row] = []
    notes = [*contenders.NOTES, *NOTES]
    for space in given.space:
        for trials in given.trials:
            runs = _runs(SPACES[space], trials, given.peer_trials, given.rounds)
            rows += _rows(f"{space} structures, {trials} trials", runs)
            notes.append(f"{space}, {trials} trials: {peak_note(runs)}")
    print_table("Unlike structures", given.rounds, rows, notes)


def _runs(space: str, trials: int, peer_trials: int | None, rounds: int) -> Runs:
    own = contenders.hpsearch(STUDY, trials, "--space", space)
    with task_file(mixed_task_of(STUDY, space)) as path:
        peer = contenders.peer(contenders.OPTUNA_TORCH, path, trials, peer_trials)
        return in_turn([own, peer], rounds)


def _rows(work: str, runs: Runs) -> list[Row]:
    base, peer = runs
    return [
        (work, base, summary(values(runs, base)).text(unit="s"), "", ""),
        (
            work,
            peer,
            summary(values(runs, peer)).text(unit="s"),
            f"{ratio(runs, peer, base):.1f}",
            TARGET,
        ),
    ]


if __name__ == "__main__":
    main()
