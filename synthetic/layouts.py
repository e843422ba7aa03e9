"""Scenes written as PhraseCut, COCO and Open Images publish theirs, with what only a generator knows beside them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import cv2
import numpy as np

from ieiw.synthetic import openimages
from ieiw.synthetic.backdrops.parts import STUFF
from ieiw.synthetic.compose import polygons
from ieiw.synthetic.scene import Scene
from ieiw.synthetic.things.people import JOINTS

Annotations = dict[str, list[dict[str, Any]]]
"""File of the layout -> records that a scene adds to it."""

SKELETON = (
    (16, 14), (14, 12), (17, 15), (15, 13), (12, 13), (6, 12), (7, 13), (6, 7), (6, 8), (7, 9), (8, 10), (9, 11), (2, 3),
    (1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7),
)  # fmt: skip
"""COCO's limbs, by number of the joint from 1."""
CATEGORIES: Mapping[str, tuple[tuple[int, str], ...]] = {
    "person": ((1, "person"),),
    "vehicle": ((2, "bicycle"), (3, "car"), (5, "airplane"), (6, "bus"), (8, "truck"), (9, "boat")),
    "outdoor": ((10, "traffic light"), (11, "fire hydrant"), (13, "stop sign"), (15, "bench")),
    "animal": (
        (16, "bird"), (17, "cat"), (18, "dog"), (19, "horse"), (20, "sheep"), (21, "cow"), (22, "elephant"), (24, "zebra"),
    ),
    "accessory": ((27, "backpack"), (28, "umbrella"), (33, "suitcase")),
    "sports": ((37, "sports ball"), (38, "kite"), (42, "surfboard")),
    "kitchen": ((44, "bottle"), (46, "wine glass"), (47, "cup"), (51, "bowl")),
    "food": ((52, "banana"), (53, "apple"), (55, "orange"), (60, "donut"), (61, "cake")),
    "furniture": ((62, "chair"), (63, "couch"), (64, "potted plant")),
    "electronic": ((72, "tv"), (73, "laptop")),
    "indoor": ((84, "book"), (85, "clock"), (86, "vase"), (88, "teddy bear")),
}  # fmt: skip
"""Supercategory -> COCO's categories that scenes can hold, by COCO's own numbers."""
_QUALITY = 95
_ORIGIN = "CC0, drawn by ieiw make-scenes"  # where the layout has a picture's address


def side(index: int) -> str:
    """Every fifth scene is for validation."""
    return "val" if index % 5 == 4 else "train"


def write_pictures(out: Path, scene: Scene) -> Annotations:
    """Write the picture files of one scene; returns the records that belong into the annotation files."""
    number, part = scene.index + 1, side(scene.index)
    picture = scene.picture
    _jpeg(out / "VGPhraseCut_v0" / "images" / f"{number}.jpg", picture)
    _jpeg(out / "coco" / f"{part}2017" / f"{number:012d}.jpg", picture)
    cv2.imwrite(str(out / "coco" / "stuffthingmaps" / f"{part}2017" / f"{number:012d}.png"), scene.stuff)
    wide = "validation" if part == "val" else part
    _jpeg(out / openimages.ROOT / wide / f"{openimages.picture_name(number)}.jpg", picture)
    records = _phrasecut(scene, number, part)
    for record in records[f"VGPhraseCut_v0/refer_{part}.json"]:
        things = [each - number * 1000 for each in record["ann_ids"]]
        removed = scene.without(things)
        cv2.imwrite(str(out / "truth" / "removed" / f"{record['task_id']}.png"), removed[..., ::-1])
    masks = openimages.write_scene(out, scene, number, wide)
    return records | _coco(scene, number, part) | masks | {"truth/scenes.jsonl": [scene.graph()]}


def _jpeg(path: Path, rgb: Any) -> None:
    cv2.imwrite(str(path), rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])


