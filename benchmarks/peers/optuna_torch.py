"""Optuna's random sampler and PyTorch, one network at a time, in one process of one thread.

Its study is kept in memory, which is Optuna's fastest storage. Half the trials go to each of two
such processes. The tensors are made once, and minibatches are slices of a permutation: there is no
`DataLoader`. Weight decay acts on the biases too, as it does by default in PyTorch.
"""

from itertools import pairwise

import optuna
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.peers.task import Part, Task, arguments, report

TensorPart = tuple[Tensor, Tensor]


def main() -> None:
    """Search, and print the best validation accuracy."""
    task, trials, seed = arguments()
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    folds = [(_tensors(train), _tensors(validation)) for train, validation in task.parts()]

    def objective(trial: optuna.Trial) -> float:
        lr = trial.suggest_float("lr", *task.lr, log=True)
        wd = trial.suggest_float("wd", *task.wd, log=True)
        return sum(score(task, *fold, lr, wd) for fold in folds) / len(folds)

    sampler = optuna.samplers.RandomSampler(seed=seed)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.optimize(objective, n_trials=trials)
    report([trial.value for trial in study.trials if trial.value is not None])


def score(task: Task, train: TensorPart, validation: TensorPart, lr: float, wd: float) -> float:
    """Validation accuracy after the last epoch of one training."""
    model = network(task.sizes)
    # The fastest of PyTorch's three implementations for networks of this size.
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, weight_decay=wd, fused=True)
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
