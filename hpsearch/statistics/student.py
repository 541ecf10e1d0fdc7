"""Student's t distribution."""

# SciPy takes longer to load than all else that a table needs: it is imported where it is called.


def load() -> None:
    """Load SciPy, where there is time for it."""
    import scipy.special  # noqa: F401


def quantile(p: float, degrees: float) -> float:
    """The t below which a share `p` lies, with so many degrees of freedom, 1 or more."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, p))


def two_sided(t: float, degrees: float) -> float:
    """Chance of a t at least as far from 0."""
    from scipy.special import stdtr

    return float(2 * stdtr(degrees, -abs(t)))
