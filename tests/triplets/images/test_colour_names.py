"""Colours are named where people would agree, and only there."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from ieiw.triplets.images.colour_names import NAMES, clear_colour
from ieiw.triplets.images.masks import polygons_mask

SHADES = {
    "black": [(0, 0, 0), (25, 24, 28), (40, 40, 40)],
    "white": [(255, 255, 255), (235, 238, 240)],
    "grey": [(128, 128, 128), (90, 92, 95), (180, 180, 178)],
    "red": [(255, 0, 0), (180, 20, 30), (200, 40, 40)],
    "orange": [(255, 140, 0), (240, 120, 20)],
    "yellow": [(255, 255, 0), (240, 210, 40)],
    "green": [(0, 160, 0), (40, 90, 40), (130, 200, 90)],
    "blue": [(0, 0, 255), (20, 40, 120), (120, 170, 230)],
    "purple": [(128, 0, 160), (90, 40, 120)],
    "pink": [(255, 170, 200), (250, 130, 170)],
    "brown": [(130, 70, 20), (90, 55, 35)],
}


@pytest.mark.parametrize(("name", "shade"), [(name, shade) for name in NAMES for shade in SHADES[name]], ids=str)
def test_shades_in_noise_bear_their_name(name, shade):
    noise = np.random.default_rng(0).normal(0, 6, (60, 80, 3))
    image = np.clip(np.array(shade) + noise, 0, 255).astype(np.uint8)
    assert clear_colour(image, np.ones((60, 80), bool)) == name


@pytest.mark.parametrize("shade", [(225, 180, 150), (240, 225, 195), (0, 160, 170), (175, 165, 140)], ids=str)
def test_skin_cream_teal_and_khaki_bear_none(shade):
    assert clear_colour(np.full((9, 9, 3), shade, np.uint8), np.ones((9, 9), bool)) == ""


def test_only_the_region_counts_and_most_of_it_must_agree():
    image = np.full((100, 100, 3), (0, 0, 255), np.uint8)
    mask = np.zeros((100, 100), bool)
    mask[20:80, 20:80] = True
    image[mask] = (200, 30, 30)
    assert clear_colour(image, mask) == "red"
    image[20:47, 20:80] = (250, 240, 40)  # 45 % of it
    assert clear_colour(image, mask) == ""


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 300)], ids=str)
def test_the_smallest_regions_too(shape):
    mask = np.zeros((300, 300), bool)
    mask[: shape[0], : shape[1]] = True
    assert clear_colour(np.full((300, 300, 3), (255, 0, 0), np.uint8), mask) == ("red" if mask.any() else "")


@pytest.mark.skipif("IEIW_REAL_DATA" not in os.environ, reason="needs the real data")
def test_real_things():
    import json

    root = Path(os.environ["IEIW_REAL_DATA"]) / "coco"
    content = json.loads((root / "annotations" / "instances_train2017.json").read_text())
    categories = {each["id"]: each["name"] for each in content["categories"]}
    pictures = {each["id"]: each for each in content["images"]}
    found = set()
    for each in content["annotations"]:
        if each["iscrowd"] or each["area"] < 1500:
            continue
        picture = pictures[each["image_id"]]
        image = cv2.imread(str(root / "train2017" / picture["file_name"]))[..., ::-1]
        corners = [[list(zip(ring[::2], ring[1::2], strict=True)) for ring in each["segmentation"]]]
        mask = polygons_mask(corners, (picture["width"], picture["height"]))
        found.add((categories[each["category_id"]], clear_colour(image, mask)))
    assert ("microwave", "black") in found
    assert {colour for name, colour in found if name in {"elephant", "bottle"}} == {""}
