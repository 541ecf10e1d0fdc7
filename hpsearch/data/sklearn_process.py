"""Calling a function in a process of its own, which loads scikit-learn while its parent starts.

Loading it takes a second, more than the rest of the start of a search. Nothing but the standard
library is imported here before it is needed, so that the process can be started first of all.
"""

import contextlib
import gc
import importlib
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

LOADED = ("sklearn.model_selection", "sklearn.preprocessing")  # what takes the time

Call = Callable[..., Any]  # called with a function of a module, and its arguments


@contextlib.contextmanager
def sklearn_apart(*, is_apart: bool) -> Iterator[Call]:
    """What calls one function with its arguments, once, where scikit-learn is loaded.

    Args:
        is_apart: whether a process is started for it, which ends with its answer, or the context;
            not where this one has loaded scikit-learn already.
    """
    if not is_apart or sys.modules.keys() >= set(LOADED):
        yield called_here
        return
    with _started() as process:
        try:
            yield partial(_called_by, process)
        finally:
            process.kill()


def called_here(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in this process, which loads scikit-learn when it comes to it."""
    return function(*arguments)


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        # -P: a file named like a module in the user's folder must not be imported instead.
        [sys.executable, "-P", "-m", "hpsearch.data.sklearn_process", str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a Ctrl-C at the terminal is the parent's to handle
    )


def _called_by(process: subprocess.Popen[bytes], *request: Any) -> Any:
    with contextlib.suppress(OSError, EOFError, pickle.UnpicklingError):
        return pickle.loads(process.communicate(pickle.dumps(request))[0])
    return called_here(*request)  # it refused, and here the error is told; or it was killed


def main() -> None:
    """Answer the one request on standard input; there is none where the parent needed nothing."""
    threading.Thread(target=_end_with, args=(int(sys.argv[1]),), daemon=True).start()
    gc.disable()  # collections while large packages load take a tenth of the time
    sys.modules["pandas"] = None  # type: ignore[assignment] # else it is loaded, and not used
    for name in LOADED:
        importlib.import_module(name)

    del sys.modules["pandas"]
    with contextlib.suppress(EOFError):
        function, *arguments = pickle.load(sys.stdin.buffer)
        pickle.dump(function(*arguments), sys.stdout.buffer)
    sys.stdout.flush()
    os._exit(0)  # the parent waits for the end, and there is nothing to clean up


def _end_with(parent: int) -> None:
    """End this process soon after its parent has gone, also in the middle of an import."""
    while os.getppid() == parent:
        time.sleep(0.05)
    os._exit(1)


if __name__ == "__main__":
    main()
