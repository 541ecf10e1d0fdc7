"""Student's t distribution."""

import numpy

# SciPy takes longer to load than all else that a table needs: it is imported where it is called.


def load() -> None:
    """Load SciPy in two thirds of the time, for a program that ends after it.

    SciPy copies all names of NumPy, and those below load packages of compilers and of tests when
    they are looked up.
    """
    unused = [name for name in ("f2py", "testing") if name not in vars(numpy)]
    for name in unused:
        setattr(numpy, name, None)
    try:
        import scipy.special  # noqa: F401
    finally:
        for name in unused:
            if getattr(numpy, name) is None:  # and was not loaded for another reason
                delattr(numpy, name)


def quantile(p: float, degrees: float) -> float:
    """The t below which a share `p` lies, with so many degrees of freedom, 1 or more."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, p))


def two_sided(t: float, degrees: float) -> float:
    """Chance of a t at least as far from 0."""
    from scipy.special import stdtr

    return float(2 * stdtr(degrees, -abs(t)))
