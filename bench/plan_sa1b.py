"""Planning SA-1B from its tars as they are handed out, never unpacked: time, bytes read, memory for one, two and four tars.

A tar holds 11,000 pictures with 100 regions each, in the official form; pictures are tiny, the jsons of full length. Each plan runs
in a process of its own on one core, with nothing known of the tars before. Bytes are what the process read of all files.
"""

from __future__ import annotations

import io
import json
import random
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.common import Row, here
from bench.gallery_regions import SIZE, Outline, outlines
from ieiw.triplets.images.masks import from_rle, to_rle

_PICTURES, _REGIONS = 11_000, 100
_TARS = (1, 2, 4)
_SECONDS, _SHARE_READ, _GROWTH = 10, 0.1, 1.05
_DOCUMENTS = 20
"""So many jsons are made up; pictures take turns."""


def write_tar(path: Path, first: int, pictures: int, regions: int) -> None:
    """Pictures ``sa_<first>`` and on, each before its json, as in the official tars."""
    dice, drawn = random.Random(0), outlines(200)
    bodies = [json.dumps([_region(each, dice) for each in dice.choices(drawn, k=regions)]) for _ in range(_DOCUMENTS)]
    picture = cv2.imencode(".jpg", np.full((8, 12, 3), 128, np.uint8))[1].tobytes()
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for number in range(first, first + pictures):
            image = {"image_id": number, "width": SIZE[0], "height": SIZE[1], "file_name": f"sa_{number}.jpg"}
            document = f'{{"image": {json.dumps(image)}, "annotations": {bodies[number % _DOCUMENTS]}}}'.encode()
            for suffix, content in ((".jpg", picture), (".json", document)):
                member = tarfile.TarInfo(f"./sa_{number}{suffix}")
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))


def _region(outline: Outline, dice: random.Random) -> dict[str, Any]:
    """An annotation with the official fields."""
    x, y, width, height = outline.box
    whole = np.zeros(SIZE[::-1], np.bool_)
    whole[y : y + height, x : x + width] = from_rle(outline.rle)
    return {
        "bbox": [float(x), float(y), float(width), float(height)],
        "area": int(np.count_nonzero(whole)),
        "segmentation": {"size": [SIZE[1], SIZE[0]], "counts": to_rle(whole).counts},
        "predicted_iou": dice.uniform(0.88, 1),
        "point_coords": [[x + width / 2, y + height / 2]],
        "crop_box": [0.0, 0.0, float(SIZE[0]), float(SIZE[1])],
        "id": dice.randrange(10**9),
        "stability_score": dice.uniform(0.92, 1),
    }


def plan_here(root: Path, out: Path) -> dict[str, float]:
    """Plan; seconds, CPU seconds, bytes read, peak bytes and attempts. For a process of its own."""
    from ieiw.builders import catalogue
    from ieiw.pipelines.planning.planner import plan_units
    from ieiw.triplets.layout.plan import UnitRef, plan_rows, write_plan
    from ieiw.triplets.storage.store import open_store

    before, peak_before = _read(), _peak()
    started, worked = time.perf_counter(), time.process_time()
    source = catalogue.source("sa-1b", name="sa-1b", root=str(root), split="all", options={})
    first = UnitRef("sa-1b", "0" * 64, 0, 0)
    units = plan_units(source, "sa-1b", ("replacement",), variants=1, attempts_per_unit=2_000, key="bench")
    size = write_plan(open_store(out), (plan_rows(unit.attempts, f"{unit.number:06}") for unit in units), first)
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    return {
        "seconds": seconds,
        "cpu": cpu,
        "read": _read() - before,
        "peak": _peak(),
        "imports": peak_before,
        "attempts": size.attempts,
        "units": size.units,
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def _read() -> int:
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return int(lines[0].removeprefix("rchar: "))


def run(pictures: int = _PICTURES, regions: int = _REGIONS, tars: Sequence[int] = _TARS) -> list[Row]:
    """Write tars, plan the first few of them each time, report."""
    rows, found = list[Row](), list[dict[str, float]]()
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        root = Path(folder) / "tars"
        root.mkdir()
        written = 0
        for count in tars:
            for number in range(written, count):
                write_tar(root / f"sa_{number:06}.tar", number * pictures + 1, pictures, regions)
            written = count
            found.append(_planned(root, Path(folder) / str(count)))
            size = sum(file.stat().st_size for file in root.iterdir())
            rows += _rows(count, size, found[-1])
    growth = found[-1]["peak"] / found[0]["peak"]
    name = f"peak memory of {tars[-1]} tars over that of {tars[0]}"
    return [*rows, Row(name, f"{growth:.2f} x", f"{_GROWTH} x", growth <= _GROWTH)]


def _planned(root: Path, place: Path) -> dict[str, float]:
    command = ["taskset", "-c", "0", sys.executable, "-m", "bench.plan_sa1b", str(root), str(place / "out")]
    environment = here() | {"XDG_CACHE_HOME": str(place / "cache")}
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    found: dict[str, float] = json.loads(output)
    return found


def _rows(count: int, size: int, found: dict[str, float]) -> list[Row]:
    share, limit = found["read"] / size, _SECONDS * count
    what = f"{count} tar{'s' * (count > 1)}, {size / 1e9:.2f} GB, {found['attempts']:,.0f} pictures, {found['units']:.0f} units"
    return [
        Row(
            f"plan of {what}",
            f"{found['cpu']:.1f} s of CPU ({found['seconds']:.1f} s with other programs beside)",
            f"{limit} s",
            found["cpu"] <= limit,
        ),
        Row(
            "bytes read for that",
            f"{found['read'] / 1e6:.0f} MB, {share:.1%}",
            f"{_SHARE_READ:.0%}",
            share <= _SHARE_READ,
        ),
        Row("peak memory of that", f"{found['peak'] / 1e6:.0f} MB", "stated", True),
    ]


if __name__ == "__main__":
    print(json.dumps(plan_here(Path(sys.argv[1]), Path(sys.argv[2]))))
