"""Whether data are still those that a study was started on."""

from hpsearch.domain.dataset import Dataset
from hpsearch.domain.study import Study
from hpsearch.errors import DataChanged


def refuse_changed_data(study: Study, dataset: Dataset) -> None:
    """Refuse data that are no longer those that a study was started on.

    Raises:
        DataChanged: quotes the hashes of what was and of what is.
    """
    known = study.data
    pairs = [("rows searched on", known.fingerprint, dataset.fingerprint)]
    if known.test_fingerprint:
        pairs.append(("rows set aside", known.test_fingerprint, dataset.test_fingerprint))
    changed = [(what, old, new) for what, old, new in pairs if old != new]
    if changed:
        raise DataChanged(study.name, dataset.name, changed)
