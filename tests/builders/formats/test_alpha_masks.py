"""Masks that were rubbed out of a picture."""

import cv2
import numpy as np
import pytest

from ieiw.builders.formats.alpha_masks import decode_clear_mask
from ieiw.triplets.rejects import Reason, Refusal


def _png(channels):
    return cv2.imencode(".png", channels)[1].tobytes()


def test_the_region_is_what_one_sees_through():
    wanted = np.random.default_rng(0).random((9, 13)) < 0.3
    picture = np.dstack([np.full((9, 13, 3), 255, np.uint8), np.where(wanted, 0, 255).astype(np.uint8)])
    assert np.array_equal(decode_clear_mask(_png(picture)), wanted)


@pytest.mark.parametrize("data", [_png(np.zeros((9, 13, 3), np.uint8)), b"no picture", b""])
def test_what_has_nothing_to_see_through_is_refused(data):
    with pytest.raises(Refusal) as caught:
        decode_clear_mask(data)
    assert caught.value.reason is Reason.MASK_UNREADABLE
