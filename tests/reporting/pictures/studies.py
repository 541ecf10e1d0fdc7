"""A small study of every kind that has pictures of its own."""

from functools import partial

from hpsearch.bootstrap import opened
from hpsearch.reporting.pictures import style
from hpsearch.reporting.pictures.album import pictures
from tests.stored_studies import TINY_SECTIONS

GRID = {"sampler": "grid"}
FEW_ROWS = {
    "data": {"name": "digits", "rows": 200},
    "split": {"holdout": 0.2},
    "network": {"hidden": "6,6"},
    "training": {"epochs": 3},
    "search": GRID,
}
STUDIES = {
    "searched": TINY_SECTIONS,
    "values": FEW_ROWS
    | {"space": {"lr": "0.001|0.01|0.1|1|10"}, "search": {"sampler": "grid", "repeats": 2}},
    "words": FEW_ROWS
    | {
        "space": {
            "optimizer": ["sgd", "adam"],
            "lr": {
                "on": "optimizer",
                "ranges": {"sgd": {"choices": [0.1]}, "adam": {"choices": [0.001]}},
            },
        }
    },
    "two": FEW_ROWS | {"space": {"init": "1.0|0.1|he", "batchnorm": "off|pre"}},
    "many": FEW_ROWS | {"space": {"init": "1.0|0.5|0.1|0.01|he|xavier", "wd": "off|0.1"}},
    "measured": FEW_ROWS
    | {
        "network": {"hidden": "6,6,6"},
        "training": {"epochs": 3, "measure": "activations,gradients"},
        "space": {"activation": "relu|tanh", "lr": "0.1|0.01"},
    },
    "searched-and-measured": TINY_SECTIONS
    | {"training": {"epochs": 2, "measure": "activations,gradients"}},
    "watched": FEW_ROWS
    | {"training": {"epochs": 1, "measure": "activations"}, "space": {"init": "0.01|he"}},
    "descent": {
        "data": {"name": "valley"},
        "space": {"optimizer": "sgd|momentum", "lr": "0.1|0.3"},
        "search": GRID,
    },
    "saddle": {"data": {"name": "saddle"}, "space": {"lr": "0.01|0.1"}, "search": GRID},
}


def drawn(folder, name):
    """The pictures of a study."""
    with opened(f"sqlite:///{folder}/hpsearch.db") as store:
        study = store.load_study(name)
        return list(map(style.drawn, pictures(study, partial(store.curves, study.id))))
