"""Small data sets of persons with joints, in the official layouts."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from ieiw.builders.instructions.joints import LAYOUTS
from tests.support.source_case import draw_picture

WIDTH, HEIGHT = 160, 128
BOX = [50, 10, 60, 100]
"""x, y, width, height of the one person of :func:`joints`."""


def joints(layout: str, codes: tuple[int, int, int] = (0, 1, 2)) -> list[int]:
    """x, y, v, … on a grid within :data:`BOX`: the first joint not labelled, the second hidden, the others seen."""
    flat: list[int] = []
    for at in range(len(LAYOUTS[layout])):
        code = codes[min(at, 2)]
        flat += [0, 0, code] if at == 0 else [55 + 12 * (at % 5), 15 + 24 * (at // 5), code]
    return flat


def person(number: int, picture: int, layout: str, **changes: Any) -> dict[str, Any]:
    """An annotation in COCO's form."""
    sound = {
        "id": number, "image_id": picture, "category_id": 1, "iscrowd": 0, "bbox": BOX, "keypoints": joints(layout),
        "num_keypoints": len(LAYOUTS[layout]) - 1, "area": 6000,
    }  # fmt: skip
    return sound | changes


def write_coco(
    root: Path, file: str, pictures: dict[str, str], persons: list[dict[str, Any]], layout: str, **more: Any
) -> None:
    """Write a file in COCO's form.

    Args:
        root: of the data set.
        file: the annotation file.
        pictures: ``file_name`` -> where it lies below the root; numbered from 1.
        persons: the annotations.
        layout: of the joints, for ``categories``.
        more: fields of each image, and ``category`` for the name of the one category.
    """
    category = {"id": 1, "name": more.pop("category", "person"), "keypoints": list(LAYOUTS[layout])}
    images = []
    for number, (name, place) in enumerate(pictures.items(), 1):
        draw_picture(root / place, WIDTH, HEIGHT, seed=number)
        images.append({"id": number, "file_name": name, "width": WIDTH, "height": HEIGHT, "license": 1, **more})
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    document = {"images": images, "annotations": persons, "categories": [category]}
    (root / file).write_text(json.dumps(document))


FAULTY: dict[str, dict[str, Any]] = {
    "crowd": {"iscrowd": 1},
    "no_key_points": {"keypoints": None},
    "unknown_picture": {"image_id": 99},
    "nan": {"keypoints": None, "bbox": [1, 2, float("nan"), 4]},
    "short": {"keypoints": [1, 2, 2]},
    "category": {"category_id": 7},
    "code": {"keypoints": None},
    "box": {"bbox": [5, 5, 0, 10]},
}
"""What can be wrong with an annotation."""


def faulty_persons(layout: str) -> list[dict[str, Any]]:
    """A sound person (id 1), the same id again, and one of each fault, all in picture 1 or in none."""
    count = len(LAYOUTS[layout])
    values = {
        "no_key_points": [0, 0, 0] * count,
        "nan": joints(layout),
        "code": [5, 5, 9] * count,
    }
    faulty = []
    for number, (kind, changes) in enumerate(FAULTY.items(), 2):
        filled = {key: values[kind] if value is None else value for key, value in changes.items()}
        faulty.append(person(number, 1, layout, **({"bbox": [120, 100, 8, 8]} | filled)))
    return [person(1, 1, layout), person(1, 1, layout, bbox=[120, 100, 8, 8]), *faulty]


FAULTS = {"crowd": 1, "no_key_points": 1, "unknown_picture": 1, "duplicate_record": 1, "invalid_record": 5}
"""Reasons that :func:`faulty_persons` meets."""


def struct(values: dict[str, Any]) -> Any:
    """A MATLAB struct."""
    return structs([values])


def structs(rows: list[dict[str, Any]]) -> Any:
    """A MATLAB struct array (1, N); missing fields are empty."""
    fields = list(dict.fromkeys(key for row in rows for key in row))
    array = np.empty((1, len(rows)), dtype=[(field, object) for field in fields])
    for at, row in enumerate(rows):
        for field in fields:
            array[0, at][field] = row.get(field, np.zeros((0, 0)))
    return array
