"""Signals are heard once, and only while somebody listens."""

import os
import signal

import pytest

from ieiw.train.interruption import Interruption


@pytest.fixture(autouse=True)
def _hearing():
    """A shell that starts us in the background has us ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_machine_that_is_taken_away_and_a_closed_terminal_are_heard(number):
    before = signal.getsignal(number)
    with Interruption() as interruption:
        os.kill(os.getpid(), number)
        assert interruption.signal == number
    assert signal.getsignal(number) == before


def test_the_first_signal_is_heard_and_the_second_ends_as_usual():
    with Interruption() as interruption:
        assert interruption.signal == 0
        os.kill(os.getpid(), signal.SIGINT)
        assert interruption.signal == signal.SIGINT
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_what_was_there_before_is_there_again():
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with Interruption():
        assert signal.getsignal(signal.SIGTERM) != before[0]
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


def test_a_process_that_was_started_deaf_stays_so():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interruption() as interruption:
            os.kill(os.getpid(), signal.SIGINT)
            assert interruption.signal == 0
    finally:
        signal.signal(signal.SIGINT, before)
