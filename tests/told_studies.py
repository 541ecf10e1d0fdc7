"""All that is said of a study that is read in part."""

from hpsearch.assessing import assessed
from hpsearch.data.built_in import card
from hpsearch.reporting.best import best_rows, best_text
from hpsearch.reporting.study_list import list_text
from hpsearch.reporting.study_text import show_text, show_values


def told(store, study, count):
    """All that `best` and `show` say, and the list."""
    assessment = assessed(store, study, count)
    return (
        best_text(study, count, assessment, with_table=True),
        best_rows(study, count, assessment),
        show_text(study, card("digits"), assessment),
        show_values(study),
        list_text(store.list_studies()),
    )
