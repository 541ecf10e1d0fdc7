"""Giving up early: what it saves, and what it costs in the quality of the final choice.

One stage of 100 random trials, trained in full, by successive halving, or for five epochs with
only the best five in full; five finalists are confirmed each time. "Reversal" is digits with 30 %
wrong labels in training: what learns fast ends worst there.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.real_training import BOOK, DIGITS, Problem, Task, problem, search, true_qualities
from benchmarks.table import header
from hpsearch.domain.ranking import best_trials
from hpsearch.domain.study import Study
from hpsearch.domain.trial import Purpose, Trial
from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.reporting.text import markdown_table

TRIALS = 100
POLICIES = ("none", "halving", "epochs:5")
REVERSAL = Task(
    name="reversal",
    study="digits-kfold",
    rows=DIGITS.rows,
    settings={
        "split": {"holdout": 0.2},
        "network": {"hidden": "100"},
        "training": {"epochs": 50},
    },
    label_noise=0.3,
)
CASES = (
    (BOOK, "lr=1e-4:1,wd=1e-8:1e-4"),
    (DIGITS, "lr=1e-3:1,wd=1e-8:1e-4"),
    (REVERSAL, "lr=1e-3:1,wd=1e-8:1e-4"),
)
COLUMNS = (
    "study",
    "policy",
    "seeds",
    "search",
    "times less",
    "with the audit",
    "with confirmations",
    "quality of the best score",
    "quality of the confirmed",
    "audited that beat the best",
    "lead of the audited, median",
)
SHARES = ("searching", "auditing", "confirming")
PARTS = tuple(SHARES[:count] for count in (1, 2, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one study came to.

    Attributes:
        searching: the processor's seconds without those below.
        auditing: those of trials that were given up, trained in full to see what was lost.
        confirming: those of the confirmations.
        by_score: true quality of the trial with the best score.
        confirmed: true quality of the final choice.
        audit_leads: by how much each audited trial scored more than the best of the kept.
    """

    searching: float
    auditing: float
    confirming: float
    by_score: float
    confirmed: float
    audit_leads: tuple[float, ...]


def outcome(of: Problem, policy: str) -> Outcome:
    """Search once, and train its choices anew."""
    plan = replace(of.spec.plan, stages=1, prune=policy, confirm=5, baseline=False)
    started = time.process_time()
    study, seconds = search(of, replace(of.spec, plan=plan), TRIALS)
    taken = time.process_time() - started
    final, best = best_trials(study.trials, 1)[0], best_by_score(study)
    assert best is not None
    by_score, confirmed = true_qualities(of, [best.configuration, final.configuration])
    return Outcome(
        searching=taken - seconds[Purpose.AUDIT] - seconds[Purpose.CONFIRM],
        auditing=seconds[Purpose.AUDIT],
        confirming=seconds[Purpose.CONFIRM],
        by_score=by_score,
        confirmed=confirmed,
        audit_leads=_audit_leads(study, best),
    )


def best_by_score(study: Study) -> Trial | None:
    """The trial that the search alone would choose; None where none has a score."""
    complete = [trial for trial in study.trials if trial.score is not None]
    return max(complete, key=lambda trial: (trial.score, -trial.number), default=None)


def _audit_leads(study: Study, best: Trial) -> tuple[float, ...]:
    leads = []
    for trial in study.trials:
        scores = [each.validation_score for each in trial.of(Purpose.AUDIT)]
        known = [score for score in scores if score is not None]
        if known and best.score is not None:
            leads.append(float(np.mean(known)) - best.score)
    return tuple(leads)


def main(arguments: Sequence[str] | None = None) -> None:
    """Search, measure and print the table; after each seed what there is so far."""
    parser = argparse.ArgumentParser("python -m benchmarks.halving", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="studies per policy")
    parser.add_argument("--first-seed", type=int, default=0, metavar="N")
    names = [task.name for task, _ in CASES]
    parser.add_argument("--only", choices=names, action="append", help="a study; default: all")
    given = parser.parse_args(arguments)
    limit_to_one_thread()
    found: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for seed in range(given.first_seed, given.first_seed + given.seeds):
        for task, space in CASES:
            if task.name not in (given.only or names):
                continue
            of = problem(task, seed, space)
            for policy in POLICIES:
                found[task.name, policy].append(outcome(of, policy))
                print(seed, task.name, policy, found[task.name, policy][-1], file=sys.stderr)
        print(f"## Halving\n\n{header(seed + 1)}\n\n{_table(found)}\n", flush=True)


def _table(found: Mapping[tuple[str, str], Sequence[Outcome]]) -> str:
    rows = []
    for (task, policy), own in found.items():
        full = found[task, POLICIES[0]]
        leads = [lead for each in own for lead in each.audit_leads]
        rows.append(
            (
                task,
                policy,
                str(len(own)),
                f"{_seconds(own, SHARES[:1]):.1f} s",
                *(f"{_seconds(full, part) / _seconds(own, part):.2f}" for part in PARTS),
                _quality(own, full, "by_score"),
                _quality(own, full, "confirmed"),
                f"{sum(lead > 0 for lead in leads)} of {len(leads)}" if leads else "",
                f"{np.median(leads):+.3f} ({max(leads):+.3f} at most)" if leads else "",
            )
        )
    return markdown_table(COLUMNS, rows)


def _seconds(outcomes: Sequence[Outcome], shares: Sequence[str]) -> float:
    return sum(_mean(outcomes, share) for share in shares)


def _quality(own: Sequence[Outcome], full: Sequence[Outcome], name: str) -> str:
    """Mean, and the difference from full training ± its standard error."""
    pairs = zip(own, full, strict=False)
    differences = [getattr(one, name) - getattr(other, name) for one, other in pairs]
    if own is full:
        return f"{_mean(own, name):.3f}"
    error = np.std(differences, ddof=1) / len(differences) ** 0.5 if len(differences) > 1 else 0.0
    return f"{_mean(own, name):.3f} ({np.mean(differences):+.3f} ± {error:.3f})"


def _mean(outcomes: Sequence[Outcome], name: str) -> float:
    return float(np.mean([getattr(each, name) for each in outcomes]))


if __name__ == "__main__":
    main()
