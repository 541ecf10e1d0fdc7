"""Optuna without its log lines, and without what it loads in vain."""

import contextlib
import sys
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """No log lines and no warnings about what Optuna calls experimental."""
    import optuna

    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(verbosity)


def load_importance_alone() -> None:
    """Load Optuna's importances without scikit-learn, for a program that ends after it.

    Loading scikit-learn takes longer than a report, and only evaluators that are not used here need
    it: those cannot be used in this process any more.
    """
    if "sklearn" in sys.modules:
        return
    sys.modules["sklearn"] = None  # type: ignore[assignment] # Optuna takes it as not installed
    try:
        import optuna.importance  # noqa: F401 - loaded here, used later
    finally:
        del sys.modules["sklearn"]
