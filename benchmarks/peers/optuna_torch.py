"""Optuna's random sampler and PyTorch, one network at a time, in one process of one thread.

Its study is kept in memory, which is Optuna's fastest storage. Half the trials go to each of two
such processes. The tensors are made once, and minibatches are slices of a permutation: there is no
`DataLoader`. Weight decay acts on the biases too, as it does by default in PyTorch.
"""

from collections.abc import Callable
from itertools import pairwise

import optuna
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.peers.task import Part, Task, arguments, report

TensorPart = tuple[Tensor, Tensor]
Model = tuple[nn.Sequential, torch.optim.Optimizer]


def main() -> None:
    """Search, and print the best validation accuracy."""
    task, trials, seed = arguments()
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    folds = [(_tensors(train), _tensors(validation)) for train, validation in task.parts()]

    def objective(trial: optuna.Trial) -> float:
        suggest = plain_model if task.structures is None else mixed_model
        made = suggest(trial, task)
        return sum(score(task, *fold, made) for fold in folds) / len(folds)

    sampler = optuna.samplers.RandomSampler(seed=seed)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.optimize(objective, n_trials=trials)
    report([trial.value for trial in study.trials if trial.value is not None])


def plain_model(trial: optuna.Trial, task: Task) -> Callable[[], Model]:
    """The task's network with SGD; learning rate and weight decay are suggested."""
    lr = trial.suggest_float("lr", *task.lr, log=True)
    wd = trial.suggest_float("wd", *task.wd, log=True)

    def made() -> Model:
        model = network(task.sizes)
        # The fastest of PyTorch's three implementations for networks of this size.
        return model, torch.optim.SGD(model.parameters(), lr=lr, weight_decay=wd, fused=True)

    return made


def mixed_model(trial: optuna.Trial, task: Task) -> Callable[[], Model]:
    """Width, depth, optimiser and its learning rate are suggested."""
    space = task.structures
    assert space is not None
    optimizer = trial.suggest_categorical("optimizer", list(space.lr))
    lr = trial.suggest_float(f"lr_{optimizer}", *space.lr[optimizer], log=True)
    width = trial.suggest_int("width", *space.width, log=True)
    depth = trial.suggest_int("depth", *space.depth)

    def made() -> Model:
        model = network((task.sizes[0], *[width] * depth, task.sizes[-1]))
        weights = list(model.parameters())
        if optimizer == "adam":
            return model, torch.optim.Adam(weights, lr=lr, fused=True)
        momentum = 0.9 if optimizer == "momentum" else 0.0
        return model, torch.optim.SGD(weights, lr=lr, momentum=momentum, fused=True)

    return made


def score(
    task: Task, train: TensorPart, validation: TensorPart, made: Callable[[], Model]
) -> float:
    """Validation accuracy after the last epoch of one training."""
    model, optimizer = made()
    scores = []
    for _ in range(task.epochs):
        _train_epoch(model, optimizer, train, task.batch)
        scores.append(_accuracy(model, validation))
    return scores[-1]


def network(sizes: tuple[int, ...]) -> nn.Sequential:
    """A multi-layer perceptron with ReLU and He's initial weights."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        linear = nn.Linear(inputs, outputs)
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        nn.init.zeros_(linear.bias)
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _train_epoch(
    model: nn.Module, optimizer: torch.optim.Optimizer, train: TensorPart, batch: int
) -> None:
    x, y = train
    order = torch.randperm(len(x))
    for batch_x, batch_y in zip(x[order].split(batch), y[order].split(batch), strict=True):
        optimizer.zero_grad()
        functional.cross_entropy(model(batch_x), batch_y).backward()
        optimizer.step()


@torch.inference_mode()
def _accuracy(model: nn.Module, part: TensorPart) -> float:
    x, y = part
    return float((model(x).argmax(dim=1) == y).float().mean())


def _tensors(part: Part) -> TensorPart:
    return torch.from_numpy(part[0]), torch.from_numpy(part[1])


if __name__ == "__main__":
    main()
