import subprocess
import sys


def test_what_is_loaded_by_itself_leaves_numpy_whole():
    program = (
        "import sys, numpy; from hpsearch.statistics import student; student.load(); "
        "assert 'scipy.special' in sys.modules and 'numpy.f2py' not in sys.modules; "
        "numpy.testing.assert_allclose(student.quantile(0.975, 4), 2.776445, atol=1e-6); "
        "print(numpy.f2py.__name__)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert ended.stdout == b"numpy.f2py\n"
