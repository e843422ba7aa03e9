"""CLWD and its masks."""

import numpy as np

from tests.support.pairs import save, save_pair
from tests.support.source_case import SourceCase


class TestClwd(SourceCase):
    dataset, split, tasks = "clwd", "train", ("watermark-removal",)
    records, built = 2, 1  # the mask of the other is no picture

    def write(self, root):
        for number in (1, 2):
            folder = root / "train"
            save_pair(folder / f"Watermarked_image/{number}.jpg", folder / f"Watermark_free_image/{number}.jpg", number)
        save(root / "train/Mask/1.png", np.full((64, 96), 255, np.uint8))
        (root / "train/Mask/2.png").write_bytes(b"damaged")
