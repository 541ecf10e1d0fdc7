"""From a finished search to a model: train on all rows, open the test part once, save.

The model is written first, under a temporary name; then the test part is read and scored, and the
look at it is stored; then the model gets its name, and only then does anybody see the score. A kill
in between leaves nothing, or a look that is on record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from hpsearch.bootstrap import opened
from hpsearch.data import sources
from hpsearch.data.division import encoding_of_all
from hpsearch.data.preparation import Preparation
from hpsearch.data.sklearn_process import Call, called_here
from hpsearch.domain.changed_data import refuse_changed_data
from hpsearch.domain.dataset import Dataset, TestPart
from hpsearch.domain.encoding import Encoding
from hpsearch.domain.final_training import chosen_trial, final_trainings, without_validation
from hpsearch.domain.opening import Opening, same_look
from hpsearch.domain.spec_text import spec_sections
from hpsearch.domain.study import Study
from hpsearch.domain.task import Metric
from hpsearch.domain.trial import Evaluation, Purpose, Trial
from hpsearch.errors import InvalidInput, NoValidTrial
from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.model import model_file
from hpsearch.model.array_inputs import ArrayInputs
from hpsearch.model.scores import class_scores, number_scores
from hpsearch.model.table_inputs import TableInputs
from hpsearch.model.trained_model import Model
from hpsearch.store.sql_store import SqlStudyStore
from hpsearch.trainers import final_trainer
from hpsearch.training.trained_network import TrainedNetwork, outputs, together
from hpsearch.versions import library_versions

NETWORKS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wish:
    """What the user asks for.

    Attributes:
        name: the study.
        networks: networks to train, each from a seed of its own.
        output: file of the model; None is `NAME.model.npz`.
        trial: number of the trial whose configuration is trained; None is the best.
        is_again: whether the test part may be opened once more.
        replaces: whether an existing file may be replaced.
    """

    name: str
    networks: int = NETWORKS
    output: Path | None = None
    trial: int | None = None
    is_again: bool = False
    replaces: bool = False

    @property
    def path(self) -> Path:
        """File of the model."""
        return self.output or Path(f"{self.name}.model.npz")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finalized:
    """A finished model.

    Attributes:
        study: as stored afterwards.
        trial: whose configuration was trained.
        model: as saved.
        opening: the look at the test part that the model's score comes from; None without one.
        path: the model's file.
    """

    study: Study
    trial: Trial
    model: Model
    opening: Opening | None
    path: Path


def check(storage: str, wish: Wish) -> tuple[Study, Trial]:
    """The study and the trial to be trained, if all is as it should be.

    Raises:
        HpsearchError: no such study or trial, a search that has not ended, a file in the way, or
            a test part that was opened before.
    """
    with opened(storage) as store:
        study = store.load_study(wish.name)
    trial = chosen_trial(study, wish.trial)
    _refuse_second_look(study, trial, wish)
    model_file.refuse_existing(wish.path, replace=wish.replaces)
    return study, trial


def finalize(storage: str, wish: Wish, call: Call = called_here) -> Finalized:
    """Train, test and save a model.

    Args:
        call: makes the call that needs scikit-learn.

    Raises:
        HpsearchError: as for `check`; changed data; no training that ends well; an unusable store;
            a file that cannot be written.
    """
    limit_to_one_thread()
    with opened(storage) as store, store.driving(check(storage, wish)[0]):
        study, trial = check(storage, wish)  # as it is now that nobody else changes it
        dataset = sources.load(study.spec.data, study.spec.seed)
        refuse_changed_data(study, dataset)
        encoding = encoding_of_all(call, dataset)
        evaluations, networks = _trained(study, trial, dataset, encoding, store, wish.networks)
        model = _model(study, trial, dataset, encoding, networks)
        before = None if wish.is_again else same_look(study.openings, trial.number, wish.networks)
        with model_file.saved(model, wish.path, replace=wish.replaces):
            opening = before
            if study.data.test_rows and before is None:
                opening = _look(study, trial, dataset, model, wish.networks)
            known = [each.planned.repeat for each in trial.of(Purpose.FINAL)]
            fresh = [each for each in evaluations if each.planned.repeat not in known]
            stored = store.finalize(study, fresh, None if opening is before else opening)
        store.keep_overview(stored)
    return Finalized(study=stored, trial=trial, model=model, opening=opening, path=wish.path)


def _refuse_second_look(study: Study, trial: Trial, wish: Wish) -> None:
    """Refuse to open the test part once more, unless that is asked for.

    A model whose test is on record may be made anew where its file has gone: that looks at nothing.
    """
    if not study.openings or wish.is_again:
        return
    same = same_look(study.openings, trial.number, wish.networks)
    if same is not None and (wish.replaces or not wish.path.exists()):
        return
    last = same or study.openings[-1]
    when = f"{last.opened_at:%Y-%m-%d %H:%M} UTC"
    shown = ", ".join(f"{name} {value:.4g}" for name, value in last.scores.items())
    raise InvalidInput(
        f"the test set of `{study.name}` was opened already: {when}, for trial {last.trial} "
        f"({last.networks} networks: {shown})",
        "`--again` opens it once more, and every report says so; a second score is no longer "
        "that of data never seen",
    )


def _trained(
    study: Study,
    trial: Trial,
    dataset: Dataset,
    encoding: Encoding | None,
    store: SqlStudyStore,
    count: int,
) -> tuple[list[Evaluation], list[TrainedNetwork]]:
    """Final trainings of a trial on all rows, without the test part.

    Raises:
        NoValidTrial: all of them diverged.
    """
    searched = store.evaluations(study.id, [trial.number])
    planned = final_trainings(study.spec, trial, searched, count)
    finished = final_trainer(study.spec, dataset, len(planned), encoding).fit(planned)
    networks = [network for _, network in finished if network is not None]
    if not networks:
        raise NoValidTrial(
            f"all {count} trainings of trial {trial.number} on all rows diverged",
            "choose another trial with `--trial`; the test set was not opened",
        )
    return [without_validation(each) for each, _ in finished], networks


def _model(
    study: Study,
    trial: Trial,
    dataset: Dataset,
    encoding: Encoding | None,
    networks: Sequence[TrainedNetwork],
) -> Model:
    inputs: ArrayInputs | TableInputs
    if dataset.schema is not None and encoding is not None:
        inputs = TableInputs(preparation=Preparation(schema=dataset.schema, encoding=encoding))
    else:
        inputs = ArrayInputs(features=dataset.x.shape[1], scale=dataset.input_scale)
    return Model(
        network=together(networks),
        classes=dataset.classes,
        inputs=inputs,
        unit=(encoding.target_mean, encoding.target_scale) if encoding else (0.0, 1.0),
        about={
            "study": study.name,
            "trial": trial.number,
            "configuration": dict(trial.configuration),
            "spec": spec_sections(study.spec),
            "data": {
                "name": dataset.name,
                "rows": len(dataset.y),
                "fingerprint": dataset.fingerprint,
            },
            "version": library_versions()["hpsearch"],
        },
    )


def _look(study: Study, trial: Trial, dataset: Dataset, model: Model, networks: int) -> Opening:
    """Open the test part: the only place that does."""
    test = sources.load_test_part(study.spec.data, study.spec.seed)
    return Opening(
        number=len(study.openings) + 1,
        trial=trial.number,
        networks=networks,
        rows=len(test.y),
        fingerprint=test.fingerprint,
        scores=_scores(model, dataset, test, study.spec.data.metric),
        opened_at=datetime.now(UTC),
    )


def _scores(model: Model, dataset: Dataset, test: TestPart, metric: Metric) -> dict[str, float]:
    inputs, is_class = model.inputs, bool(model.classes)
    x = inputs.preparation.encoding.features(test.x) if isinstance(inputs, TableInputs) else test.x
    answers = outputs(model.network, x, is_class=is_class).astype(np.float64)
    if is_class:
        classes = np.asarray(test.y, np.int64)
        commonest = int(np.bincount(np.asarray(dataset.y, np.int64)).argmax())
        return class_scores(answers, classes, commonest, metric)
    numbers = np.asarray(test.y, np.float64)
    predicted = model.in_unit(answers[:, 0])
    return number_scores(predicted, numbers, float(dataset.y.mean()), metric)
