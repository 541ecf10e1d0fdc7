"""What the metric of a study is called, and what it is without any learning."""

from hpsearch.domain.imported import ImportedStudy, Searched
from hpsearch.domain.study import Study
from hpsearch.domain.task import Direction, Metric


def score_label(study: Study) -> str:
    """`val acc`, or another metric's name behind `val`."""
    if study.data.is_function:
        return "-f"
    metric = study.spec.data.metric
    return "val acc" if metric is Metric.ACCURACY else f"val {metric.words}"


def score_axis(study: Searched) -> str:
    """Name of an axis of scores, which rise where a trial gets better."""
    if isinstance(study, ImportedStudy):
        name, direction = study.source.metric, study.source.direction
    elif study.data.is_function:
        return "-f"
    else:
        name, direction = study.spec.data.metric.words, study.spec.data.metric.direction
    return f"minus {name}" if direction is Direction.MINIMIZE else name


def metric_words(study: Study) -> str:
    """The metric at the start of a sentence."""
    words = study.spec.data.metric.words
    return words[0].upper() + words[1:]


def chance_words(study: Study) -> str:
    """What the metric is for an answer that looks at no input; empty where that is unknown."""
    data = study.data
    known = {
        Metric.BALANCED_ACCURACY: (1 / max(1, data.class_count), "by chance"),
        Metric.ROC_AUC: (0.5, "by chance"),
        Metric.LOG_LOSS: (data.constant_loss, "for answering with the shares of the classes"),
        Metric.R2: (0.0, "for answering with the mean"),
        Metric.RMSE: (data.target_deviation, "for answering with the mean"),
    }
    value, how = known.get(study.spec.data.metric, (None, ""))
    if value is None:
        return ""
    return f"; about {f'{value:.3g}' if value < 1000 else f'{value:.0f}'} {how}"


def expectation(study: Study) -> str:
    """That the best of many flatters itself."""
    is_high = study.spec.data.metric.direction is Direction.MAXIMIZE
    return (
        f"It is the best of {study.finished}, so expect a little {'less' if is_high else 'more'}"
        f" from it on other rows{'' if is_high else ' (lower is better)'}."
    )
