"""How many trials each stage of a search gets."""

from hpsearch.errors import InvalidStudy

USUAL_STAGES = 3
LEAST_TRIALS = 18  # of a stage: fewer teach the range rule nothing


def least_trials(stages: int) -> int:
    """Fewest trials that can be divided among so many stages."""
    return 1 if stages == 1 else LEAST_TRIALS // 3 * (3 * stages + 1)


def stage_plan(trials: int, stages: int | None = None) -> tuple[int, ...]:
    """Trials of each stage: the first gets a third more than each of the others.

    Args:
        trials: of the search in all, 1 or more.
        stages: how many were asked for; None for 3, or as many as leave none under 18 trials.

    Raises:
        InvalidStudy: fewer than one stage, or too few trials for those that were asked for.
    """
    if stages is None:
        stages = next(each for each in range(USUAL_STAGES, 0, -1) if least_trials(each) <= trials)
    if stages < 1:
        raise InvalidStudy("stages", f"`{stages}` must be 1 or more")
    if trials < least_trials(stages):
        raise InvalidStudy(
            "stages",
            f"`{stages}` stages need {least_trials(stages)} trials, `{trials}` are planned",
            f"ask for `--trials {least_trials(stages)}` or more, or for fewer stages",
        )
    later = 3 * trials // (3 * stages + 1)
    return (trials - (stages - 1) * later, *[later] * (stages - 1))