def _box(mask: Any) -> list[float]:
    """x, y, width, height of a mask."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return [
        float(columns[0]), float(rows[0]), float(columns[-1] - columns[0] + 1), float(rows[-1] - rows[0] + 1),
    ]  # fmt: skip


def _phrasecut(scene: Scene, number: int, part: str) -> Annotations:
    width, height = scene.size
    listed = {
        "image_id": number, "coco_id": number, "flickr_id": None, "width": width, "height": height, "url": _ORIGIN, "split": part,
    }  # fmt: skip
    tasks = []
    for at, phrase in enumerate(scene.phrases):
        masks = [scene.placed[thing].mask for thing in sorted(phrase.things)]
        structure = {
            "name": phrase.name,
            "attributes": list(phrase.attributes),
            "relation_ids": [number * 1000 + at] if phrase.relation else [],
            "relation_descriptions": [list(phrase.relation)] if phrase.relation else [],
            "type": phrase.kind,
        }
        tasks.append(
            {
                "task_id": f"{number}__{at}",
                "image_id": number,
                "ann_ids": [number * 1000 + thing for thing in sorted(phrase.things)],
                "instance_boxes": [_box(mask) for mask in masks],
                "Polygons": [polygons(mask) for mask in masks],
                "phrase": phrase.text,
                "phrase_structure": structure,
            }
        )
    inputs = [{key: task[key] for key in ("task_id", "image_id", "phrase", "phrase_structure")} for task in tasks]
    root = "VGPhraseCut_v0"
    return {
        f"{root}/image_data_split.json": [listed],
        f"{root}/refer_{part}.json": tasks,
        f"{root}/refer_input_{part}.json": inputs,
    }


def _coco(scene: Scene, number: int, part: str) -> Annotations:
    width, height = scene.size
    image = {
        "id": number, "file_name": f"{number:012d}.jpg", "width": width, "height": height, "license": 1, "coco_url": "",
        "flickr_url": "", "date_captured": "",
    }  # fmt: skip
    known: list[dict[str, Any]] = []
    for thing, placed in enumerate(scene.placed):
        # COCO's polygons run along the pixels' edges: outline the mask at four times its size, in quarters of a pixel.
        large = np.kron(placed.mask, np.ones((4, 4), np.bool_))
        outlines = [(np.asarray(outline) + 0.5) / 4 for outline in polygons(large, 1.2)]
        instance: dict[str, Any] = {
            "id": number * 1000 + thing, "image_id": number, "category_id": placed.thing.kind.coco, "iscrowd": 0,
            "area": float(placed.mask.sum()), "bbox": _box(placed.mask),
            "segmentation": [outline.round(2).ravel().tolist() for outline in outlines if len(outline) >= 3],
        }  # fmt: skip
        if instance["category_id"] and instance["segmentation"]:
            known.append(instance)
    people = []
    for person in (each for each in known if each["category_id"] == 1):
        joints = scene.joints(person["id"] - number * 1000) or [(0.0, 0.0, 0)] * len(JOINTS)
        labelled = sum(1 for joint in joints if joint[2])
        people.append(person | {"keypoints": [*chain.from_iterable(joints)], "num_keypoints": labelled})
    spoken = [
        {"id": number * 10 + at, "image_id": number, "caption": text} for at, text in enumerate(scene.captions)
    ]  # fmt: skip
    root = "coco/annotations"
    return {
        f"{root}/instances_{part}2017.json:images": [image],
        f"{root}/instances_{part}2017.json:annotations": known,
        f"{root}/person_keypoints_{part}2017.json:images": [image],
        f"{root}/person_keypoints_{part}2017.json:annotations": people,
        f"{root}/captions_{part}2017.json:images": [image],
        f"{root}/captions_{part}2017.json:annotations": spoken,
    }


class LayoutWriter:
    """Writes the annotation files record by record, so that a hundred thousand scenes need no memory.

    Args:
        out: folder to write into.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._stack = ExitStack()
        self._files: dict[str, _Stream] = {}
        self._words: dict[str, Counter[str]] = {"cat": Counter(), "att": Counter(), "rel": Counter()}
        for part in ("train", "val"):
            for folder in ("coco/{}2017", "coco/stuffthingmaps/{}2017"):
                (out / folder.format(part)).mkdir(parents=True, exist_ok=True)
        for folder in ("VGPhraseCut_v0/images", "coco/annotations", "truth/removed"):
            (out / folder).mkdir(parents=True, exist_ok=True)
        openimages.prepare(out)
        names = {number: name for members in CATEGORIES.values() for number, name in members}
        names |= {value + 1: name for value, name in STUFF.items()}  # COCO-Stuff's class list, as far as scenes go
        labels = "".join(f"{number}: {names[number]}\n" for number in sorted(names))
        (out / "coco" / "labels.txt").write_text(labels, encoding="utf-8")

    def __enter__(self) -> LayoutWriter:
        self._stack.__enter__()
        for name in _names():
            self._files[name] = self._stack.enter_context(_Stream(self._out / name.replace(":", ".")))
        for name, columns in openimages.headers().items():
            self._files[name] = self._stack.enter_context(_Stream(self._out / name, columns))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)
        if kind is None:
            self._join_coco()
            counts = {name: counter.most_common() for name, counter in self._words.items()}
            root = self._out / "VGPhraseCut_v0"
            (root / "name_att_rel_count.json").write_text(json.dumps(counts), encoding="utf-8")
            (root / "skip.json").write_text("[]", encoding="utf-8")

    def add(self, records: Annotations) -> None:
        """Append one scene's records."""
        for name, values in records.items():
            self._files[name].add(values)
        for part in ("train", "val"):
            for task in records.get(f"VGPhraseCut_v0/refer_{part}.json", ()):
                structure = task["phrase_structure"]
                self._words["cat"][structure["name"]] += 1
                self._words["att"].update(structure["attributes"])
                self._words["rel"].update(relation for relation, _ in structure["relation_descriptions"])

    def _join_coco(self) -> None:
        """COCO keeps pictures and annotations in one file: join the two halves, piece by piece."""
        folder = self._out / "coco" / "annotations"
        for name in sorted({name.split(":")[0] for name in _names() if ":" in name}):
            target = self._out / name
            head: dict[str, Any] = {
                "info": {"description": "Generated scenes", "version": "1", "contributor": "ieiw make-scenes"},
                "licenses": [{"id": 1, "name": "CC0", "url": "https://creativecommons.org/publicdomain/zero/1.0/"}],
            }
            if target.name.startswith("person_keypoints"):
                person = {"id": 1, "name": "person", "supercategory": "person", "keypoints": list(JOINTS)}
                head["categories"] = [person | {"skeleton": [list(limb) for limb in SKELETON]}]
            elif not target.name.startswith("captions"):
                head["categories"] = [
                    {"id": number, "name": name, "supercategory": group}
                    for group, members in CATEGORIES.items()
                    for number, name in members
                ]
            with target.open("wb") as file:
                file.write(json.dumps(head).encode()[:-1])
                for half in ("images", "annotations"):
                    piece = folder / f"{target.name}.{half}"
                    file.write(f', "{half}": '.encode())
                    with piece.open("rb") as source:
                        while data := source.read(1 << 20):
                            file.write(data)
                    piece.unlink()
                file.write(b"}")


