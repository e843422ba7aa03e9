"""Licences."""

import numpy as np

from ieiw.filters.apply import licences_of
from tests.support.frames import ask, frame, kept


def test_licences():
    made = frame(60)
    found = ask(made, {"name": "l", "kind": "licences", "allow": ["CC-BY-4", "public"]})
    assert kept(found) == [row for row, text in enumerate(made[1]["licence"]) if text.startswith("CC-BY-4")]
    assert 0 < found.funnel[0].dropped < 60
    assert np.isnan(found.value).all()
    assert set(licences_of(made[0], np.array(kept(found)))) == {"CC-BY-4.0"}
    counted = licences_of(made[0], np.arange(60))
    assert sum(counted.values()) == 60
    assert list(counted.values()) == sorted(counted.values(), reverse=True)
