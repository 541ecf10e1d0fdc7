"""Nothing that a network should not know reaches it: through the whole way from file to score."""

import numpy as np
import pytest

from hpsearch.bootstrap import known_of, trainer_for
from hpsearch.data import sources
from hpsearch.data.division import encodings_of
from hpsearch.data.splits import folds_by_repeat
from hpsearch.domain.space import Configuration
from hpsearch.domain.spec_text import study_spec
from hpsearch.domain.trial import PlannedEvaluation

ROWS = 400


def table(path, signal):
    """A target drawn at random, noise, and a column of the caller's."""
    rng = np.random.default_rng(3)
    y = rng.integers(2, size=ROWS)
    lines = [
        f"{a:.6f},{b:.6f},{c:.6f},{['no', 'yes'][label]}"
        for a, b, c, label in zip(
            rng.normal(size=ROWS), rng.normal(size=ROWS), signal(y), y, strict=True
        )
    ]
    path.write_text("\n".join(["a,b,c,y", *lines]) + "\n")
    return y


def asked(path, **more):
    sections = {
        "data": {"name": str(path), "target": "y"},
        "space": {"text": "lr"},
        "split": {"folds": 4},
        "training": {"epochs": 15},
        "network": {"hidden": [16]},
        **more,
    }
    spec, _ = study_spec(sections, known_of(sections))
    dataset = sources.load(spec.data, spec.seed)
    return spec, dataset, folds_by_repeat(dataset.y, spec.split, spec.seed, [0])


def evaluations(spec, dataset, folds):
    trainer = trainer_for(spec, dataset, folds)
    configuration = Configuration((("lr", 0.1),))
    planned = [
        PlannedEvaluation(number=0, configuration=configuration, fold=fold, epochs=15)
        for fold in range(4)
    ]
    return trainer.evaluate(planned)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.csv"


def test_a_column_that_knows_all_but_a_folds_own_validation_rows_does_not_help_there(path):
    """It equals the target wherever a network may learn it, and is noise where it is scored."""
    table(path, lambda y: 0.5 * y)
    folds = asked(path, data={"name": str(path), "target": "y", "test": 0})[2]
    hidden = folds[0][1].validation_rows

    def told(y):
        signal = y.astype(float)
        signal[hidden] = np.random.default_rng(9).integers(2, size=len(hidden))
        return signal + 1e-6 * np.arange(ROWS)

    table(path, told)
    scores = [
        each.validation_score
        for each in evaluations(*asked(path, data={"name": str(path), "target": "y", "test": 0}))
    ]
    assert scores[1] < 0.65
    assert min(scores[0], scores[2], scores[3]) > 0.85


def test_what_a_fold_learns_does_not_depend_on_its_validation_rows(path):
    """Rows that it is scored on may hold anything: not one bit of its training changes."""
    table(path, lambda y: y + np.random.default_rng(4).normal(size=ROWS))
    spec, dataset, folds = asked(path)
    before = evaluations(spec, dataset, folds)[2]
    rows = folds[0][2].validation_rows
    dataset.x.flags.writeable = True
    dataset.x[rows] = dataset.x[rows] * 1e6 + 1e9
    after = evaluations(spec, dataset, folds)[2]
    assert before.curve.train_loss.tobytes() == after.curve.train_loss.tobytes()
    assert before.train_score == after.train_score
    assert before.validation_loss != after.validation_loss


def test_a_preparation_fitted_on_all_rows_would_be_caught(path):
    table(path, lambda y: y + np.random.default_rng(4).normal(size=ROWS))
    _, dataset, folds = asked(path)
    right = encodings_of(dataset, folds)
    dataset.x.flags.writeable = True
    dataset.x[folds[0][2].validation_rows] *= 1e6
    assert encodings_of(dataset, folds)[0][2] == right[0][2]
    assert encodings_of(dataset, folds)[0][0] != right[0][0]


def test_the_test_part_leaves_no_trace_in_a_search(path):
    table(path, lambda y: y + np.random.default_rng(4).normal(size=ROWS))
    spec, dataset, _ = asked(path)
    sealed = sources.load_test_part(spec.data, spec.seed)
    assert sealed.fingerprint == dataset.test_fingerprint
    assert len(sealed.y) == dataset.test_row_count == ROWS // 5
    lines = path.read_text().splitlines()
    seen = {row.tobytes() for row in dataset.x}
    for index, line in enumerate(lines[1:], 1):
        a, b, c, y = line.split(",")
        if np.array([float(a), float(b), float(c)]).tobytes() not in seen:
            lines[index] = f"{float(a) * 1e6},{float(b) + 7},-5,{y}"
    path.write_text("\n".join(lines) + "\n")
    _, changed, folds = asked(path)
    assert changed.fingerprint == dataset.fingerprint
    assert changed.schema == dataset.schema
    assert changed.test_fingerprint != dataset.test_fingerprint
    assert encodings_of(changed, folds) == encodings_of(dataset, folds)
