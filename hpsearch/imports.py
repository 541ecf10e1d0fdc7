"""Studies from elsewhere into the store: found, checked as a whole, then written in one go."""

from collections.abc import Sequence

from hpsearch.data.tables import of_file, read_table
from hpsearch.domain.imported import FoundTrials, ImportedStudy, Source, SourceKind
from hpsearch.domain.names import check_name, default_name
from hpsearch.domain.task import Direction
from hpsearch.errors import InvalidInput, InvalidStudy
from hpsearch.importing.optuna_study import optuna_study
from hpsearch.importing.plain_text import plain
from hpsearch.importing.trial_table import table_columns, table_trials
from hpsearch.storage import opened


def import_optuna(storage: str, url: str, study: str, name: str | None = None) -> ImportedStudy:
    """Bring in a study of an Optuna database.

    Args:
        url: `sqlite:///FILE`, or the file; it is only read.
        name: what it is called here; None takes its name there.

    Raises:
        HpsearchError: it cannot be read or named so; nothing was written.
    """
    chosen = _checked(study if name is None else name)
    return _stored(storage, chosen, optuna_study(url, study))


def import_table(
    storage: str,
    path: str,
    score: str,
    direction: Direction = Direction.MAXIMIZE,
    drop: Sequence[str] = (),
    name: str | None = None,
) -> tuple[ImportedStudy, tuple[str, ...]]:
    """Bring in a table of trials: one row each, a column for each hyperparameter, one of scores.

    Args:
        path: a CSV, TSV or Parquet file.
        score: column that ranks the trials.
        direction: which of its values are better.
        drop: columns that are left out.
        name: what the study is called; None takes the file's name without its suffix.

    Returns:
        The study, and the columns that were left out.

    Raises:
        HpsearchError: it cannot be read; nothing was written.
    """
    chosen = _checked(default_name(path, ()) if name is None else name)
    frame = read_table(path)
    source = Source(
        kind=SourceKind.CSV, place=plain(path), study="", metric=plain(score), direction=direction
    )
    with of_file(path):
        columns = table_columns(frame, score, drop)
        found = table_trials(frame.drop(columns=list(drop)), score, columns, source)
    return _stored(storage, chosen, found), columns.left_out


def _checked(name: str) -> str:
    try:
        return check_name(name)
    except InvalidStudy as error:
        hint = f"give another with `--name`: {error.hint}"
        raise InvalidInput(error.message, hint) from None


def _stored(storage: str, name: str, found: FoundTrials) -> ImportedStudy:
    with opened(storage, is_new_allowed=True) as store:
        return store.import_study(name, found)
