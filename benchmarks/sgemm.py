"""One process's float32 matrix products per second, measured when told to.

Prints `ready`, waits for a line, then prints GFLOP/s of each of a few equal spans of time, so that
several processes can be measured at once.
"""

import sys
import time

import numpy as np

SIZE = 2048
SPANS = 3
SPAN_SECONDS = 0.6


def main() -> None:
    """Serve one measurement over standard input and output."""
    rng = np.random.default_rng(0)
    left, right = rng.standard_normal((2, SIZE, SIZE), dtype=np.float32)
    product = np.empty_like(left)
    np.matmul(left, right, out=product)
    print("ready", flush=True)
    sys.stdin.readline()
    print(*(_gflops(left, right, product) for _ in range(SPANS)))


def _gflops(left: np.ndarray, right: np.ndarray, product: np.ndarray) -> float:
    started, products = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - started) < SPAN_SECONDS:
        np.matmul(left, right, out=product)
        products += 1
    return 2e-9 * products * SIZE**3 / elapsed


if __name__ == "__main__":
    main()
