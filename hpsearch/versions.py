"""Versions of the libraries on which the last bits of a result depend."""

import platform
from collections.abc import Mapping
from importlib import metadata

from hpsearch.domain.search_plan import Sampler
from hpsearch.domain.study import Study

# What the bits of a study depend on, beside the libraries that train it.
SAMPLER_LIBRARIES: Mapping[Sampler, tuple[str, ...]] = {
    Sampler.SOBOL: ("scipy",),
    Sampler.TPE: ("optuna",),
    Sampler.GP: ("optuna", "scipy", "torch", "greenlet"),
}


def library_versions(sampler: Sampler = Sampler.RANDOM) -> dict[str, str]:
    """The libraries on which the last bits of a result depend; the empty version is none."""
    from threadpoolctl import threadpool_info

    blas = [
        f"{each['internal_api']} {each.get('version')} {each.get('architecture', '')}".strip()
        for each in threadpool_info()
        if each["user_api"] == "blas"
    ]
    packages = ("hpsearch", "numpy", "scikit-learn", *SAMPLER_LIBRARIES.get(sampler, ()))
    versions = {name: _version(name) for name in packages}
    return {"python": platform.python_version(), **versions, "blas": ", ".join(sorted(set(blas)))}


def version_notes(study: Study) -> tuple[str, ...]:
    """A note when the bits may differ from those of the earlier trials."""
    if not study.trials:
        return ()
    stored, now = dict(study.versions), library_versions(study.spec.sampler)
    changed = [
        f"{key} {stored.get(key)} -> {now[key]}" for key in now if stored.get(key) != now[key]
    ]
    if not changed:
        return ()
    return (f"the last bits may differ from the earlier trials: {'; '.join(changed)}",)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
