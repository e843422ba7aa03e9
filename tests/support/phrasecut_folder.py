"""A PhraseCut folder in its official layout, made of rectangles: cheap to write, cheap to build from."""

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

_COLOURS = ("red", "green", "blue", "yellow", "white", "black")
_THINGS = ("car", "ball", "box", "cup", "chair", "dog")


@dataclass(frozen=True)
class Folder:
    """What to write. ``missing`` pictures are annotated but not there; ``skipped`` records are on the skip list."""

    pictures: int = 60
    phrases: int = 4
    size: tuple[int, int] = (64, 48)
    missing: frozenset[int] = frozenset()
    skipped: int = 0
    seed: int = 0


def write_phrasecut(root: Path, wanted: Folder = Folder()) -> Path:  # noqa: B008 - frozen
    """Write the folder, return it. Picture ids are 1, 2, …; record ids ``PICTURE__PHRASE``."""
    (root / "images").mkdir(parents=True, exist_ok=True)
    entries = [
        _entry(picture, phrase, wanted) for picture in range(1, wanted.pictures + 1) for phrase in range(wanted.phrases)
    ]
    _dump(root / "refer_train.json", entries)
    width, height = wanted.size
    listed = [
        {"image_id": n, "width": width, "height": height, "url": f"http://example.org/{n}.jpg", "split": "train"}
        for n in range(1, wanted.pictures + 1)
    ]
    _dump(root / "image_data_split.json", listed)
    _dump(
        root / "skip.json",
        [{"task_id": entry["task_id"], "reason": "Ambiguous"} for entry in entries[: wanted.skipped]],
    )
    for number in range(1, wanted.pictures + 1):
        if number not in wanted.missing:
            write_picture(root, number, wanted)
    return root


def write_picture(root: Path, number: int, wanted: Folder = Folder()) -> None:  # noqa: B008 - frozen
    """One picture: smooth colours, so that a JPEG of it is small, unlike any other picture's."""
    width, height = wanted.size
    random = np.random.default_rng((wanted.seed, number))
    coarse = random.integers(0, 255, (4, 5, 3), dtype=np.uint8)
    pixels = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(root / "images" / f"{number}.jpg"), pixels)


def _entry(picture: int, phrase: int, wanted: Folder) -> dict[str, object]:
    width, height = wanted.size
    box_width, box_height = width // 3, height // 3
    left = (phrase % 2) * width // 2 + 1 + picture % 3
    top = (phrase // 2 % 2) * height // 2 + 1 + picture % 2
    corners = [[left, top], [left + box_width, top], [left + box_width, top + box_height], [left, top + box_height]]
    name = _THINGS[(picture + phrase) % len(_THINGS)]
    text = f"{_COLOURS[phrase % len(_COLOURS)]} {name}"
    return {
        "task_id": f"{picture}__{phrase}",
        "image_id": picture,
        "ann_ids": [picture * 100 + phrase],
        "instance_boxes": [[left, top, box_width, box_height]],
        "Polygons": [[corners]],
        "phrase": text,
        "phrase_structure": {
            "name": name,
            "attributes": [text.split()[0]],
            "relation_ids": [],
            "relation_descriptions": [],
            "type": "attribute",
        },
    }


def _dump(file: Path, value: object) -> None:
    file.write_text(json.dumps(value), encoding="utf-8")
