"""Scenes written as Open Images publishes its masks: pictures, mask pictures of another size, and lists in CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ieiw.synthetic.places import PLACES
from ieiw.synthetic.scene import Scene

ROOT = "openimages"
PARTS = ("train", "validation")
BOXES = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside".split(
    ","
)
MASKS = "MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,Clicks".split(",")
_ENLARGED = 1.5
"""Masks of Open Images seldom have their picture's size."""


def headers() -> dict[str, list[str]]:
    """List -> its columns."""
    lists: dict[str, list[str]] = {}
    for part in PARTS:
        lists[f"{ROOT}/{part}-annotations-bbox.csv"] = BOXES
        lists[f"{ROOT}/{part}-annotations-object-segmentation.csv"] = MASKS
    return lists


def prepare(out: Path) -> None:
    """Make the folders, and write the list of class names: what scenes can hold."""
    for part in PARTS:
        for folder in (part, f"{part}-masks"):
            (out / ROOT / folder).mkdir(parents=True, exist_ok=True)
    names = sorted({kind.name for place in PLACES for zone in place.zones for kind in zone.kinds})
    lines = "".join(f"{_label(name)},{name.capitalize()}\n" for name in names)
    (out / ROOT / "class-descriptions-boxable.csv").write_text(lines, encoding="utf-8")


def write_scene(out: Path, scene: Scene, number: int, part: str) -> dict[str, list[dict[str, Any]]]:
    """Write the masks of a scene; returns the rows that belong into the lists. The picture itself is the caller's.

    Args:
        out: folder of all layouts.
        scene: to write.
        number: of the picture, from 1.
        part: one of :data:`PARTS`.
    """
    boxes, masks = [], []
    picture = picture_name(number)
    height, width = scene.placed[0].mask.shape if scene.placed else scene.size[::-1]
    for thing, placed in enumerate(scene.placed):
        if not placed.mask.any():
            continue
        label, box_id = _label(placed.thing.kind.name), f"{number * 1000 + thing:08x}"
        x, y, w, h = cv2.boundingRect(placed.mask.astype(np.uint8))
        edges = [f"{value:.6f}" for value in (x / width, (x + w) / width, y / height, (y + h) / height)]
        cut = int(min(x, y) == 0 or x + w == width or y + h == height)
        boxes.append(dict(zip(BOXES, [picture, "xclick", label, 1, *edges, -1, cut, 0, 0, 0], strict=True)))
        name = f"{picture}_{label.replace('/', '')}_{box_id}.png"
        masks.append(dict(zip(MASKS, [name, picture, label, box_id, *edges, "1.00000", ""], strict=True)))
        size = round(_ENLARGED * width), round(_ENLARGED * height)
        large = cv2.resize(placed.mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_NEAREST_EXACT)
        cv2.imwrite(str(out / ROOT / f"{part}-masks" / name), large, [cv2.IMWRITE_PNG_BILEVEL, 1])
    lists = f"{ROOT}/{part}-annotations"
    return {f"{lists}-bbox.csv": boxes, f"{lists}-object-segmentation.csv": masks}


def picture_name(number: int) -> str:
    """The ImageID of a picture."""
    return f"{number:016x}"


def _label(name: str) -> str:
    """A machine id made of the class's words; official ones hold underscores as well."""
    return f"/m/{name.replace(' ', '_')}"
