import os
import signal
import threading

import pytest

from hpsearch.store.signals import STOPPING, held_back


class Stopped(Exception):
    pass


@pytest.fixture(autouse=True)
def stopping():
    """Handlers that raise, as those of the command line do."""

    def stop(number, _):
        raise Stopped(number)

    before = {each: signal.signal(each, stop) for each in STOPPING}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.parametrize("number", STOPPING)
def test_a_signal_waits_until_the_block_is_over(number):
    steps = []

    def interrupted():
        with held_back():
            os.kill(os.getpid(), number)
            steps.append("went on")

    with pytest.raises(Stopped) as caught:
        interrupted()
    assert steps == ["went on"]
    assert caught.value.args == (number,)


def test_without_a_signal_nothing_happens_and_handlers_are_back():
    before = [signal.getsignal(each) for each in STOPPING]
    with held_back():
        assert [signal.getsignal(each) for each in STOPPING] != before
    assert [signal.getsignal(each) for each in STOPPING] == before


def test_an_error_in_the_block_is_not_hidden():
    before = [signal.getsignal(each) for each in STOPPING]
    with pytest.raises(KeyError), held_back():
        raise KeyError
    assert [signal.getsignal(each) for each in STOPPING] == before


def test_another_thread_can_use_it_too():
    entered = []

    def enter():
        with held_back():
            entered.append(1)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert entered == [1]
