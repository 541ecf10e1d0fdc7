"""Rows to learn from or to be scored on: shared by all lanes of a population, or their own."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from hpsearch.domain.encoding import Encoding
from hpsearch.domain.spec import Minibatches
from hpsearch.training.losses import RowNumbers, Targets, empty_targets
from hpsearch.training.minibatches import epoch_rows

Array = NDArray[np.floating[Any]]

# Larger training parts are not copied into the order of each epoch, but gathered minibatch by
# minibatch, which takes a little longer.
MOST_COPIED_BYTES = 64_000_000
ENCODED_AT_ONCE = 16_384


class Rows(NamedTuple):
    """Inputs and what they are to be answered with.

    Attributes:
        x: a column of ones, then the inputs, `(row, 1 + feature)`; `(lane, row, 1 + feature)` where
            each lane has its own.
        targets: of the same rows.
        lengths: how many rows each lane has, `(lane,)`, where it has its own; what is beyond them
            is padding. None where they are shared.
        order: positions of the rows in their order, where they are too large to be copied for it;
            None where they stand in it.
    """

    x: Array
    targets: Targets
    lengths: NDArray[np.int64] | None = None
    order: NDArray[np.int64] | None = None

    @property
    def counts(self) -> NDArray[np.int64] | int:
        """Rows of each lane, `(lane,)`, or of all."""
        return self._shared if self.lengths is None else self.lengths

    @property
    def common(self) -> int:
        """Rows that all lanes have."""
        return self._shared if self.lengths is None else int(self.lengths.min())

    @property
    def _shared(self) -> int:
        return self.x.shape[-2] if self.order is None else len(self.order)

    def take(self, rows: RowNumbers) -> "Rows":
        """Some of the rows: views of consecutive ones, copies of any others."""
        if self.order is not None:
            rows = self.order[rows]
        if isinstance(rows, slice):
            x = self.x[rows] if self.x.ndim == 2 else self.x[:, rows]
        else:
            x = self.x.take(rows, axis=-2)
        return Rows(x, self.targets.take(rows))

    def without_last(self, lanes: NDArray[np.bool_] | bool) -> "Rows":  # noqa: FBT001
        """Without the last row of the lanes that are True."""
        if self.order is not None:
            return self._replace(order=self.order[:-1]) if lanes else self
        if self.lengths is None:
            return self.take(slice(len(self.x) - 1)) if lanes else self
        return self._replace(lengths=self.lengths - lanes)

    def alike(self) -> Iterator[tuple[slice, "Rows"]]:
        """Runs of lanes that have equally many rows, with those rows."""
        if self.lengths is None:
            yield slice(None), self
            return
        first = 0
        for length, run in groupby(self.lengths.tolist()):
            lanes = slice(first, first + len(list(run)))
            first = lanes.stop
            yield lanes, Rows(self.x[lanes, :length], self.targets.lanes(lanes, length))


def rows_of(x: Array, targets: Targets) -> Rows:
    """Rows with inputs `x`, `(row, feature)`."""
    return Rows(np.insert(x, 0, 1, axis=1), targets)


def encoded(
    raw: Array, numbers: NDArray[np.int64], encoding: Encoding, dtype: np.dtype[Any]
) -> Array:
    """A column of ones and the inputs of some rows of a raw table, `(row, 1 + feature)`.

    Many rows are only turned into inputs when they are taken: then all processes that train look
    at the one raw table, and none has inputs of its own.

    Args:
        numbers: of the rows.
    """
    rows = EncodedRows(raw, numbers, encoding, dtype)
    if rows.nbytes > MOST_COPIED_BYTES:
        return cast(Array, rows)
    return rows[:]


class EncodedRows:
    """Inputs of rows of a raw table, made when they are taken; stands in for an array of them.

    The same bits as if all were made at once: each input depends on its own row alone.

    Args:
        numbers: of the rows.
    """

    ndim = 2

    def __init__(
        self, raw: Array, numbers: NDArray[np.int64], encoding: Encoding, dtype: np.dtype[Any]
    ) -> None:
        self._raw, self._numbers, self._encoding, self.dtype = raw, numbers, encoding, dtype

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, and inputs with the column of ones."""
        return len(self), 1 + self._encoding.feature_count

    @property
    def nbytes(self) -> int:
        """Bytes of all inputs, if they were made."""
        return len(self) * self.shape[1] * self.dtype.itemsize

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, rows: RowNumbers) -> Array:
        numbers = self._numbers[rows]
        x: Array = np.ones((len(numbers), self.shape[1]), self.dtype)
        for start in range(0, len(numbers), ENCODED_AT_ONCE):
            part = slice(start, start + ENCODED_AT_ONCE)
            x[part, 1:] = self._encoding.features(self._raw[numbers[part]])
        return x

    def take(self, rows: RowNumbers, axis: int = -2) -> Array:
        """Inputs of some rows, as an array gives them."""
        return self[rows]


