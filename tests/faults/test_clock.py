import os
import subprocess
import sys

import pytest

from tests.faults.clock import faketime, jumped
from tests.faults.invariants import Broken
from tests.faults.mutant_hunt import program_of
from tests.faults.short_studies import NAME
from tests.stored_studies import stored

pytestmark = pytest.mark.skipif(
    faketime() is None, reason="libfaketime is missing: `apt-get install faketime`"
)


def test_a_clock_that_jumps_ends_no_run_and_changes_no_bit(tmp_path):
    assert jumped(0, tmp_path / "study") > 1
    assert stored(tmp_path / "study", NAME).time_limits == ()


def test_a_time_limit_by_the_time_of_day_is_found(tmp_path):
    with pytest.raises(Broken, match="the time limit ended the run"):
        jumped(0, tmp_path / "study", program_of("ends_by_the_time_of_day"), jumps=["+400d"])


def test_the_clock_does_jump(tmp_path):
    """The test above would say nothing if the library did nothing."""
    (tmp_path / "stamp").write_text("+400d\n")
    faked = {"LD_PRELOAD": str(faketime()), "FAKETIME_TIMESTAMP_FILE": str(tmp_path / "stamp")}
    line = [sys.executable, "-c", "import time; print(time.time())"]
    real, jumped_to = (
        float(subprocess.check_output(line, env=os.environ | more)) for more in ({}, faked)
    )
    assert jumped_to - real > 399 * 24 * 3600
