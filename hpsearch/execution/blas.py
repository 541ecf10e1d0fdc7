"""One BLAS thread per process: the fastest use of several cores here, and the only exact one.

The number of threads changes the last bits of a matrix product, so every process that trains has
one, with and without workers.
"""

import contextlib
import os
from collections.abc import Iterator

# Read by the BLAS libraries when they load; a worker gets them before its first import.
ONE_THREAD = dict.fromkeys(
    (
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "BLIS_NUM_THREADS",
    ),
    "1",
)


def worker_environment() -> dict[str, str]:
    """Environment of a worker process."""
    return {**os.environ, **ONE_THREAD}


def limit_to_one_thread() -> None:
    """Limit the BLAS that this process has loaded, from now on."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """The same for a while, in a program that has other things to do as well."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield
