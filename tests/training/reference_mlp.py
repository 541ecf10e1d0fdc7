"""The obvious trainer: one network, one layer at a time, float64, nothing shared or in place.

Written from the formulas, as the measure for the batched trainer. Targets of whole numbers are
classes, learned by cross-entropy and scored by accuracy; others are numbers, `(row, output)`,
learned by squared error and scored by R².
"""

import numpy as np

ACTIVATE = {
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "identity": lambda z: z,
}
SLOPE = {
    "relu": lambda z: np.where(z > 0, 1.0, 0.0),
    "sigmoid": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    "tanh": lambda z: 1 / np.cosh(z) ** 2,
    "leaky_relu": lambda z: np.where(z > 0, 1.0, 0.01),
    "identity": np.ones_like,
}


class ReferenceMLP:
    def __init__(self, weights, biases, activation):
        self.weights = [each.astype(np.float64) for each in weights]
        self.biases = [each.astype(np.float64) for each in biases]
        self.activation = activation

    def forward(self, x):
        """Pre-activations and activations of each layer; the last pre-activation is the output."""
        inputs, outputs = [x], []
        for index, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = inputs[-1] @ weight + bias
            outputs.append(z)
            if index < len(self.weights) - 1:
                inputs.append(ACTIVATE[self.activation](z))
        return inputs, outputs

    def loss(self, x, y, weight_decay=0.0):
        outputs = self.forward(x)[1][-1]
        penalty = 0.5 * weight_decay * sum((each**2).sum() for each in self.weights)
        if not is_classes(y):
            return np.mean((outputs - y) ** 2) + penalty
        return -np.mean(np.log(softmax(outputs)[np.arange(len(y)), y])) + penalty

    def score(self, x, y):
        outputs = self.forward(x)[1][-1]
        if not is_classes(y):
            return 1 - np.mean(np.mean((outputs - y) ** 2, axis=0) / np.var(y, axis=0))
        return np.mean(outputs.argmax(axis=1) == y)

    def gradients(self, x, y, weight_decay):
        inputs, outputs = self.forward(x)
        if is_classes(y):
            delta = (softmax(outputs[-1]) - np.eye(outputs[-1].shape[1])[y]) / len(y)
        else:
            delta = 2 * (outputs[-1] - y) / y.size
        gradients = []
        for index in reversed(range(len(self.weights))):
            weight_gradient = inputs[index].T @ delta + weight_decay * self.weights[index]
            gradients.insert(0, (weight_gradient, delta.sum(axis=0)))
            if index:
                delta = delta @ self.weights[index].T
                delta = delta * SLOPE[self.activation](outputs[index - 1])
        return gradients

    def step(self, x, y, learning_rate, weight_decay):
        gradients = self.gradients(x, y, weight_decay)
        for index, (weight_gradient, bias_gradient) in enumerate(gradients):
            self.weights[index] = self.weights[index] - learning_rate * weight_gradient
            self.biases[index] = self.biases[index] - learning_rate * bias_gradient


def is_classes(y):
    return y.dtype.kind == "i"


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
