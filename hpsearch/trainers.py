"""From data and a question to the trainer that answers it."""

from hpsearch.data.splits import FoldsByRepeat
from hpsearch.domain.dataset import Dataset
from hpsearch.domain.spec import StudySpec
from hpsearch.domain.toy_functions import TOY_FUNCTIONS
from hpsearch.training.batched_trainer import BatchedTrainer
from hpsearch.training.cost import training_seconds
from hpsearch.training.toy_functions import SECONDS_PER_UPDATE, Descent


def trainer_for(
    spec: StudySpec, dataset: Dataset, folds: FoldsByRepeat
) -> BatchedTrainer | Descent:
    """The trainer of a question on its data."""
    if spec.data.name in TOY_FUNCTIONS:
        return Descent(function=TOY_FUNCTIONS[spec.data.name], training=spec.training)
    return BatchedTrainer(
        x=dataset.x,
        y=dataset.y,
        folds=folds,
        output_count=len(dataset.classes),
        network=spec.network,
        training=spec.training,
        seed=spec.seed,
    )


def seconds_per_evaluation(trainer: BatchedTrainer | Descent) -> float:
    """A first guess of what one evaluation takes."""
    if isinstance(trainer, Descent):
        return trainer.training.epochs * SECONDS_PER_UPDATE
    rows, training = len(trainer.folds[0][0].train_rows), trainer.training
    one = training_seconds(trainer.sizes, rows, training.batch, training.epochs)
    return training.ensemble * one
