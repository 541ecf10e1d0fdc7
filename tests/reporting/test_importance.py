import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from hpsearch.domain.space import Configuration
from hpsearch.domain.trial import Origin, Outcome, State
from hpsearch.reporting.importance import importance_facts, importances
from tests.domain.test_assessment import study_of

SHARES = np.linspace(0.1, 0.9, 40)


@pytest.fixture
def study():
    """40 trials in which lr alone decides; wd is drawn without regard to it."""
    rows = [[1] * round(100 * share) + [0] * (100 - round(100 * share)) for share in SHARES]
    made, _ = study_of(rows)
    decays = np.random.default_rng(1).uniform(1e-6, 0.1, 40)
    trials = tuple(
        replace(
            trial,
            configuration=Configuration((("lr", trial.configuration["lr"]), ("wd", float(decay)))),
        )
        for trial, decay in zip(made.trials, decays, strict=True)
    )
    return replace(made, trials=trials)


def test_what_decides_is_important(study):
    shares = importances(study)
    assert list(shares) == ["lr", "wd"]
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["lr"] > 0.7
    assert importances(study) == shares


def test_what_was_given_up_counts_as_the_worst(study):
    pruned = Outcome(State.PRUNED, 1)
    trials = [replace(each, outcome=pruned) for each in study.trials[:30]]
    shares = importances(replace(study, trials=(*trials, *study.trials[30:])))
    assert shares["lr"] > 0.7


def test_too_little_says_nothing(study):
    assert importances(replace(study, trials=study.trials[:10])) == {}
    given = tuple(replace(each, origin=Origin.USER) for each in study.trials)
    assert importances(replace(study, trials=given)) == {}
    assert importance_facts({}, 40) == []


def test_the_shares_in_words():
    ((term, text),) = importance_facts({"lr": 0.9, "wd": 0.1}, 40)
    assert term == "Importance"
    assert text.startswith("lr 90%, wd 10% (shares of what parts the best tenth")


def test_a_report_loads_no_scikit_learn_for_it_and_leaves_it_to_others():
    program = (
        "import sys, optuna; from hpsearch.quiet_optuna import load_importance_alone as load; "
        "load(); optuna.importance.PedAnovaImportanceEvaluator(); print('sklearn' in sys.modules); "
        "import sklearn.base; load(); print('sklearn' in sys.modules)"
    )
    printed = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert printed.split() == ["False", "True"]
