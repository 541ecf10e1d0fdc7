"""Several tests at once: the more one asks, the more often chance answers."""

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's adjusted p-values, in the given order.

    Rejecting those up to α keeps the chance of any false rejection at α or below, however the
    tests depend on each other (Holm 1979, A simple sequentially rejective multiple test
    procedure). The smallest p is multiplied by the number of tests, the next by one less, and so
    on; none is smaller than the one before it.
    """
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return tuple(adjusted)
