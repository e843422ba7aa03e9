"""Planning annotation files of the size of COCO's train2017 on one core: CPU time and peak memory, and the memory of a worker.

``instances`` and the stuff json have 118,000 pictures and 860,000 elements, key points 262,000 persons on 64,000 pictures. A worker
builds one unit of 640 x 480 pictures; it reads the plan, not the annotations.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.common import Row, here
from bench.pictures import SIZE, blob, photograph_crops
from ieiw.builders.instructions.joints import LAYOUTS

_SECONDS, _PLAN_BYTES, _WORKER_BYTES = 90, 3e9, 600e6
_DISTINCT = 500
"""So many outlines are drawn; the elements take turns, or writing would take longer than planning."""


@dataclass(frozen=True, slots=True)
class Case:
    """One annotation file: what is planned of it, how large it is, and one element's own fields."""

    dataset: str
    tasks: tuple[str, ...]
    file: str
    pictures: int
    elements: int
    fields: Callable[[random.Random], dict[str, Any]]
    categories: list[dict[str, Any]]
    options: dict[str, str] = field(default_factory=dict)


def _outline(dice: random.Random) -> dict[str, Any]:
    """An outline and its box."""
    corners = blob(SIZE, dice)
    left, top = (min(corner[at] for corner in corners) for at in (0, 1))
    right, bottom = (max(corner[at] for corner in corners) for at in (0, 1))
    box = [round(value, 2) for value in (left, top, right - left, bottom - top)]
    return {"segmentation": [sum(corners, [])], "area": 1234.5, "iscrowd": 0, "bbox": box}


def _joints(dice: random.Random) -> dict[str, Any]:
    """A person of one of several sizes, joints within the box."""
    thing = _outline(dice)
    left, top, width, height = thing["bbox"]
    flat = [n for _ in range(17) for n in (round(left + dice.random() * width), round(top + dice.random() * height), 2)]
    return {"keypoints": flat, "num_keypoints": 17, **thing}


def _runs(dice: random.Random) -> dict[str, Any]:
    """One of twelve tiles of the picture as run lengths, some 500 bytes, so that those of a picture seldom overlap."""
    import numpy as np
    from pycocotools import mask

    tile = np.zeros((SIZE[1], SIZE[0]), np.uint8, order="F")
    row, column = dice.randrange(3), dice.randrange(4)
    for x in range(160):
        y = row * 160 + dice.randrange(30)
        tile[y : y + 100, column * 160 + x] = 1
    runs = mask.encode(tile)
    segmentation = {"size": runs["size"], "counts": runs["counts"].decode()}
    return {"segmentation": segmentation, "area": 1234.0, "iscrowd": 0, "bbox": [0.0, 0.0, 640.0, 480.0]}


_NOUNS = ("car", "ball", "box", "cup", "chair", "dog", "bird", "kite", "vase", "lamp")
_ADJECTIVES = ("red", "green", "blue", "yellow", "white", "black", "large", "small")
_NAMES = [f"{adjective} {noun}" for adjective in _ADJECTIVES for noun in _NOUNS]
_KINDS = [{"id": number, "name": name, "supercategory": "thing"} for number, name in enumerate(_NAMES, 1)]
_PERSON = [{"id": 1, "name": "person", "supercategory": "person", "keypoints": list(LAYOUTS["coco"])}]
_STUFF = [{"id": number, "name": f"stuff {number}", "supercategory": "stuff"} for number in range(92, 183)]
CASES = (
    Case("coco-instances", ("removal", "addition"), "instances", 118_000, 860_000, _outline, _KINDS),
    Case("coco-instances", ("detect",), "instances", 118_000, 860_000, _outline, _KINDS, {"records": "classes"}),
    Case("coco-keypoints", ("keypoints",), "person_keypoints", 64_000, 262_000, _joints, _PERSON),
    Case("coco-stuff", ("segment",), "stuff", 118_000, 860_000, _runs, _STUFF, {"form": "json"}),
)


