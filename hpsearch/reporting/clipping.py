"""How often gradients were clipped, and when that is too often."""

from hpsearch.domain.trial import Trial

OFTEN = 0.5  # share of clipped steps beyond which the Deep Learning Tuning Playbook lowers lr


def clipping_text(trial: Trial, name: str) -> str:
    """A sentence on a trial whose gradients were clipped; empty for one without clipping.

    Args:
        name: what the sentence calls the trial.
    """
    sentences = []
    shortened = _mean_share(trial, "clipped")
    if shortened is not None:
        often = "more than half: try a lower lr instead" if shortened > OFTEN else ""
        sentences.append(_sentence(name, "clipped", shortened, often))
    cut = _mean_share(trial, "cut")
    if cut is not None:
        sentences.append(_sentence(name, "cut by value in some component", cut, ""))
    return " ".join(sentences)


def _sentence(name: str, what: str, share: float, remark: str) -> str:
    end = f" ({remark})." if remark else "."
    return f"The gradient of {name} was {what} in {share:.0%} of its steps{end}"


def _mean_share(trial: Trial, key: str) -> float | None:
    details = [each.details or {} for each in trial.evaluations]
    shares = [float(each[key]) for each in details if key in each]
    return sum(shares) / len(shares) if shares else None