class FoldRows:
    """Rows of the folds that a population trains on.

    Args:
        train: training rows of each fold.
        validation: validation rows of each fold.
        orders: draws the order of each fold's training rows.
        lanes: index of each lane's fold, `(lane,)`; lanes of equally long folds are neighbours.
    """

    def __init__(
        self,
        train: Sequence[Rows],
        validation: Sequence[Rows],
        orders: Sequence[np.random.Generator],
        lanes: NDArray[np.int64],
    ) -> None:
        self._train, self._validation, self._orders = train, validation, orders
        self._settle(lanes)

    def _settle(self, lanes: NDArray[np.int64]) -> None:
        self._lanes = lanes
        self._epoch: Rows | None = None
        self.validation = _side_by_side(self._validation, lanes)

    def keep(self, lanes: NDArray[np.bool_]) -> None:
        """Drop the lanes that are False."""
        self._settle(self._lanes[lanes])

    def train(self, lanes: NDArray[np.bool_] | slice = slice(None)) -> Rows:
        """All training rows of some lanes."""
        return _side_by_side(self._train, self._lanes[lanes])

    def validation_of(self, lanes: NDArray[np.bool_]) -> Rows:
        """Validation rows of some lanes."""
        if lanes.all():
            return self.validation
        return _side_by_side(self._validation, self._lanes[lanes])

    def skip(self, kind: Minibatches, batch: int, epochs: int) -> None:
        """Leave out the orders of so many epochs."""
        for _ in range(epochs):
            self._next_orders(kind, batch)

    def _next_orders(self, kind: Minibatches, batch: int) -> list[NDArray[np.int64]]:
        return [
            epoch_rows(kind, len(rows.x), batch, rng)
            for rows, rng in zip(self._train, self._orders, strict=True)
        ]

    def epoch(self, kind: Minibatches, batch: int) -> Rows:
        """Training rows in the order of the next epoch, until then."""
        orders = self._next_orders(kind, batch)
        if len(orders) == 1 and self._train[0].x.nbytes > MOST_COPIED_BYTES:
            return self._train[0]._replace(order=orders[0])
        taken = [rows.take(order) for rows, order in zip(self._train, orders, strict=True)]
        self._epoch = _side_by_side(taken, self._lanes, self._epoch)
        return self._epoch


def _side_by_side(
    folds: Sequence[Rows], lanes: NDArray[np.int64], into: Rows | None = None
) -> Rows:
    """Rows of one fold, shared by all lanes; of several folds, as the own rows of each lane.

    Args:
        lanes: index of each lane's fold, `(lane,)`.
        into: rows of the same shape that are overwritten.
    """
    if len(folds) == 1:
        return folds[0]
    lengths = np.array([len(each.x) for each in folds])[lanes]
    if into is None:
        shape = len(lanes), int(lengths.max()), folds[0].x.shape[1]
        x = np.zeros(shape, folds[0].x.dtype)
        targets = empty_targets([each.targets for each in folds], lanes, shape[1])
        into = Rows(x, targets, lengths)
    for lane, fold in enumerate(lanes.tolist()):
        into.x[lane, : lengths[lane]] = folds[fold].x
        into.targets.fill(lane, folds[fold].targets)
    return into
