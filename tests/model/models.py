"""Models with random weights, for what does not depend on training."""

import numpy as np

from hpsearch.domain.spec import BatchNorm, NetworkSpec
from hpsearch.model.array_inputs import ArrayInputs
from hpsearch.model.trained_model import Model
from hpsearch.training.network import parameter_count
from hpsearch.training.trained_network import TrainedNetwork

ABOUT = {
    "study": "made-up",
    "trial": 3,
    "configuration": {"lr": 0.1, "wd": "off"},
    "spec": {"data": {"name": "digits"}},
    "data": {"name": "digits", "rows": 10, "fingerprint": "f" * 64},
    "version": "0.1.0",
}


def random_model(
    hidden=(5, 4), classes=("no", "yes"), members=3, dtype="float32", scale=1.0, **structure
):
    outputs = len(classes) or 1
    network = NetworkSpec(hidden=hidden, **structure)
    sizes, rng = (6, *hidden, outputs), np.random.default_rng(5)
    count = parameter_count(sizes, network.batchnorm)
    widths = () if network.batchnorm is BatchNorm.OFF else hidden
    return Model(
        network=TrainedNetwork(
            sizes=sizes,
            network=network,
            parameters=rng.normal(size=(members, count)).astype(dtype),
            running=tuple(rng.random((members, 2, width)).astype(dtype) for width in widths),
            steps=7,
            dropped=0.25,
        ),
        classes=tuple(classes),
        inputs=ArrayInputs(features=6, scale=scale),
        about=ABOUT,
        unit=(0.0, 1.0) if classes else (3.0, 2.0),
    )


def rows(count=9):
    return np.random.default_rng(6).normal(size=(count, 6))
