import os

import pytest
from hypothesis import settings

from tests.command_line import PROCESSES
from tests.warm_commands import warm_commands

# The same examples in every run where a failure would stop somebody else's work.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def warm():
    """Commands that are loaded already, for many of them."""
    with warm_commands() as commands:
        yield commands


@pytest.fixture(scope="session")
def run_seconds(tmp_path_factory):
    """How long an undisturbed run of a short study takes here."""
    from tests.faults.harness import undisturbed_seconds

    if not PROCESSES.is_dir():
        pytest.skip("processes are found through /proc")
    return undisturbed_seconds(tmp_path_factory.mktemp("undisturbed"))
