"""The learning rate by step."""

import pytest

from ieiw.train.config import Optimiser
from ieiw.train.rates import rate_at


def test_it_warms_up_and_stays():
    settings = Optimiser(rate=1.0, warm_up=4)
    assert [rate_at(settings, step, 100) for step in (0, 1, 3, 4, 99)] == [0.25, 0.5, 1.0, 1.0, 1.0]


def test_a_cosine_falls_from_the_height_to_nothing():
    settings = Optimiser(rate=2.0, warm_up=10, schedule="cosine")
    rates = [rate_at(settings, step, 110) for step in range(110)]
    assert rates[10] == 2.0 and rates[60] == pytest.approx(1.0) and 0 < rates[-1] < 1e-3
    assert rates[10:] == sorted(rates[10:], reverse=True)
