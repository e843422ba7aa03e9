"""Input for the benchmarks: a PhraseCut folder of crops of scikit-image's photographs, written in seconds."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.records import Image

SIZE = (640, 480)
"""Of a picture: about the size of real photographs, so that decoding costs what it does there."""
PHRASES = 4
_PHOTOGRAPHS = ("astronaut", "brick", "chelsea", "coffee", "grass", "gravel", "rocket")
_COLOURS = ("red", "green", "blue", "yellow", "white", "black")
_THINGS = ("car", "ball", "box", "cup", "chair", "dog")
_CORNERS = (12, 90)  # of a polygon, as the official files have them


def write_phrasecut(
    root: Path, count: int, size: tuple[int, int] = SIZE, distinct: int = 250, phrases: int = PHRASES
) -> Path:
    """Write ``count`` pictures of some phrases each, in the official layout; the same bytes every time.

    Args:
        root: folder to make.
        count: of pictures.
        size: (width, height) of a picture.
        distinct: so many pictures are drawn, the others are links to them; phrases and regions differ all the same.
        phrases: of a picture.
    """
    dice = random.Random(0)
    photographs = _photographs()
    (root / "images").mkdir(parents=True)
    entries, listed = [], []
    for number in range(1, count + 1):
        file = root / "images" / f"{number}.jpg"
        if number > distinct:
            file.hardlink_to(root / "images" / f"{number - distinct}.jpg")
        else:
            crop = _crop(photographs[number % len(photographs)], size, dice)
            cv2.imwrite(str(file), cv2.cvtColor(crop, cv2.COLOR_RGB2BGR))
        listed.append({"image_id": number, "width": size[0], "height": size[1], "url": "", "split": "train"})
        entries += [_entry(number, phrase, size, dice) for phrase in range(phrases)]
    (root / "refer_train.json").write_text(json.dumps(entries), encoding="utf-8")
    (root / "image_data_split.json").write_text(json.dumps(listed), encoding="utf-8")
    (root / "skip.json").write_text("[]", encoding="utf-8")
    return root


def recipe(root: Path, *, backend: str, short_side: int = 256, unit_bytes: str = "4MB", variants: int = 1) -> Recipe:
    """Removal and addition of everything that is there."""
    return Recipe.model_validate(
        {
            "image": {"short_side": short_side},
            "unit_bytes": unit_bytes,
            "sources": [
                {
                    "name": "phrasecut",
                    "root": str(root),
                    "tasks": ["removal", "addition"],
                    "variants": variants,
                    "max_reject_share": 1,
                    "region": {"pairs_per_picture": 1000, "min_share": 0.0005, "min_side": 2},
                }
            ],
            "backends": {"inpaint": backend},
        }
    )


def photograph_crops(count: int, size: tuple[int, int], dice: random.Random) -> Iterator[Image]:
    """``count`` crops (height, width, 3) of the photographs at ``size`` (width, height), never enlarged: mirrored where they end.

    They are as full of detail as what a camera takes; those of :func:`write_phrasecut` are enlarged, and smoother.
    """
    photographs = _photographs()
    for number in range(count):
        photograph, scale = photographs[number % len(photographs)], dice.uniform(1, 1.5)
        wide, high = int(size[0] * scale), int(size[1] * scale)
        rest = ((0, max(0, high - photograph.shape[0])), (0, max(0, wide - photograph.shape[1])), (0, 0))
        filled = np.pad(photograph, rest, mode="symmetric")
        top, left = dice.randint(0, filled.shape[0] - high), dice.randint(0, filled.shape[1] - wide)
        part = filled[top : top + high, left : left + wide]
        yield np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)


def _photographs() -> list[Image]:
    from skimage import data

    loaded = [np.asarray(getattr(data, name)()) for name in _PHOTOGRAPHS]
    return [each if each.ndim == 3 else np.stack([each] * 3, axis=2) for each in loaded]


def _crop(photograph: Image, size: tuple[int, int], dice: random.Random) -> Image:
    """A part of the photograph at the size wanted, mirrored or not."""
    height, width = photograph.shape[:2]
    scale = dice.uniform(0.6, 1.0) * min(width / size[0], height / size[1])
    wide, high = int(size[0] * scale), int(size[1] * scale)
    top, left = dice.randint(0, height - high), dice.randint(0, width - wide)
    part = photograph[top : top + high, left : left + wide]
    if dice.random() < 0.5:
        part = part[:, ::-1]
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _entry(picture: int, phrase: int, size: tuple[int, int], dice: random.Random) -> dict[str, object]:
    name, colour = dice.choice(_THINGS), dice.choice(_COLOURS)
    return {
        "task_id": f"{picture}__{phrase}",
        "image_id": picture,
        "ann_ids": [picture * 100 + phrase],
        "instance_boxes": [[1.0, 2.0, 30.0, 40.0]],
        "Polygons": [[blob(size, dice)]],
        "phrase": f"{colour} {name}",
        "phrase_structure": {
            "name": name,
            "attributes": [colour],
            "relation_ids": [],
            "relation_descriptions": [],
            "type": "attribute",
        },
    }


def blob(size: tuple[int, int], dice: random.Random) -> list[list[float]]:
    """A blob with a wavy rim, of 1 to 12 per cent of the picture."""
    corners, waves, phase = dice.randint(*_CORNERS), dice.randint(2, 5), dice.uniform(0, 6)
    radius = math.sqrt(dice.uniform(0.01, 0.12) * size[0] * size[1] / math.pi)
    x, y = dice.uniform(radius, size[0] - radius), dice.uniform(radius, size[1] - radius)
    outline = []
    for corner in range(corners):
        angle = 2 * math.pi * corner / corners
        reach = radius * (1 + 0.2 * math.sin(waves * angle + phase))
        outline.append([round(x + reach * math.cos(angle), 2), round(y + reach * math.sin(angle), 2)])
    return outline
