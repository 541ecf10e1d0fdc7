"""A worker process: reads cohorts from its pipe, trains them, writes results back.

It never sees the database. It ends at once when the pipe closes, whatever it is doing, so that no
worker outlives its driver.
"""

import os
import queue
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection
from typing import Any

from hpsearch.execution.blas import limit_to_one_thread
from hpsearch.execution.work import Trainer, reason_of


def main() -> None:
    """Serve the pipe whose file descriptor is the first argument."""
    pipe = Connection(int(sys.argv[1]))
    limit_to_one_thread()
    messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_watch, args=(pipe, messages), daemon=True).start()
    trainer: Trainer = messages.get()
    while True:
        cohort = messages.get()
        started = time.perf_counter()
        try:
            result: Any = trainer.evaluate(cohort)
        except Exception as error:
            result = reason_of(error)
        try:
            pipe.send((result, time.perf_counter() - started))
        except OSError:  # the driver has gone, and nobody is left to be told
            os._exit(1)


def _watch(pipe: Connection, messages: queue.SimpleQueue[Any]) -> None:
    """Pass messages on; end the process when the driver is gone."""
    while True:
        try:
            messages.put(pipe.recv())
        except (EOFError, OSError):
            os._exit(1)
        except BaseException:  # a message that cannot be read: say why, and let the driver know
            traceback.print_exc()
            os._exit(1)


if __name__ == "__main__":
    main()
