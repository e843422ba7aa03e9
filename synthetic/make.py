"""``make_scenes``: any number of scenes, drawn by several processes, written in order."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from ieiw.synthetic.layouts import Annotations, LayoutWriter, write_pictures
from ieiw.synthetic.scene import render
from ieiw.triplets.errors import UsageError

_CHUNK = 16


@dataclass(frozen=True, slots=True)
class SceneSummary:
    """What was written: pictures, phrases, instances of COCO's categories."""

    pictures: int
    phrases: int
    instances: int

    def as_json(self) -> dict[str, int]:
        """The counts as JSON values."""
        return asdict(self)


def make_scenes(
    out: Path, count: int, seed: int, size: tuple[int, int] = (384, 288), *, workers: int = 1
) -> SceneSummary:
    """Write scenes 0 … count - 1 of a seed in the layouts of PhraseCut (``VGPhraseCut_v0``), COCO (``coco``) and Open Images
    (``openimages``).

    ``truth/removed/TASK.png`` is what the picture of a phrase's task shows without its things; ``truth/scenes.jsonl`` says
    what every scene is made of. The same seed gives the same bytes with any number of workers, and more scenes begin with
    the same ones.

    Args:
        out: folder to write into.
        count: number of scenes.
        seed: of the set.
        size: width, height of the pictures in pixels, at least 128 each.
        workers: processes that draw.

    Raises:
        UsageError: the folder holds scenes already.
    """
    if (out / "truth" / "scenes.jsonl").exists():
        raise UsageError(f"{out}: holds scenes already; choose another folder, or remove that one")
    phrases = instances = 0
    with LayoutWriter(out) as writer:
        for records in _records(out, count, seed, size, workers):
            writer.add(records)
            phrases += sum(len(values) for name, values in records.items() if "/refer_input_" in name)
            instances += sum(
                len(values) for name, values in records.items() if "/instances_" in name and "annotations" in name[-12:]
            )
    return SceneSummary(count, phrases, instances)


def _records(out: Path, count: int, seed: int, size: tuple[int, int], workers: int) -> Iterator[Annotations]:
    one = partial(_one, out, seed, size)
    if workers == 1 or count <= _CHUNK:
        yield from map(one, range(count))
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        for start in range(0, count, _CHUNK * workers * 4):  # bounded, however many there are
            yield from pool.map(one, range(start, min(count, start + _CHUNK * workers * 4)), chunksize=_CHUNK)


def _one(out: Path, seed: int, size: tuple[int, int], index: int) -> Annotations:
    return write_pictures(out, render(seed, index, size))
