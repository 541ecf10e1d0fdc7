"""Changing the plan of a study: what is decided about a stage, and how many trials there are."""

from sqlalchemy import Connection, delete, insert

from hpsearch.domain.space import Space
from hpsearch.domain.study import StageResult, Study
from hpsearch.store import mapping
from hpsearch.store.changing import change
from hpsearch.store.rows import STAGES


def judge(connection: Connection, study_id: int, number: int, result: StageResult) -> None:
    """Store what was decided at the end of a stage, with the space that the next one searches.

    Where the search need not go on, the stages that were planned after it are given up.
    """
    later = (STAGES.c.study_id == study_id) & (STAGES.c.number > number)
    own = (STAGES.c.study_id == study_id) & (STAGES.c.number == number)
    change(connection, STAGES, own, verdicts=mapping.result_json(result))
    if result.judgement.stop is not None:
        connection.execute(delete(STAGES).where(later))
    following = later & (STAGES.c.number == number + 1)
    change(connection, STAGES, following, space=mapping.space_json(result.space))


def lengthen(connection: Connection, study: Study, trial_count: int) -> None:
    """Let the last stage grow until there are `trial_count` trials in all."""
    last = study.stages[-1]
    own = (STAGES.c.study_id == study.id) & (STAGES.c.number == last.number)
    longer = last.trial_count + trial_count - study.trial_count
    change(connection, STAGES, own, trial_count=longer, verdicts=None)


def append_stage(connection: Connection, study: Study, trial_count: int) -> None:
    """Plan one more stage, so that there are `trial_count` trials in all."""
    last = study.stages[-1]
    space = last.result.space if last.result else Space(())
    count, first = trial_count - study.trial_count, last.numbers.stop
    stage = mapping.stage_values(study.id, last.number + 1, space, count, first)
    connection.execute(insert(STAGES), stage)
