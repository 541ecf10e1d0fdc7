"""What a training makes of each validation row, in few bytes.

Of classes a bit for each row, 1 where it is right, eight to a byte; of numbers its squared error
over the mean of all rows, as a little-endian float16: relative, so that no unit of the targets is
too large for it. The first byte says which: the number of bits that fill up the last byte, or 255.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_NUMBERS = 255
_FLOAT16 = np.dtype("<f2")


def packed(results: NDArray[Any]) -> bytes:
    """Bytes of the results of some rows, in their order.

    Args:
        results: whether each row is right, or the squared error of each, `(row,)`.
    """
    if results.dtype == np.bool_:
        return bytes([-len(results) % 8]) + np.packbits(results).tobytes()
    mean = results.mean(dtype=np.float64)
    relative = results / mean if mean > 0 else np.zeros(len(results))
    largest = float(np.finfo(_FLOAT16).max)
    return bytes([_NUMBERS]) + np.minimum(relative, largest).astype(_FLOAT16).tobytes()


def row_scores(data: bytes, score: float) -> NDArray[np.float32]:
    """Score of each row, `(row,)`: their mean is that of the training.

    1 or 0 for a row that is right or wrong. For numbers 1 - e (1 - R²), where e is the row's
    squared error over the mean.

    Args:
        data: what `packed` gave.
        score: of the training on these rows: accuracy, or R².
    """
    kind, values = data[0], np.frombuffer(data, np.uint8, offset=1)
    if kind != _NUMBERS:
        return np.unpackbits(values)[: 8 * len(values) - kind].astype(np.float32)
    relative = np.frombuffer(data, _FLOAT16, offset=1).astype(np.float64)
    return np.asarray(1 - relative * (1 - score), np.float32)
