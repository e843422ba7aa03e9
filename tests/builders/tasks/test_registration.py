"""Pictures of two sizes brought together: the transform is known, so the error can be measured."""

import cv2
import numpy as np
import pytest
import skimage.data

from ieiw.builders.tasks._registration import register
from ieiw.triplets.rejects import Reason, Refusal


def _placed(scale, turn, cut):
    """A photograph, a scaled, turned and cut copy with its colours changed and a thing painted over, and the true transform."""
    picture = skimage.data.astronaut()
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, scale)
    matrix[:, 2] -= np.array([width, height]) / 2 * (1 - scale) + np.array(cut) * scale
    size = int(width * scale * 0.9), int(height * scale * 0.9)
    copy = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT)
    copy = np.clip(copy * 0.85 + (25, 5, 0), 0, 255).astype(np.uint8)
    copy[20:120, 30:140] = (200, 20, 20)
    return picture, copy


def _shifts(first, second):
    """Shift between the two in tiles with detail, by phase correlation."""
    greys = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) for image in (first, second)]
    window = cv2.createHanningWindow((64, 64), cv2.CV_32F)
    found = []
    for y in range(0, first.shape[0] - 64, 48):
        for x in range(0, first.shape[1] - 64, 48):
            tiles = [grey[y : y + 64, x : x + 64] for grey in greys]
            if min(tile.std() for tile in tiles) > 15:
                (right, down), sure = cv2.phaseCorrelate(*tiles, window)
                if sure > 0.4:
                    found.append(float(np.hypot(right, down)))
    assert len(found) >= 5
    return np.array(found)


@pytest.mark.parametrize(
    ("scale", "turn", "cut"), [(0.5, 0, (0, 0)), (0.8, 1.5, (20, 11)), (1.3, 0, (7, 40)), (1.0, -2, (9, 9))]
)
@pytest.mark.parametrize("swapped", [False, True])
def test_the_two_come_together_to_a_fraction_of_a_pixel(scale, turn, cut, swapped):
    pair = _placed(scale, turn, cut)
    source, target = register(*(pair[::-1] if swapped else pair))
    assert source.shape == target.shape
    errors = _shifts(source, target)
    assert np.median(errors) < 0.3
    assert np.quantile(errors, 0.8) < 0.6


def test_the_coarser_picture_gives_the_scale():
    picture, copy = _placed(0.5, 0, (0, 0))
    source, target = register(picture, copy)
    assert max(target.shape[0] - copy.shape[0], 0) == 0
    assert target.shape[0] >= 0.9 * copy.shape[0]
    assert source.shape == target.shape


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [
        (skimage.data.astronaut(), skimage.data.coffee(), "match"),
        (skimage.data.astronaut(), np.full((300, 300, 3), 128, np.uint8), "too little detail"),
        (skimage.data.astronaut(), np.ascontiguousarray(np.rot90(skimage.data.astronaut()[:400])), "turned by"),
        (skimage.data.astronaut(), np.ascontiguousarray(skimage.data.astronaut()[:200, :180]), "share"),
    ],
)
def test_what_does_not_belong_together_is_refused(source, target, why):
    with pytest.raises(Refusal, match=why) as caught:
        register(source, target)
    assert caught.value.reason is Reason.PICTURE_SIZE_MISMATCH
