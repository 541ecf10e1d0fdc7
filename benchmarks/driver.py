"""What the driver and the database cost per trial, when training costs nothing."""

from collections.abc import Sequence
from itertools import pairwise

from benchmarks.commands import Measures, run_module
from benchmarks.options import add_trials, parser
from benchmarks.table import Row, print_table
from benchmarks.timing import START_UP_TRIALS, Contender, Runs, in_turn, peak_note, summary, values

CUTS = {
    "cohorts as they are scheduled": (),
    "one trial per transaction": ("--one-by-one",),
}
TARGET = "1 ms"
GROWTH_TARGET = "1 ms, ratio 1"
NOTES = (
    "Time per trial, everything included but imports: making the database, proposals, "
    "transactions, events, closing. The trainer returns at once, with curves of 5 epochs.",
    "An instant trainer's cohorts hold up to 2,000 trials each; one trial per transaction is what "
    "dear trials get, each synced to the disk.",
    "The ratio is growth: the time of each trial beyond those of the row above, over that of each "
    f"trial of the row above; a search of {START_UP_TRIALS} trials tells the start-up, which "
    "counts for neither.",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Time the driver at several numbers of trials and print the table."""
    options = parser("driver", "driver and database with an instant trainer")
    add_trials(options, 1_000, 10_000)
    given = options.parse_args(arguments)
    counts = [START_UP_TRIALS, *sorted({each for each in given.trials if each > START_UP_TRIALS})]
    runs = in_turn([_contender(cut, count) for cut in CUTS for count in counts], given.rounds)
    rows = [row for cut in CUTS for row in _rows(cut, counts, runs)]
    print_table("Driver and database", given.rounds, rows, (*NOTES, peak_note(runs)))


def _contender(cut: str, trials: int) -> Contender:
    def run(count: int) -> Measures:
        measures: Measures = run_module("instant_search", str(count), *CUTS[cut])
        return measures

    return Contender(
        name=_name(cut, trials), run=lambda: run(trials), warm_up=lambda: run(START_UP_TRIALS)
    )


def _name(cut: str, trials: int) -> str:
    return f"{trials:,} instant trials, {cut}"


def _rows(cut: str, counts: Sequence[int], runs: Runs) -> list[Row]:
    """A row per number of trials but the smallest, which tells the start-up."""
    slopes = _slopes(cut, counts, runs)
    rows: list[Row] = []
    for index, count in enumerate(counts[1:]):
        growth = f"{slopes[index] / slopes[index - 1]:.2f}" if index else ""
        target = GROWTH_TARGET if index else TARGET
        time = _per_trial(cut, count, runs)
        rows.append((_name(cut, count), "time per trial", time, growth, target))
    return rows


def _slopes(cut: str, counts: Sequence[int], runs: Runs) -> list[float]:
    """Time of one trial more, from each number of trials to the next."""
    medians = [summary(values(runs, _name(cut, count))).median for count in counts]
    steps = pairwise(zip(counts, medians, strict=True))
    return [(seconds - before) / (count - fewer) for (fewer, before), (count, seconds) in steps]


def _per_trial(cut: str, trials: int, runs: Runs) -> str:
    seconds = values(runs, _name(cut, trials))
    return summary([1000 * each / trials for each in seconds]).text(unit="ms")


if __name__ == "__main__":
    main()
