"""The way of an introductory book: one float64 NumPy network at a time, a class per layer.

Minibatches are drawn with replacement; after each epoch the accuracy on all training and all
validation rows is taken. The loss of a step is a by-product of its gradient: no further forward
pass is spent on it.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.task import Part, Task, arguments, report

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


class Affine:
    """x W + b."""

    def __init__(self, inputs: int, outputs: int, rng: np.random.Generator) -> None:
        self.weights = np.sqrt(2 / inputs) * rng.standard_normal((inputs, outputs))
        self.biases = np.zeros(outputs)

    def forward(self, x: Array) -> Array:
        """Remember `x`, `(row, in)`; the output, `(row, out)`."""
        self._x = x
        return np.dot(x, self.weights) + self.biases

    def backward(self, gradient: Array) -> Array:
        """Keep the gradients of the parameters; that of the input."""
        self.weights_gradient = np.dot(self._x.T, gradient)
        self.biases_gradient = gradient.sum(axis=0)
        return np.dot(gradient, self.weights.T)


class Relu:
    """max(x, 0)."""

    def forward(self, x: Array) -> Array:
        """Remember and give the output."""
        self._out = np.maximum(x, 0)
        return self._out

    def backward(self, gradient: Array) -> Array:
        """Gradient of the input: none where the output is 0."""
        return gradient * (self._out > 0)


class SoftmaxWithLoss:
    """Mean over the rows of log Σ exp x - x[class]."""

    def forward(self, x: Array, labels: Labels) -> float:
        """The loss."""
        self._every, self._labels = np.arange(len(x)), labels
        shifted = x - x.max(axis=1, keepdims=True)
        exponentials = np.exp(shifted)
        total = exponentials.sum(axis=1, keepdims=True)
        self._shares = exponentials / total
        return float(np.mean(np.log(total[:, 0]) - shifted[self._every, labels]))

    def backward(self) -> Array:
        """(softmax(x) - one_hot) / rows."""
        gradient = self._shares / len(self._every)
        gradient[self._every, self._labels] -= 1 / len(self._every)
        return gradient


class Network:
    """A multi-layer perceptron whose loss grows by ½ λ Σ W²."""

    def __init__(self, sizes: Sequence[int], weight_decay: float, rng: np.random.Generator) -> None:
        self.affine = [Affine(inputs, outputs, rng) for inputs, outputs in pairwise(sizes)]
        self._layers: list[Affine | Relu] = []
        for layer in self.affine:
            self._layers += [layer, Relu()]
        self._layers.pop()
        self._last = SoftmaxWithLoss()
        self._weight_decay = weight_decay

    def predict(self, x: Array) -> Array:
        """Logits, `(row, class)`."""
        for layer in self._layers:
            x = layer.forward(x)
        return x

    def accuracy(self, x: Array, labels: Labels) -> float:
        """Share of rows that are classified right."""
        return float((self.predict(x).argmax(axis=1) == labels).mean())

    def gradient(self, x: Array, labels: Labels) -> float:
        """Fill the gradients of all layers; the loss."""
        loss = self._last.forward(self.predict(x), labels)
        gradient = self._last.backward()
        for layer in reversed(self._layers):
            gradient = layer.backward(gradient)
        for affine in self.affine:
            affine.weights_gradient += self._weight_decay * affine.weights
            loss += 0.5 * self._weight_decay * float((affine.weights**2).sum())
        return loss


class Sgd:
    """W <- W - lr gradient."""

    def __init__(self, lr: float) -> None:
        self._lr = lr

    def update(self, layers: Sequence[Affine]) -> None:
        """One step of all parameters."""
        for layer in layers:
            layer.weights -= self._lr * layer.weights_gradient
            layer.biases -= self._lr * layer.biases_gradient


class Trainer:
    """Steps of one network, and its accuracies after each epoch."""

    def __init__(
        self, task: Task, network: Network, optimizer: Sgd, rng: np.random.Generator
    ) -> None:
        self._task, self._network, self._optimizer, self._rng = task, network, optimizer, rng
        self.losses: list[float] = []
        self.train_scores: list[float] = []
        self.validation_scores: list[float] = []

    def train(self, train: tuple[Array, Labels], validation: tuple[Array, Labels]) -> float:
        """Validation accuracy after the last epoch."""
        x, y = train
        for _ in range(self._task.epochs):
            for _ in range(max(len(x) // self._task.batch, 1)):
                rows = self._rng.choice(len(x), self._task.batch)
                self.losses.append(self._network.gradient(x[rows], y[rows]))
                self._optimizer.update(self._network.affine)
            self.train_scores.append(self._network.accuracy(x, y))
            self.validation_scores.append(self._network.accuracy(*validation))
        return self.validation_scores[-1]


def main() -> None:
    """Search, and print the best validation accuracy."""
    task, trials, seed = arguments()
    rng = np.random.default_rng(seed)
    folds = [(_double(train), _double(validation)) for train, validation in task.parts()]
    scores = []
    for _ in range(trials):
        lr = 10 ** rng.uniform(*np.log10(task.lr))
        wd = 10 ** rng.uniform(*np.log10(task.wd))
        own = [
            Trainer(task, Network(task.sizes, wd, rng), Sgd(lr), rng).train(train, validation)
            for train, validation in folds
        ]
        scores.append(sum(own) / len(own))
    report(scores)


def _double(part: Part) -> tuple[NDArray[Any], Labels]:
    return part[0].astype(np.float64), part[1]


if __name__ == "__main__":
    main()
