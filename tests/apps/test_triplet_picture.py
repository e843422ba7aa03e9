"""One triplet as a picture."""

import numpy as np
from PIL import Image

from ieiw.apps.drawing import difference
from ieiw.apps.inspect_triplet import find, picture
from ieiw.apps.triplet_picture import OUTLINES
from ieiw.triplets.images.codec import decode
from tests.support.tiny_build import rows


def test_the_picture_shows_source_target_and_difference_with_outlines(tiny, tmp_path):
    row = rows(tiny, "removal")[0]
    details = find(tiny.store, row["key"])
    shown = np.asarray(Image.open(picture(tiny.store, details, tmp_path / "new" / "one.png")).convert("RGB"))
    source, target = (
        decode(tiny.store.read_range(row["shard"], row[f"{role}_offset"], row[f"{role}_size"])).pixels
        for role in ("source", "target")
    )
    scale = 10  # the shorter side has 32 pixels, a panel at least 320
    top, width = shown.shape[0] - 12 - 320, 480 + 12
    for place, pixels in enumerate((source, target, difference(source, target))):
        panel = shown[top : top + 320, 12 + place * width :][:, :480]
        same = np.all(panel[5::scale, 5::scale] == pixels, axis=2)  # outlines run along the borders of pixels
        assert same.mean() > 0.9
        found = [bool(np.all(panel == colour, axis=2).any()) for colour in OUTLINES.values()]
        assert found == [place != 1] * 2


def test_a_task_without_region_is_drawn_without_outlines(tiny, tmp_path):
    details = find(tiny.store, rows(tiny, "dots")[0]["key"])
    shown = np.asarray(Image.open(picture(tiny.store, details, tmp_path / "one.png")).convert("RGB"))
    assert not any(np.all(shown == colour, axis=2).any() for colour in OUTLINES.values())
