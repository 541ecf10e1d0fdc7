"""Whether a search learns as well as its peers': the best validation score, over several seeds."""

import sys
from collections import defaultdict
from collections.abc import Sequence

from benchmarks import contenders
from benchmarks.commands import best_score_of_study, run_peer
from benchmarks.options import add_trials, parser
from benchmarks.studies import task_file, task_of
from benchmarks.table import Row, print_table
from benchmarks.timing import summary

STUDY = "digits-kfold"
PEERS = (contenders.OPTUNA_TORCH, contenders.SKLEARN_SEARCH)
TARGET = "at least -0.005"
NOTES = (
    "One round is one seed: of the folds, which all tools share, and of each tool's own sampler "
    "and initial weights. The score is the mean validation accuracy over the folds after the last "
    "epoch, of the best trial.",
    "The ratio column has the difference of the medians, hpsearch minus the peer.",
    "Same ranges for all. scikit-learn starts from Glorot's uniform weights, the others from "
    "He's; PyTorch and hpsearch differ in that the former's weight decay acts on biases too.",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare the best scores and print the table."""
    options = parser("quality", "the best score of each tool", rounds=5)
    add_trials(options, 32)
    given = options.parse_args(arguments)
    rows: list[Row] = []
    for trials in given.trials:
        rows += _rows(trials, _best_scores(trials, given.rounds))
    print_table("Learning quality on digits", given.rounds, rows, NOTES)


def _best_scores(trials: int, seeds: int) -> dict[str, list[float]]:
    scores = defaultdict(list)
    for seed in range(seeds):
        own = best_score_of_study(STUDY, "--trials", str(trials), "--seed", str(seed))
        scores[contenders.HPSEARCH].append(own)
        with task_file(task_of(STUDY, seed)) as path:
            for name in PEERS:
                module, processes = contenders.PEERS[name]
                measures = run_peer(module, path, trials, processes, seed)
                scores[name].append(measures["score"])
        text = ", ".join(f"{name} {own[-1]:.4f}" for name, own in scores.items())
        print(f"seed {seed}: {text}", file=sys.stderr, flush=True)
    return scores


def _rows(trials: int, scores: dict[str, list[float]]) -> list[Row]:
    work = f"{STUDY}, {trials} trials, best score"
    own = summary(scores[contenders.HPSEARCH])
    rows: list[Row] = [(work, contenders.HPSEARCH, own.text(".4f"), "", "")]
    for name in PEERS:
        peer = summary(scores[name])
        difference = f"{own.median - peer.median:+.4f}"
        rows.append((work, name, peer.text(".4f"), difference, TARGET))
    return rows


if __name__ == "__main__":
    main()
