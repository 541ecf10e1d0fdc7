"""How long a user waits: for the help page, and for the first saved trials."""

from collections.abc import Sequence

from benchmarks.commands import first_saved, help_page
from benchmarks.options import parser
from benchmarks.table import Row, print_table
from benchmarks.timing import Contender, Runs, in_turn, peak_note, summary, values

HELP = "hpsearch --help"
FIRST_SAVED = "hpsearch start --space lr,wd"
ROWS = {
    HELP: ("whole command", "0.3 s"),
    FIRST_SAVED: ("until the first `saved` line", "6 s"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Time both commands and print the table."""
    given = parser("startup", "waiting times of a user", rounds=5).parse_args(arguments)
    contenders = [
        Contender(name=HELP, run=help_page, warm_up=help_page),
        Contender(name=FIRST_SAVED, run=first_saved, warm_up=first_saved),
    ]
    runs = in_turn(contenders, given.rounds)
    print_table("Start-up", given.rounds, _rows(runs), [peak_note(runs)])


def _rows(runs: Runs) -> list[Row]:
    return [
        (name, what, summary(values(runs, name)).text(unit="s"), "", target)
        for name, (what, target) in ROWS.items()
    ]


if __name__ == "__main__":
    main()
