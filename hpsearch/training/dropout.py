"""Random masks for many lanes at once, each lane's own and none of its neighbours' business.

Drawing from one generator per lane would need a loop over lanes. Instead one array of random
32-bit words per step is shared, and each lane turns it into its own by mixing in its key: the
finaliser of MurmurHash3 (Appleby, public domain), whose output passes for independent draws.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]


def lane_words(shared: Words, keys: Words) -> Words:
    """Random words `(lane, row, width)` from shared ones, `(row, width)`, and keys, `(lane,)`."""
    words = shared ^ keys[:, None, None]
    words ^= words >> np.uint32(16)
    words *= np.uint32(0x85EBCA6B)
    words ^= words >> np.uint32(13)
    words *= np.uint32(0xC2B2AE35)
    words ^= words >> np.uint32(16)
    return words


def keep_mask(shared: Words, keys: Words, rate: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
    """True where an activation stays, with probability 1 - rate, `(lane, row, width)`.

    Args:
        rate: share that is dropped, `(lane, 1)`.
    """
    threshold = np.minimum(rate.astype(np.float64) * 2**32, 2**32 - 1).astype(np.uint32)
    return lane_words(shared, keys) >= threshold[:, :, None]
