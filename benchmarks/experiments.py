"""What the experiments of the notes gave, one line for each configuration of a study.

    python -m benchmarks.experiments sqlite:///hpsearch.db optimizer-mnist --epochs 4 31 62

Accuracies and losses are means over repeats and folds, ± their standard deviation over repeats.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from hpsearch.bootstrap import opened
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Curve, Trial
from hpsearch.reporting.text import configuration_text, markdown_table


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of a stored study."""
    parser = argparse.ArgumentParser("python -m benchmarks.experiments", description=__doc__)
    parser.add_argument("storage", metavar="URL")
    parser.add_argument("study", metavar="STUDY")
    parser.add_argument("--epochs", type=int, nargs="*", default=[], metavar="E")
    given = parser.parse_args(arguments)
    with opened(given.storage) as store:
        study = store.load_study(given.study)
        curves = store.curves(study.id, [trial.number for trial in study.trials])
    headers = ["configuration", "training", "validation", "validation loss", "diverged", "seconds"]
    headers += [f"training loss @{epoch}" for epoch in given.epochs]
    headers += [f"validation @{epoch}" for epoch in given.epochs]
    rows = [_row(study, trial, curves[trial.number], given.epochs) for trial in study.trials]
    print(markdown_table(headers, rows))


def _row(study: Study, trial: Trial, curves: Sequence[Curve], epochs: Sequence[int]) -> list[str]:
    ended = [each for each in trial.evaluations if each.outcome.is_complete]
    by_repeat = [
        [each for each in ended if each.planned.repeat == repeat]
        for repeat in range(study.spec.repeats)
    ]

    def measured(name: str) -> str:
        means = [np.mean([getattr(each, name) for each in own]) for own in by_repeat if own]
        return _spread(means)

    return [
        configuration_text(trial.configuration),
        measured("train_score"),
        measured("validation_score"),
        measured("validation_loss"),
        f"{len(trial.evaluations) - len(ended)} of {len(trial.evaluations)}",
        f"{trial.seconds / len(trial.evaluations):.2f}",
        *(_spread([c.train_loss[e] for c in curves if len(c.train_loss) > e]) for e in epochs),
        *(
            _spread([c.validation_score[e - 1] for c in curves if len(c.validation_score) >= e])
            for e in epochs
        ),
    ]


def _spread(values: Sequence[float]) -> str:
    if not len(values):
        return "-"
    deviation = f" ± {np.std(values, ddof=1):.3f}" if len(values) > 1 else ""
    return f"{np.mean(values):.3f}{deviation}"


if __name__ == "__main__":
    main()