def _names() -> Iterable[str]:
    yield "VGPhraseCut_v0/image_data_split.json"
    yield "truth/scenes.jsonl"
    for part in ("train", "val"):
        yield f"VGPhraseCut_v0/refer_{part}.json"
        yield f"VGPhraseCut_v0/refer_input_{part}.json"
        for kind in ("instances", "person_keypoints", "captions"):
            for half in ("images", "annotations"):
                yield f"coco/annotations/{kind}_{part}2017.json:{half}"


class _Stream:
    """A JSON list that grows on disk; JSON lines where the file is called so, CSV where it has columns."""

    def __init__(self, path: Path, columns: Sequence[str] = ()) -> None:
        self._path, self._columns = path, columns
        self._head, self._between, self._tail = ("", "\n", "\n") if path.suffix == ".jsonl" else ("[\n", ",\n", "\n]")
        if columns:
            self._head, self._between, self._tail = ",".join(columns) + "\n", "\n", "\n"
        self._empty = True
        self._file: IO[str] | None = None

    def __enter__(self) -> _Stream:
        self._file = self._path.open("w", encoding="utf-8")
        self._file.write(self._head)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.write(self._tail)
            self._file.close()

    def add(self, values: Sequence[dict[str, Any]]) -> None:
        """Append records."""
        if self._file is None:
            raise ValueError("the file is not open")
        for value in values:
            self._file.write("" if self._empty else self._between)
            row = ",".join(str(value[column]) for column in self._columns)
            self._file.write(row or json.dumps(value, ensure_ascii=False))
            self._empty = False
