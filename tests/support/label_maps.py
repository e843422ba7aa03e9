"""Small label maps: pictures with blocks of known classes, in the layouts of the segmentation data sets."""

from pathlib import Path

import cv2
import numpy as np
from pycocotools import mask as coco

from ieiw.builders.vocabulary import vocabulary
from tests.support.source_case import draw_picture

SIZE = (96, 64)


def blocks(*numbers: int, kind: type = np.uint8) -> np.ndarray:
    """A map of SIZE whose columns are cut into equal blocks, a number each."""
    return np.repeat(np.array(numbers, kind), SIZE[0] // len(numbers))[None].repeat(SIZE[1], axis=0)


def write_map(path: Path, labels: np.ndarray) -> None:
    """A PNG of class numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), labels)


def write_pair(picture: Path, path: Path, labels: np.ndarray, seed: int = 0) -> None:
    """A picture and its map."""
    draw_picture(picture, *SIZE, seed=seed)
    write_map(path, labels)


def ade_colours(labels: np.ndarray) -> np.ndarray:
    """The full ADE20K release's coding of class numbers, as OpenCV orders colours."""
    colours = np.stack([np.full(labels.shape, 9), labels % 256, labels // 256 * 10 + 3], axis=2)
    return colours.astype(np.uint8)


def names(source):
    """Spoken class names by number, of the bytes that tasks get."""
    return {number: name.spoken for number, name in vocabulary(source.read("@classes")).names.items()}


def run_lengths(*boxes, size=(96, 64)):
    """Compressed run lengths of boxes (left, top, right, bottom), one dictionary for each."""
    found = []
    for left, top, right, bottom in boxes:
        mask = np.zeros((size[1], size[0]), np.uint8, order="F")
        mask[top:bottom, left:right] = 1
        runs = coco.encode(mask)
        found.append({"size": runs["size"], "counts": runs["counts"].decode()})
    return found
