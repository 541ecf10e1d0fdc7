"""All benchmarks, the quick ones first: `python -m benchmarks [--rounds N]`."""

import argparse

from benchmarks import (
    book,
    digits,
    driver,
    final_choice,
    halving,
    landscapes,
    many_trials,
    noise,
    proposals,
    quality,
    range_rule,
    startup,
)


def main() -> None:
    """Run every benchmark."""
    parser = argparse.ArgumentParser("python -m benchmarks", description="all benchmarks")
    parser.add_argument("--rounds", metavar="N", help="rounds of each (default: its own)")
    parser.add_argument("--peer-trials", metavar="N", help="run peers on N trials and scale")
    given = parser.parse_args()
    rounds = ["--rounds", given.rounds] if given.rounds else []
    scaling = ["--peer-trials", given.peer_trials] if given.peer_trials else []
    startup.main(rounds)
    driver.main(rounds)
    many_trials.main(rounds)
    proposals.main(rounds)
    quality.main([])  # its rounds are seeds
    range_rule.main([])
    noise.main([])
    landscapes.main([])
    halving.main([])
    final_choice.main([])
    book.main(rounds + scaling)
    digits.main(rounds + scaling)


if __name__ == "__main__":
    main()
