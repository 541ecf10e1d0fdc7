"""From data and a question to the trainer that answers it."""

from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from hpsearch.data import preparation
from hpsearch.data.shared_table import table_for_workers
from hpsearch.data.splits import FoldsByRepeat
from hpsearch.domain.dataset import Dataset, Fold
from hpsearch.domain.encoding import Encoding
from hpsearch.domain.final_training import final_spec
from hpsearch.domain.seeds import generator
from hpsearch.domain.spec import StudySpec
from hpsearch.domain.toy_functions import TOY_FUNCTIONS
from hpsearch.training.batched_trainer import BatchedTrainer
from hpsearch.training.cost import training_seconds
from hpsearch.training.toy_functions import SECONDS_PER_UPDATE, Descent

STAND_IN_ROWS = 128  # that a training without validation rows is watched on


def trainer_for(
    spec: StudySpec, dataset: Dataset, folds: FoldsByRepeat
) -> BatchedTrainer | Descent:
    """The trainer of a question on its data."""
    if spec.data.name in TOY_FUNCTIONS:
        return Descent(function=TOY_FUNCTIONS[spec.data.name], training=spec.training)
    return BatchedTrainer(
        x=cast(NDArray[Any], table_for_workers(dataset)),
        y=dataset.y,
        folds=folds,
        output_count=max(1, len(dataset.classes)),
        network=spec.network,
        training=spec.training,
        seed=spec.seed,
        encodings=encodings_of(dataset, folds),
        metric=spec.data.metric,
        class_weights=spec.data.class_weights,
    )


def final_trainer(spec: StudySpec, dataset: Dataset, repeats: int) -> BatchedTrainer:
    """The trainer of final trainings: all rows train, with seeds that the search never used."""
    rows = np.arange(len(dataset.y))
    fold = Fold(train_rows=rows, validation_rows=rows[:STAND_IN_ROWS])
    seed = int(generator(spec.seed, "final").integers(2**63))
    trainer = trainer_for(replace(final_spec(spec), seed=seed), dataset, ((fold,),) * repeats)
    assert isinstance(trainer, BatchedTrainer)
    return trainer


def encodings_of(dataset: Dataset, folds: FoldsByRepeat) -> tuple[tuple[Encoding, ...], ...]:
    """What the training rows of each fold teach about its inputs; none where there is nothing."""
    fitted = [
        [preparation.fit_for_rows(dataset, fold.train_rows) for fold in repeat] for repeat in folds
    ]
    known = tuple(tuple(each for each in repeat if each is not None) for repeat in fitted)
    return known if any(known) else ()


def seconds_per_evaluation(trainer: BatchedTrainer | Descent) -> float:
    """A first guess of what one evaluation takes."""
    if isinstance(trainer, Descent):
        return trainer.training.epochs * SECONDS_PER_UPDATE
    rows, training = len(trainer.folds[0][0].train_rows), trainer.training
    one = training_seconds(trainer.sizes, rows, training.batch, training.epochs)
    return training.ensemble * one
