"""From data and a question to the trainer that answers it."""

from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from hpsearch.data.division import EncodingsByRepeat, encodings_of
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
    spec: StudySpec,
    dataset: Dataset,
    folds: FoldsByRepeat,
    encodings: EncodingsByRepeat | None = None,
) -> BatchedTrainer | Descent:
    """The trainer of a question on its data.

    Args:
        encodings: what the training rows of each fold teach; None to have them fitted here.
    """
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
        encodings=encodings_of(dataset, folds) if encodings is None else encodings,
        metric=spec.data.metric,
        class_weights=spec.data.class_weights,
    )


def final_trainer(
    spec: StudySpec, dataset: Dataset, repeats: int, encoding: Encoding | None = None
) -> BatchedTrainer:
    """The trainer of final trainings: all rows train, with seeds that the search never used.

    Args:
        encoding: what all rows teach about the inputs; None to have it fitted here, if need be.
    """
    rows = np.arange(len(dataset.y))
    fold = Fold(train_rows=rows, validation_rows=rows[:STAND_IN_ROWS])
    seed = int(generator(spec.seed, "final").integers(2**63))
    folds = ((fold,),) * repeats
    known = None if encoding is None else ((encoding,),) * repeats
    trainer = trainer_for(replace(final_spec(spec), seed=seed), dataset, folds, known)
    assert isinstance(trainer, BatchedTrainer)
    return trainer


def seconds_per_evaluation(trainer: BatchedTrainer | Descent) -> float:
    """A first guess of what one evaluation takes."""
    if isinstance(trainer, Descent):
        return trainer.training.epochs * SECONDS_PER_UPDATE
    rows, training = len(trainer.folds[0][0].train_rows), trainer.training
    one = training_seconds(trainer.sizes, rows, training.batch, training.epochs)
    return training.ensemble * one
