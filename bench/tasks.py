"""What a triplet of a drawing or restoring task costs over the floor: its whole unit, commit included, against a bare loop.

The bare loop decodes each picture once, cuts or scales it, and encodes the very pixels that the unit encodes: nothing is
drawn, checked, named, counted or written. CPU time of one thread, both in turn, median of the pairs.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench import task_inputs
from bench.common import Row, median_ratio
from bench.pictures import write_phrasecut
from builders import registry
from builders.assembly import Assembler
from builders.point_rules import PointRules
from builders.protocols import Tools
from builders.tasks._views import _crop
from pipelines.plan_files import UnitRef, read_attempts
from pipelines.prepare import prepare
from pipelines.recipe import Recipe
from pipelines.worker import UnitBuilder
from triplets.pictures import decode, encode_jpeg, resize_short, short_side_size
from triplets.records import PICTURE_ROLES, Attempt, Encoded, Image, Record
from triplets.storage import Store, open_store

_LIMIT = 1.25
_SIDE = 256
Warp = Callable[[Record, Sequence[Image]], object]
"""What must be done to a record's decoded pictures before they can be encoded."""


@dataclass(frozen=True, slots=True)
class Case:
    """One line: what is built of what.

    Attributes:
        what: said in the table.
        dataset, task: registered names.
        write: makes the data set below a folder.
        warp: see :data:`Warp`.
        once: whether one warp serves all records of a picture.
        variants: as in a recipe.
    """

    what: str
    dataset: str
    task: str
    write: Callable[[Path], Path]
    warp: Warp
    once: bool = False
    variants: int = 1


@dataclass(slots=True)
class _Group:
    """One picture's worth of the floor: its files, its records, and every picture that was encoded."""

    files: list[bytes] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    encoded: list[Image] = field(default_factory=list)


def _crop_of_person(record: Record, pictures: Sequence[Image]) -> object:
    picture = pictures[0]
    size = (picture.shape[1], picture.shape[0])
    left, top, right, bottom = _crop(record.annotation["box"], PointRules().margin, size)
    wanted = short_side_size((right - left, bottom - top), _SIDE)
    cut = picture[top:bottom, left:right]
    return cut if wanted == (right - left, bottom - top) else cv2.resize(cut, wanted, interpolation=cv2.INTER_AREA)


def _whole(_: Record, pictures: Sequence[Image]) -> object:
    return [resize_short(picture, _SIDE) for picture in pictures]


def _nothing(_: Record, __: Sequence[Image]) -> object:
    return None


CASES = (
    Case(
        "key points, one person a picture",
        "coco-keypoints",
        "keypoints",
        partial(task_inputs.write_key_points, count=100, persons=1),
        _crop_of_person,
    ),
    Case(
        "key points, five small persons a picture",
        "coco-keypoints",
        "keypoints",
        partial(task_inputs.write_key_points, count=30, persons=5),
        _crop_of_person,
    ),
    Case("segmentation", "coco-stuff", "segment", partial(task_inputs.write_stuff, count=100), _whole, once=True),
    Case(
        "referring, four phrases a picture",
        "phrasecut",
        "refer",
        partial(write_phrasecut, count=40),
        _whole,
        once=True,
    ),
    Case("deblurring", "gopro", "deblur", partial(task_inputs.write_blurred, count=24), _nothing),
    Case("denoising", "sidd", "denoise", partial(task_inputs.write_noisy, count=40), _nothing),
    Case("watermark removal", "clwd", "watermark-removal", partial(task_inputs.write_marked, count=100), _whole),
)


def run(cases: Sequence[Case] = CASES, repeats: int = 9) -> list[Row]:
    """Measure every case."""
    cv2.setNumThreads(1)
    rows = []
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
            ratio, ours, bare, count = measure(case, Path(folder), repeats)
        figure = f"{ratio:.2f} x ({ours * 1e3:.2f} ms against {bare * 1e3:.2f} ms a triplet, {count:,} triplets)"
        rows.append(Row(f"{case.what}: unit over the bare loop", figure, f"{_LIMIT} x", ratio <= _LIMIT))
    return rows


def measure(case: Case, folder: Path, repeats: int) -> tuple[float, float, float, int]:
    """Median ratio, CPU seconds a triplet of ours and of the bare loop, and how many triplets.

    Raises:
        RuntimeError: the data set makes more than one unit.
    """
    store, ref = _planned(case, case.write(folder / "in"), folder / "out")
    groups = _floor(case, folder / "in", list(read_attempts(store, ref)))
    built = UnitBuilder(store.location).build(ref)[0]  # warm: imports, caches

    def ours() -> float:
        store.delete(ref.rows)
        builder = UnitBuilder(store.location)
        started = time.process_time()
        builder.build(ref)
        return time.process_time() - started

    def bare() -> float:
        started = time.process_time()
        _bare_loop(case, groups)
        return time.process_time() - started

    left, right, ratio = median_ratio(ours, bare, repeats)
    return ratio, left / built, right / built, built


def _planned(case: Case, root: Path, out: Path) -> tuple[Store, UnitRef]:
    block: dict[str, Any] = {"name": case.dataset, "root": str(root), "tasks": [case.task], "variants": case.variants}
    block["split"] = "train2017" if case.dataset.startswith("coco") else "train"
    values = {"image": {"short_side": _SIDE}, "unit_bytes": "256MB", "sources": [block | {"max_reject_share": 1}]}
    store = open_store(out)
    refs = list(prepare(store, Recipe.model_validate(values)).refs())
    if len(refs) != 1:
        raise RuntimeError(f"{case.what}: {len(refs)} units, one is needed")
    return store, refs[0]


def _floor(case: Case, root: Path, attempts: Sequence[Attempt]) -> list[_Group]:
    """What the bare loop has to do: run the task once, and note what it reads and encodes."""
    split = attempts[0].record.split
    source = registry.source(case.dataset, name=case.dataset, root=str(root), split=split, options={})
    noted: list[Image] = []

    def encode(pixels: Image) -> Encoded:
        noted.append(np.ascontiguousarray(pixels))
        return encode_jpeg(pixels)

    task = registry.task(case.task, Tools(_SIDE, encode), {})
    groups = []
    for _, same in groupby(attempts, key=lambda attempt: attempt.record.group):
        members = list(same)
        records = list({attempt.record.id: attempt.record for attempt in members}.values())
        names = dict.fromkeys(name for record in records for name in _pictures(record.files))
        noted.clear()
        list(Assembler(source, {case.task: task}, 0).run(members))
        groups.append(_Group([source.read(name) for name in names], records, list(noted)))
    return groups


def _pictures(files: Mapping[str, str]) -> list[str]:
    return [name for role, name in files.items() if role in PICTURE_ROLES]


def _bare_loop(case: Case, groups: Sequence[_Group]) -> None:
    for group in groups:
        pictures = [decode(data).pixels for data in group.files]
        for record in group.records[:1] if case.once else group.records:
            case.warp(record, pictures)
        for pixels in group.encoded:
            encode_jpeg(pixels)
