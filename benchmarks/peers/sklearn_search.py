"""scikit-learn's `RandomizedSearchCV` over `MLPClassifier`, in two worker processes.

The validation fold is scored once, after the last epoch. scikit-learn divides `alpha` by the rows
of a minibatch, so its range is that of the weight decay times the batch.
"""

import os
import warnings

import numpy as np
from scipy.stats import loguniform
from sklearn.model_selection import RandomizedSearchCV
from sklearn.neural_network import MLPClassifier

from benchmarks.peers.task import Task, arguments, report

PROCESSES = 2


def main() -> None:
    """Search, and print the best validation accuracy."""
    task, trials, seed = arguments()
    # Every training ends at its last epoch, and is warned of as not converged, in all processes.
    os.environ["PYTHONWARNINGS"] = "ignore"
    warnings.simplefilter("ignore")
    search = RandomizedSearchCV(
        classifier(task, seed),
        {
            "learning_rate_init": loguniform(*task.lr),
            "alpha": loguniform(*(bound * task.batch for bound in task.wd)),
        },
        n_iter=trials,
        cv=list(task.folds),
        refit=False,
        n_jobs=PROCESSES,
        random_state=seed,
    )
    search.fit(task.x, task.y)
    scores = np.asarray(search.cv_results_["mean_test_score"])
    report(np.nan_to_num(scores, nan=0.0).tolist())


def classifier(task: Task, seed: int) -> MLPClassifier:
    """Plain SGD for all epochs."""
    return MLPClassifier(
        hidden_layer_sizes=task.sizes[1:-1],
        activation="relu",
        solver="sgd",
        momentum=0.0,
        nesterovs_momentum=False,
        learning_rate="constant",
        batch_size=task.batch,
        max_iter=task.epochs,
        n_iter_no_change=task.epochs + 1,
        random_state=seed,
    )


if __name__ == "__main__":
    main()
