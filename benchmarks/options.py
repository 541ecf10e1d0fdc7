"""Options that several benchmarks share."""

import argparse

from benchmarks.timing import START_UP_TRIALS


def parser(program: str, description: str, rounds: int = 3) -> argparse.ArgumentParser:
    """A parser that knows `--rounds`."""
    made = argparse.ArgumentParser(f"python -m benchmarks.{program}", description=description)
    made.add_argument(
        "--rounds",
        type=_positive,
        default=rounds,
        metavar="N",
        help=f"time everything N times, in turn (default: {rounds})",
    )
    return made


def add_trials(made: argparse.ArgumentParser, *default: int) -> None:
    """Add `--trials`, one number or several."""
    made.add_argument(
        "--trials",
        type=_positive,
        nargs="+",
        default=list(default),
        metavar="N",
        help=f"trials of a search (default: {' '.join(map(str, default))})",
    )


def add_peer_trials(made: argparse.ArgumentParser) -> None:
    """Add `--peer-trials`."""
    made.add_argument(
        "--peer-trials",
        type=_peer_trials,
        metavar="N",
        help="run the peers on N trials only and scale their time beyond the start-up; the table "
        "says so (default: the full work)",
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"`{text}` must be 1 or more")
    return number


def _peer_trials(text: str) -> int:
    number = int(text)
    if number <= START_UP_TRIALS:
        raise argparse.ArgumentTypeError(f"`{text}` must be more than {START_UP_TRIALS}")
    return number
