"""A worker process: reads cohorts from its pipe, trains them, writes results back.

It never sees the database. It ends at once when the pipe closes, whatever it is doing, so that no
worker outlives its driver.
"""

import gc
import os
import queue
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.execution.checkpoints import trained
from hpsearch.execution.memory import OUT_OF_MEMORY, die_before_the_driver, limit_memory
from hpsearch.execution.orphans import die_with_the_parent
from hpsearch.execution.work import STARTED, Trainer, reason_of


def main() -> None:
    """Serve the pipe whose file descriptor is the first argument, with the memory of the second."""
    pipe = Connection(int(sys.argv[1]))
    die_with_the_parent()  # elsewhere only the thread below can end it, if a library lets it
    die_before_the_driver()
    limit_to_one_thread()
    if len(sys.argv) > 2:
        np.ones((256, 256)) @ np.ones((256, 256))  # BLAS takes its own memory while it can
        limit_memory(int(sys.argv[2]))
    messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_watch, args=(pipe, messages), daemon=True).start()
    try:
        _serve(pipe, messages)
    except MemoryError:  # for its trainer, or to write a result
        os._exit(OUT_OF_MEMORY)
    except OSError:  # the driver has gone, and nobody is left to be told
        os._exit(1)


def _serve(pipe: Connection, messages: queue.SimpleQueue[Any]) -> None:
    """Train one cohort after the other, for ever."""
    trainer: Trainer = messages.get()
    while True:
        cohort, starts = messages.get()
        pipe.send(STARTED)
        started = time.perf_counter()
        try:
            result: Any = trained(trainer, cohort, starts)
        except Exception as error:
            result = reason_of(error)
        if isinstance(result, str):
            gc.collect()  # what did not fit must be gone before parts of it are tried
        pipe.send((result, time.perf_counter() - started))


def _watch(pipe: Connection, messages: queue.SimpleQueue[Any]) -> None:
    """Pass messages on; end the process when the driver is gone."""
    while True:
        try:
            message = pipe.recv()
            if not isinstance(message, type):  # that only had to be loaded, which it is by now
                messages.put(message)
        except (EOFError, OSError):
            os._exit(1)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        except BaseException:  # a message that cannot be read: say why, and let the driver know
            traceback.print_exc()
            os._exit(1)


if __name__ == "__main__":
    main()
