from hpsearch.execution.deadline import deadline, never


def test_a_deadline_counts_from_the_moment_it_is_set():
    now = iter([100.0, 100.0, 189.9, 190.0, 500.0]).__next__
    is_over = deadline(90, now)
    assert [is_over() for _ in range(4)] == [False, False, True, True]


def test_without_a_limit_the_time_is_never_over():
    assert deadline(None) is never
    assert not never()
