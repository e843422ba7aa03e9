"""The judge's marks as scores of pairs."""

from collections import Counter

import numpy as np
import pytest

from ieiw.filters.registry import embedded, make
from ieiw.filters.scores.base import Pair
from ieiw.models.protocols import Judgement
from ieiw.triplets.errors import UsageError

PAIR = Pair(np.zeros((16, 16, 3), np.uint8), np.ones((16, 16, 3), np.uint8), None, "add a dog")
ANSWERS = [Judgement(0.7, 0.9, 0.4, tokens=5), Judgement(np.nan, np.nan, np.nan, "an empty answer", 3)]


@pytest.mark.parametrize(("name", "value"), [("judge-follows", 0.7), ("judge-keeps", 0.9), ("judge-clean", 0.4)])
def test_each_has_its_mark_and_tells_what_it_cost(name, value, monkeypatch):
    made = make(name, {"base": "http://localhost:1/v1", "model": "m"})
    asked = []
    monkeypatch.setattr(made._judge, "judge", lambda jobs: asked.extend(jobs) or ANSWERS)
    assert made.of_pairs([PAIR, PAIR]) == [value, pytest.approx(np.nan, nan_ok=True)]
    assert asked[0].instruction == "add a dog" and asked[0].target is PAIR.target
    assert made.tally() == Counter({"judged": 2, "tokens": 8, "no value: an empty answer": 1}) and not made.tally()


def test_it_is_never_asked_unbidden_and_its_options_are_told():
    assert not [name for name in embedded() if name.startswith("judge")]
    with pytest.raises(UsageError, match="base"):
        make("judge-follows")
    with pytest.raises(UsageError, match="no such option.*known: base, model, asks"):
        make("judge-follows", {"base": "http://x/v1", "colour": 1})
