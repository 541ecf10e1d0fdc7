"""The study that should follow another: its question as a study file.

It searches the ranges that the last verdicts propose, and tries the best configuration first.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hpsearch.domain.ranking import best_trials
from hpsearch.domain.space import Choices, Configuration, Dependent, Entry, Space, Value
from hpsearch.domain.spec import StudySpec
from hpsearch.domain.spec_text import spec_sections, with_batches_that_fit
from hpsearch.domain.study import Study
from hpsearch.domain.toy_functions import SETTINGS
from hpsearch.domain.trial import Trial
from hpsearch.domain.trial_settings import settled
from hpsearch.reporting.best import last_verdicts, no_valid_trial
from hpsearch.reporting.text import configuration_text, score_form, score_text

LONGEST_NAME = 64
FOLLOWING = "-next"
LEAST_TRIALS = 2  # the default configuration and the best


def next_study_toml(study: Study) -> str:
    """A study file that `hpsearch start` takes; where it comes from stands in comments.

    Raises:
        NoValidTrial: no trial has a score.
    """
    import tomli_w

    best = best_trials(study.trials, 1)
    if not best:
        raise no_valid_trial(study)
    name = study.name[: LONGEST_NAME - len(FOLLOWING)] + FOLLOWING
    return _origin(study, best[0]) + tomli_w.dumps({"name": name, **_sections(study, best[0])})


def _origin(study: Study, best: Trial) -> str:
    """The question of the file, as its first line, and where its values come from."""
    shown = best.score if best.confirmed_score is None else best.confirmed_score
    how = "" if best.confirmed_score is None else "confirmed "
    score = score_text(shown, score_form(study))
    kind = "-f" if study.data.is_function else f"validation {study.spec.data.metric.words}"
    lines = [
        f"Is anything better than the best of {study.name}, in the ranges that it proposes?",
        "",
        f"Best of its {study.finished} trials: trial {best.number}, {how}{kind} {score}",
        f"  {configuration_text(best.configuration)}",
        *last_verdicts(study),
    ]
    return "".join(f"# {line}".rstrip() + "\n" for line in "\n".join(lines).splitlines()) + "\n"


def _sections(study: Study, best: Trial) -> dict[str, Any]:
    """All that the file says beside its name; of a function only what means something there."""
    sections = spec_sections(_next_spec(study, best))
    if not study.spec.is_compared:
        sections["search"]["trials"] = max(study.trial_count, LEAST_TRIALS)
    if study.data.is_function:
        del sections["network"], sections["split"]
        sections["search"] = {"sampler": sections["search"]["sampler"]}
        own = sections["training"].items()
        sections["training"] = {key: value for key, value in own if key in SETTINGS}
    return {
        name: {key: value for key, value in entries.items() if value is not None}
        for name, entries in sections.items()
    }


def _next_spec(study: Study, best: Trial) -> StudySpec:
    """The question of a study, about the ranges that its last verdicts propose.

    Listed values that are compared have no verdicts, and stay as they are.
    """
    spec = study.spec
    if spec.is_compared:
        return spec
    judged = [stage.result.space for stage in study.stages if stage.result]
    rows = spec.split.train_rows(study.data.rows)
    proposed = with_batches_that_fit(judged[-1] if judged else spec.space, rows, is_asked=False)
    space, fixed = _without_single_choices(proposed)
    if not space:
        space, fixed = spec.space, {}
    network, training = settled(spec.network, spec.training, fixed)
    plan = replace(spec.plan, stages=None, tries=())
    if _has_choices(best.configuration, space, fixed):
        own = {name: each for name, each in best.configuration.items() if name in space}
        if "batch" in own:  # more rows than there are make no difference
            own["batch"] = min(int(own["batch"]), rows)
        plan = replace(plan, tries=(Configuration(tuple(own.items())),))
    return replace(spec, network=network, training=training, space=space, plan=plan)


def _has_choices(best: Configuration, space: Space, fixed: Mapping[str, Value]) -> bool:
    """Whether the best can still be tried: none of its choices was dropped."""
    choices = {name: each for name, each in space.items() if isinstance(each, Choices)}
    is_kept = all(best.get(name) in each for name, each in choices.items())
    return is_kept and all(best.get(name) == value for name, value in fixed.items())


def _without_single_choices(space: Space) -> tuple[Space, Mapping[str, Value]]:
    """What is left to search where verdicts dropped all choices but one, and those that stayed."""
    fixed: dict[str, Value] = {}
    entries: dict[str, Entry] = {}
    for name, entry in sorted(space.items(), key=lambda pair: isinstance(pair[1], Dependent)):
        given = _given(entry, space, fixed)
        if isinstance(given, Choices) and len(given.values) == 1:
            fixed[name] = given.values[0]
        elif given is not None:
            entries[name] = given
    return Space(tuple((name, entries[name]) for name in space if name in entries)), fixed


def _given(entry: Entry, space: Space, fixed: Mapping[str, Value]) -> Entry | None:
    """A range without what depends on choices that were dropped; None where it does nothing."""
    if not isinstance(entry, Dependent):
        return entry
    if entry.on in fixed:
        return entry.given(fixed[entry.on])
    other = space[entry.on]
    assert isinstance(other, Choices)
    left = tuple((choice, each) for choice, each in entry.ranges if choice in other)
    return replace(entry, ranges=left) if left else None
