"""What a triplet costs beside decoding, inpainting and encoding it: ours against the bare loop, same pixels, one process."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from bench.common import Row, median_ratio
from bench.pictures import recipe, write_phrasecut
from ieiw.models.roles import INPAINT
from ieiw.pipelines.build.worker import UnitBuilder
from ieiw.pipelines.planning.prepare import prepare
from ieiw.pipelines.recipe.components import Components
from ieiw.triplets.images.codec import decode, encode_jpeg, resize_mask, resize_short
from ieiw.triplets.images.masks import dilate, polygons_mask
from ieiw.triplets.layout.plan import UnitRef, read_attempts
from ieiw.triplets.records import Attempt, Image, Mask
from ieiw.triplets.storage.store import Store, open_store

_PICTURES = 120


def run() -> list[Row]:
    """Both promises: CPU of everything else with the no-op inpainter, and the whole with the stand-in."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        root = write_phrasecut(Path(folder) / "VGPhraseCut_v0", _PICTURES)
        store, refs = _planned(root, Path(folder) / "noop", "noop")
        builder = UnitBuilder(store.location)
        left, count = [], 0
        for ref in refs:  # each unit's build, less the three on the same pictures alone, in turn
            attempts = list(read_attempts(store, ref))
            started = time.process_time()
            made = builder.work(ref)["built"]
            whole = time.process_time() - started
            left.append((whole - _three_alone(root, attempts)) / made)
            count += made
        spare = statistics.median(left)
        ratio, ours, bare = _against_bare_loop(root, Path(folder))
    return [
        Row(
            f"CPU per 256² triplet outside decode, inpaint and encode (no-op inpainter, {count:,} triplets)",
            f"{spare * 1e3:.2f} ms",
            "2 ms",
            spare <= 2e-3,
        ),
        Row(
            "whole unit with the stand-in over the bare loop (decode, mask, resize, inpaint, composite, encode)",
            f"{ratio:.2f} x ({ours * 1e3:.1f} ms against {bare * 1e3:.1f} ms a triplet)",
            "1.15 x",
            ratio <= 1.15,
        ),
    ]


def _three_alone(root: Path, attempts: list[Attempt]) -> float:
    """CPU seconds of decoding each picture once, painting each record, encoding a source a picture and a target a record."""
    painter = INPAINT.make("noop", {})
    spent = 0.0
    picture, group = None, ""
    for attempt in _records(attempts):
        if attempt.record.group != group:
            data = (root / attempt.record.files["picture"]).read_bytes()
            started = time.process_time()
            whole = decode(data).pixels
            spent += time.process_time() - started
            group, picture = attempt.record.group, resize_short(whole, 256)
            started = time.process_time()
            encode_jpeg(picture)
            spent += time.process_time() - started
        assert picture is not None
        hole = _hole(attempt, picture)
        started = time.process_time()
        encode_jpeg(painter.paint([picture], [hole])[0])
        spent += time.process_time() - started
    return spent


def _against_bare_loop(root: Path, folder: Path) -> tuple[float, float, float]:
    """Median ratio of a unit's time to the bare loop's, and both times a triplet."""
    store, refs = _planned(root, folder / "classical", "classical")
    ref = max(refs, key=lambda each: len(list(read_attempts(store, each))))
    attempts = list(read_attempts(store, ref))
    UnitBuilder(store.location).work(ref)  # warm: imports, caches

    def ours() -> float:
        store.delete(ref.rows)
        builder = UnitBuilder(store.location)
        started = time.process_time()
        counted[0] = builder.work(ref)["built"]
        return time.process_time() - started

    def bare() -> float:
        """The least that makes the same pixels: nothing is checked, named, counted or written."""
        started = time.process_time()
        painter = INPAINT.make("classical", {})
        picture, group = None, ""
        for attempt in _records(attempts):
            if attempt.record.group != group:
                group = attempt.record.group
                picture = resize_short(decode((root / attempt.record.files["picture"]).read_bytes()).pixels, 256)
                encode_jpeg(picture)
            assert picture is not None
            hole = _hole(attempt, picture)
            if hole.mean() <= 0.6:
                painted = painter.paint([picture], [hole])[0]
                encode_jpeg(np.where(hole[..., None], painted, picture))
        return time.process_time() - started

    counted = [1]
    left, right, ratio = median_ratio(ours, bare)
    return ratio, left / counted[0], right / counted[0]


def _hole(attempt: Attempt, picture: Image) -> Mask:
    size = attempt.record.size
    assert size is not None
    mask = resize_mask(polygons_mask(attempt.record.annotation["Polygons"], size), (picture.shape[1], picture.shape[0]))
    return dilate(mask, 4.0, 3.0)


def _records(attempts: list[Attempt]) -> list[Attempt]:
    """One attempt a record: both directions share their pixels."""
    return [attempt for attempt in attempts if attempt.task == "removal"]


def _planned(root: Path, out: Path, backend: str) -> tuple[Store, list[UnitRef]]:
    store = open_store(out)
    state = prepare(store, Components(recipe(root, backend=backend)))
    return store, list(state.refs())
