"""Input for the benchmark of tasks: small data sets in official layouts, made of crops of scikit-image's photographs.

Photographs are never enlarged, and JPEGs of COCO's layouts are as large as COCO's own files are, 0.57 bytes a pixel: smoother
pictures would be cheaper to decode and to encode than those that users have.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.pictures import SIZE, photograph_crops, write_phrasecut
from ieiw.builders.instructions.joints import LAYOUTS
from ieiw.triplets.records import Image

_HD = (1280, 720)
_COCO = 98
"""JPEG quality at which the crops come to COCO's bytes a pixel; a little less to decode than its photographs all the same."""
_CLASSES = 12  # in a label map: what pictures of COCO-Stuff and ADE20K hold


def write_key_points(root: Path, count: int, persons: int) -> Path:
    """COCO's key points: ``persons`` beside each other in each picture, too far apart to be mixed up."""
    dice = random.Random(0)
    across = SIZE[0] / persons
    wide, high = 0.5 * across, min(0.9 * SIZE[1], max(1.25 * across, 0.5 * SIZE[1]))  # of a crowd all stand
    images, annotations = [], []
    for number, picture in enumerate(photograph_crops(count, SIZE, dice), 1):
        _save(root / "train2017" / f"{number}.jpg", picture, _COCO)
        images.append({"id": number, "file_name": f"{number}.jpg", "width": SIZE[0], "height": SIZE[1]})
        for at in range(persons):
            left, top = at * across + 0.25 * across, dice.uniform(0, SIZE[1] - high)
            places = [(left + dice.random() * wide, top + dice.random() * high) for _ in LAYOUTS["coco"]]
            joints = [value for x, y in places for value in (round(x, 1), round(y, 1), 2)]
            box = [round(value, 2) for value in (left, top, wide, high)]
            ids = {"id": number * 100 + at, "image_id": number, "category_id": 1}
            annotations.append({**ids, "keypoints": joints, "bbox": box})
    category = {"id": 1, "name": "person", "keypoints": list(LAYOUTS["coco"])}
    document = {"images": images, "annotations": annotations, "categories": [category]}
    (root / "annotations").mkdir()
    (root / "annotations" / "person_keypoints_train2017.json").write_text(json.dumps(document), encoding="utf-8")
    return root


def write_stuff(root: Path, count: int) -> Path:
    """COCO-Stuff's pixel maps: twelve classes in each."""
    dice, rng = random.Random(1), np.random.default_rng(1)
    for number, picture in enumerate(photograph_crops(count, SIZE, dice), 1):
        _save(root / "images" / "train2017" / f"{number}.jpg", picture, _COCO)
        heights = rng.random((6, 8, _CLASSES), np.float32)
        labels = cv2.resize(heights, SIZE, interpolation=cv2.INTER_CUBIC).argmax(
            axis=2
        )  # smooth regions, as drawn ones
        _save(root / "annotations" / "train2017" / f"{number}.png", labels.astype(np.uint8))
    names = ["0: unlabeled", *(f"{number}: {_NAMES[number - 1]}" for number in range(1, _CLASSES + 1))]
    (root / "labels.txt").write_text("\n".join(names), encoding="utf-8")
    return root


_NAMES = ("person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "dog", "cat", "horse")


def write_blurred(root: Path, count: int) -> Path:
    """GoPro, flattened: pictures of 1280 x 720 as PNG."""
    for number, picture in enumerate(photograph_crops(count, _HD, random.Random(2)), 1):
        _save(root / "train" / "input" / f"{number}.png", cv2.blur(picture, (9, 1)))
        _save(root / "train" / "target" / f"{number}.png", picture)
    return root


def write_noisy(root: Path, count: int) -> Path:
    """SIDD's crops of 512 x 512 as PNG."""
    rng = np.random.default_rng(3)
    for number, picture in enumerate(photograph_crops(count, (512, 512), random.Random(3)), 1):
        noise = rng.normal(0, 12, picture.shape)
        _save(root / "train" / "input_crops" / f"{number}.png", np.clip(picture + noise, 0, 255).astype(np.uint8))
        _save(root / "train" / "gt_crops" / f"{number}.png", picture)
    return root


def write_marked(root: Path, count: int) -> Path:
    """CLWD: 256 x 256 as JPEG, masks as PNG."""
    for number, picture in enumerate(photograph_crops(count, (256, 256), random.Random(4)), 1):
        marked, mask = picture.copy(), np.zeros((256, 256), np.uint8)
        cv2.circle(mask, (128, 100 + number % 50), 40, 255, 6)
        marked[mask > 0] = marked[mask > 0] // 2 + 100
        _save(root / "train" / "Watermarked_image" / f"{number}.jpg", marked)
        _save(root / "train" / "Watermark_free_image" / f"{number}.jpg", picture)
        _save(root / "train" / "Mask" / f"{number}.png", mask)
    return root


def write_phrases(root: Path, count: int) -> Path:
    """PhraseCut, one phrase a picture."""
    write_phrasecut(root, count, distinct=count, phrases=1)
    for number, picture in enumerate(photograph_crops(count, SIZE, random.Random(5)), 1):
        _save(root / "images" / f"{number}.jpg", picture, _COCO)
    return root


def _save(path: Path, picture: Image | Any, quality: int = 95) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = [cv2.IMWRITE_JPEG_QUALITY, quality] if path.suffix == ".jpg" else []
    cv2.imwrite(str(path), picture[..., ::-1] if picture.ndim == 3 else picture, flags)
