"""How a replacement came about, in words and as a picture."""

import numpy as np
import pytest
from PIL import Image

from ieiw.apps.inspect_triplet import find, picture
from ieiw.apps.replacement_text import steps_in_words
from ieiw.apps.triplet_picture import OUTLINES
from ieiw.apps.triplet_text import describe
from tests.support.replaced_steps import replaced_build
from tests.support.tiny_build import rows


@pytest.fixture
def details(tmp_path, monkeypatch):
    tiny = replaced_build(tmp_path / "build", monkeypatch)
    return tiny, find(tiny.store, rows(tiny)[0]["key"])


def test_every_step_is_told_in_words_and_not_as_values(details):
    text = describe(details[1])
    label = details[1].sample["provenance"]["region"]["label"]
    wanted = ["how it came about", f"“{label}”, region r", "1. “", "of zoo, zoo/0.jpg: similarity 0.900, rank 3"]
    wanted += ["chosen      painted from reference 2 with seed 2: likeness 0.620", "“another ", "asked 2 times"]
    assert [part for part in wanted if part not in text] == []
    assert '"seed"' not in text and max(map(len, text.splitlines())) <= 100
    assert [line for line in text.splitlines() if line.startswith("  licence")]


def test_a_damaged_provenance_is_shown_as_it_is(details):
    provenance = dict(details[1].sample["provenance"]) | {"chosen": 9}
    assert list(steps_in_words(provenance)) == []
    details[1].sample["provenance"]["chosen"] = 9
    assert '"seed"' in describe(details[1])


def test_of_many_some_are_named(details):
    provenance = dict(details[1].sample["provenance"])
    provenance["candidates"] = provenance["candidates"] * 5
    told = list(steps_in_words(provenance | {"chosen": 17}))
    assert sum(text.startswith("painted") for _, text in told) == 8
    assert ("", "and 12 more") in told
    assert next(text for label, text in told if label == "chosen").startswith("painted from reference 1 with seed 2")


def test_the_picture_outlines_region_and_hole(details, tmp_path):
    tiny, found = details
    shown = np.asarray(Image.open(picture(tiny.store, found, tmp_path / "one.png")).convert("RGB"))
    assert all(np.all(shown == colour, axis=2).any() for colour in OUTLINES.values())
