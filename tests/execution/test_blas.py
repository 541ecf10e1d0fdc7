from threadpoolctl import threadpool_info, threadpool_limits

from hpsearch.execution.blas import one_thread


def blas_threads():
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_the_number_of_threads_is_what_it_was_before():
    with threadpool_limits(2, user_api="blas"):
        before = blas_threads()
        with one_thread():
            assert blas_threads() == {1}
        assert blas_threads() == before
