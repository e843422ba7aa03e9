"""The stand-in captioner says what the data set says, and invents nothing."""

import numpy as np
import pytest

from ieiw.models.caption.common import cleaned, meant
from ieiw.models.protocols import CaptionJob
from ieiw.models.roles import CAPTION

RED = np.full((20, 30, 3), (210, 20, 20), np.uint8)
SKIN = np.full((20, 30, 3), (225, 180, 150), np.uint8)
ALL = np.ones((20, 30), bool)


@pytest.mark.parametrize(
    ("job", "caption"),
    [
        (CaptionJob(RED, ALL, "Traffic_light"), "traffic light"),
        (CaptionJob(RED, ALL, "  dining   table. "), "dining table"),
        (CaptionJob(RED, None, "t-shirt"), "t-shirt"),
        (CaptionJob(RED, ALL), "red object"),
        (CaptionJob(RED, ALL, " _ "), "red object"),
        (CaptionJob(SKIN, ALL), ""),
        (CaptionJob(RED), ""),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value.label),
)
def test_the_label_or_else_the_colour_or_else_nothing(job, caption):
    assert CAPTION.make("labels", {}).caption([job]) == [caption]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A red car. It is parked.", "a red car"),
        ("  a dog\non a sofa", "a dog"),
        ("a man holding 2.5 apples.", "a man holding 2.5 apples"),
        ('"Two cats"', "two cats"),
        ("", ""),
        (" . ", ""),
        ("word " * 30, " ".join(["word"] * 20)),
    ],
)
def test_captions_are_cleaned(text, expected):
    assert cleaned(text) == expected


def test_a_region_is_cut_out_with_some_margin():
    region = np.zeros((20, 30), bool)
    region[5:15, 0:20] = True
    assert meant(CaptionJob(RED, region)).shape == (14, 23, 3)
    assert meant(CaptionJob(RED)) is RED
    with pytest.raises(ValueError, match="region is empty"):
        meant(CaptionJob(RED, np.zeros((20, 30), bool)))
    with pytest.raises(ValueError, match="region of shape"):
        meant(CaptionJob(RED, region[1:]))