def write_annotation(root: Path, case: Case) -> Path:
    """Write the file, streaming; there are no pictures yet."""
    dice = random.Random(0)
    (root / "annotations").mkdir(parents=True, exist_ok=True)
    (root / "images" / "train2017").mkdir(parents=True, exist_ok=True)
    path = root / "annotations" / f"{case.file}_train2017.json"
    size = {"height": SIZE[1], "width": SIZE[0]}
    images = ({"license": 1, "file_name": f"{n:012}.jpg", **size, "id": n} for n in range(case.pictures))
    bodies = [json.dumps(case.fields(dice))[1:] for _ in range(_DISTINCT)]
    kinds = [category["id"] for category in case.categories]
    elements = (  # in no order of pictures, as the official files have them
        f'{{"id": {n}, "image_id": {n * 7_919 % case.pictures}, "category_id": {dice.choice(kinds)}, {dice.choice(bodies)}'
        for n in range(case.elements)
    )
    with path.open("w", encoding="utf-8") as file:
        file.write('{"info": {}, "images": [')
        file.writelines(_joined(json.dumps(image) for image in images))
        file.write('], "annotations": [')
        file.writelines(_joined(elements))
        file.write(f'], "categories": {json.dumps(case.categories)}}}')
    return path


def _joined(parts: Iterator[str]) -> Iterator[str]:
    for number, part in enumerate(parts):
        yield f", {part}" if number else part


def plan_here(root: Path, out: Path, case: Case) -> dict[str, float]:
    """Plan; seconds, CPU seconds, peak bytes and attempts. For a process of its own."""
    from ieiw.pipelines.planning.prepare import prepare
    from ieiw.pipelines.recipe.components import Components
    from ieiw.triplets.layout.recipe import Recipe
    from ieiw.triplets.storage.store import open_store

    block = {
        "name": case.dataset,
        "root": str(root),
        "split": "train2017",
        "tasks": case.tasks,
        "options": case.options,
    }
    values = {"unit_bytes": "8MB", "sources": [block | {"max_reject_share": 1}], "backends": {"inpaint": "noop"}}
    started, worked = time.perf_counter(), time.process_time()
    state = prepare(open_store(out), Components(Recipe.model_validate(values)))
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    return {"seconds": seconds, "cpu": cpu, "peak": _peak(), "attempts": state.sources[case.dataset].attempts}


def build_here(root: Path, out: Path) -> dict[str, float]:
    """Give the pictures of one unit, build it, and say the peak. For a process of its own."""
    import cv2

    from ieiw.pipelines.build.worker import UnitBuilder
    from ieiw.triplets.layout.build_state import require_state
    from ieiw.triplets.layout.plan import read_attempts
    from ieiw.triplets.storage.store import open_store

    store = open_store(out)
    ref = next(iter(require_state(store).refs()))
    picture = root / "one.jpg"
    cv2.imwrite(str(picture), next(photograph_crops(1, SIZE, random.Random(0)))[..., ::-1])
    for attempt in read_attempts(store, ref):
        for name in attempt.record.files.values():
            file = root / name
            if name.endswith(".jpg") and not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.hardlink_to(picture)
    built, rejected = UnitBuilder(store.location).work(ref).values()
    return {"peak": _peak(), "built": built, "rejected": rejected}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def run(cases: tuple[Case, ...] = CASES) -> list[Row]:
    """Generate each file, plan it in a child process pinned to one core, build a unit in another, report."""
    rows = []
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
            size = write_annotation(Path(folder), case).stat().st_size
            found: list[dict[str, float]] = []
            for job in ("plan", "build"):
                arguments = ["-m", "bench.plan_coco", job, str(CASES.index(case)), folder]
                command = ["taskset", "-c", "0", sys.executable, *arguments]
                output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=here()).stdout
                found.append(json.loads(output))
        planned, built = found
        what = f"{case.dataset} for {' and '.join(case.tasks)}"
        file = f"{case.elements:,} elements, {size / 1e6:.0f} MB, {planned['attempts']:,} attempts"
        rows += [
            Row(
                f"plan {what} ({file}) on one core",
                f"{planned['cpu']:.0f} s of CPU ({planned['seconds']:.0f} s with other programs beside)",
                f"{_SECONDS} s",
                planned["cpu"] < _SECONDS,
            ),
            Row("peak memory of that", f"{planned['peak'] / 1e6:.0f} MB", "3 GB", planned["peak"] < _PLAN_BYTES),
            Row(
                f"peak memory of a worker ({built['built']:.0f} triplets, {built['rejected']:.0f} rejects)",
                f"{built['peak'] / 1e6:.0f} MB",
                "600 MB",
                built["peak"] < _WORKER_BYTES,
            ),
        ]
    return rows


def main(job: str, number: str, folder: str) -> None:
    """What the child processes do."""
    root, out = Path(folder), Path(folder) / "out"
    done = plan_here(root, out, CASES[int(number)]) if job == "plan" else build_here(root, out)
    print(json.dumps(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
