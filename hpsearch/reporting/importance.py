"""How much each hyperparameter decides whether a trial is among the best: Optuna's PED-ANOVA."""

from collections.abc import Mapping, Sequence

from hpsearch.domain.imported import Searched
from hpsearch.domain.trial import Origin
from hpsearch.quiet_optuna import quiet

LEAST = 20  # trials, for a tenth of them to say anything
MOST = 1000  # the first so many are enough


def importances(study: Searched) -> dict[str, float]:
    """Share of each hyperparameter, the largest first; they add up to 1.

    PED-ANOVA compares where the best tenth of the trials of stage 1 lie with where all lie
    (Watanabe, Bansal and Hutter 2023). Trials without a score count as the worst. The shares add up
    to 1 whether or not anything matters: that is for the tests of the verdicts to say.

    Returns:
        Nothing for one hyperparameter, few trials, or scores that are all alike.
    """
    stage, values = study.stages[0], _values(study)
    if len(stage.space) < 2 or len(values) < LEAST or len(set(values.values())) < 2:
        return {}
    drawn = [trial for trial in study.trials if trial.number in values]
    placed = [(stage.space.units(each.configuration), values[each.number]) for each in drawn]
    whole = [(units, value) for units, value in placed if units is not None]
    if len(whole) < LEAST:  # imported trials may lack what only some of them have
        return {}
    with quiet():
        return _measured(whole)


def _measured(placed: Sequence[tuple[Mapping[str, float], float]]) -> dict[str, float]:
    """Shares from coordinates and scores."""
    import optuna

    sampled = optuna.create_study(direction="minimize")
    unit = optuna.distributions.FloatDistribution(0.0, 1.0)
    for units, value in placed:
        told = optuna.trial.create_trial(
            params=dict(units), distributions=dict.fromkeys(units, unit), value=-value
        )
        sampled.add_trial(told)
    evaluator = optuna.importance.PedAnovaImportanceEvaluator()
    return dict(optuna.importance.get_param_importances(sampled, evaluator=evaluator))


def importance_facts(shares: Mapping[str, float], drawn: int) -> list[tuple[str, str]]:
    """The shares as a term with its meaning; nothing where there are none.

    Args:
        drawn: trials of stage 1 that the sampler drew.
    """
    if not shares:
        return []
    text = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    among = f"the first {MOST:,} trials of stage 1" if drawn > MOST else "stage 1"
    how = f"shares of what parts the best tenth of {among} from the rest, by PED-ANOVA"
    return [("Importance", f"{text} ({how}; they add up to 100 % even where nothing matters)")]


def _values(study: Searched) -> dict[int, float]:
    """Score of each trial that was drawn in stage 1, by number; the worst where there is none."""
    drawn = [t for t in study.trials if t.stage == 1 and t.origin is Origin.SAMPLER][:MOST]
    scores = [trial.score for trial in drawn if trial.score is not None]
    if not scores:
        return {}
    return {t.number: min(scores) if t.score is None else t.score for t in drawn}
