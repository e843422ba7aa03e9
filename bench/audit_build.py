"""A build of a million rows without building one: real index, scores, rejects and pictures, made up in half a minute.

Every picture has bytes and a digest of its own, though few are drawn: what follows a JPEG's end is ignored, so longer and longer
ranges of one file are different files with the same picture.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.filters.registry import embedded, load
from ieiw.pipelines.index.score_notes import facts_of
from ieiw.triplets.images.codec import encode_jpeg
from ieiw.triplets.layout.build_state import BuildState, IndexPart, SourceCounts, SourceState, save_state
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.layout.rows import REJECTS, ROWS
from ieiw.triplets.rejects import Reason
from ieiw.triplets.storage.store import open_store

_SOURCES, _TASKS, _UNIT, _PART = 20, ("removal", "addition", "keypoints"), 4000, 500_000
_PAIRS, _RECORD = 64, 10_240  # a tar is padded to records
_WORDS = "remove the red car dog left of man with hat on wooden table near a window please make it look blue".split()
_SPREAD = {
    "sharpness": (0.42, 0.1),
    "exposure": (0.85, 0.1),
    "contrast": (0.2, 0.05),
    "noise": (2.0, 1.2),
    "blockiness": (1.2, 0.25),
    "colourfulness": (45.0, 18.0),
    "seam": (1.0, 0.15),
    "change-inside": (0.7, 0.2),
    "change-outside": (0.001, 0.006),
}


def write_build(folder: Path, rows: int, rejects: int, seed: int = 0) -> None:
    """Write build.json, index, scores and one file of pictures."""
    random = np.random.default_rng(seed)
    for name in ("index", "shards", "scores"):
        (folder / name).mkdir(parents=True)
    digests = _pictures(folder / "shards" / "all.tar", -(-rows // _PAIRS), random)
    source = np.sort(random.integers(0, _SOURCES, rows))
    keys = _keys(source, random)
    parts = list(_index(folder, keys, source, digests, random))
    dead = np.sort(random.integers(0, _SOURCES, rejects))
    reasons = [reason.value for reason in Reason][:8]
    columns = _who(_keys(dead, random), dead, random) | {
        "reason": [reasons[at] for at in random.integers(0, len(reasons), rejects).tolist()],
        "stage": ["task"] * rejects,
        "detail": ["12 pixels of 65,536"] * rejects,
    }
    parts.append(_part(folder, "index/rejects-00000.parquet", pa.table(columns, schema=REJECTS)))
    names = [f"source-{number:02d}" for number in range(_SOURCES)]
    recipe = {"sources": [{"name": name, "root": "data", "tasks": list(_TASKS)} for name in names]}
    built, lost = np.bincount(source, minlength=_SOURCES), np.bincount(dead, minlength=_SOURCES)
    state = BuildState(
        state="complete",
        recipe=Recipe.model_validate(recipe),
        backends={"inpaint": {"name": "classical", "stand_in": "yes"}},
        sources={
            name: SourceState(fingerprint="0" * 64, inputs={}, records=0, attempts=int(b + r), units=0, faults=0)
            for name, b, r in zip(names, built, lost, strict=True)
        },
        counts={
            name: SourceCounts(attempts=int(b + r), built=int(b), rejected=int(r), reasons={}, shards=1, shard_bytes=0)
            for name, b, r in zip(names, built, lost, strict=True)
        },
        index=tuple(parts),
    )
    save_state(open_store(folder), state)
    _scores(folder, keys, digests, state, random)


def _pictures(file: Path, each: int, random: np.random.Generator) -> dict[str, list[tuple[int, int, str]]]:
    """Role -> (offset, size, digest) of rows in order: ``each`` rows for every drawn pair."""
    found: dict[str, list[tuple[int, int, str]]] = {"source": [], "target": []}
    with file.open("wb") as out:
        for _ in range(_PAIRS):
            coarse = random.integers(0, 255, (9, 9, 3), dtype=np.uint8)
            before = cv2.resize(coarse, (256, 256), interpolation=cv2.INTER_CUBIC)
            after = cv2.circle(before.copy(), (128, 128), 50, (200, 30, 40), -1)
            for role, picture in (("source", before), ("target", after)):
                drawn, start = encode_jpeg(np.asarray(picture, np.uint8)).data, out.tell()
                digest = hashlib.sha256(drawn)
                for tail in range(1, each + 1):
                    digest.update(b"\0")
                    found[role].append((start, len(drawn) + tail, digest.copy().hexdigest()))
                out.write(drawn + bytes(each))
        out.write(bytes(-out.tell() % _RECORD + _RECORD))
    return found


def _keys(source: npt.NDArray[np.int64], random: np.random.Generator) -> list[str]:
    tails = base64.b32encode(random.bytes(15 * len(source))).decode().lower()
    return [f"source-{number:02d}-{tails[24 * at : 24 * at + 20]}" for at, number in enumerate(source.tolist())]


def _who(keys: list[str], source: npt.NDArray[np.int64], random: np.random.Generator) -> dict[str, Any]:
    count = len(keys)
    return {
        "key": keys,
        "source": [f"source-{number:02d}" for number in source.tolist()],
        "task": [_TASKS[at] for at in random.integers(0, len(_TASKS), count).tolist()],
        "variant": np.zeros(count, np.int32),
        "record": [key[-9:] for key in keys],
        "group": [str(number) for number in random.integers(0, max(1, count // 4), count).tolist()],
        "picture": [f"images/{key[-6:]}.jpg" for key in keys],
        "split": ["train"] * count,
        "unit": [f"{source[at]:06x}-{at // _UNIT:06d}" for at in range(count)],
    }


def _index(
    folder: Path,
    keys: list[str],
    source: npt.NDArray[np.int64],
    digests: dict[str, list[tuple[int, int, str]]],
    random: np.random.Generator,
) -> Iterator[IndexPart]:
    for number, start in enumerate(range(0, len(keys), _PART)):
        chosen = slice(start, min(len(keys), start + _PART))
        count = chosen.stop - start
        words = random.integers(0, len(_WORDS), (count, 6))
        columns = _who(keys[chosen], source[chosen], random) | {
            "pair": keys[chosen],
            "instruction": [" ".join(_WORDS[at] for at in line) for line in words.tolist()],
            "picture_sha256": [spot[2] for spot in digests["source"][chosen]],
            "width": np.full(count, 256, np.int32),
            "height": np.full(count, 256, np.int32),
            "region_share": random.random(count, np.float32),
            "licence": ["CC-BY-4.0"] * count,
            "backend": ["classical"] * count,
            "shard": ["shards/all.tar"] * count,
            "json_offset": np.full(count, (folder / "shards" / "all.tar").stat().st_size - 1536, np.int64),
            "json_size": np.full(count, 512, np.int64),
            "json_sha256": [""] * count,
        }
        for role in ("source", "target"):
            for at, part in enumerate(("offset", "size", "sha256")):
                columns[f"{role}_{part}"] = [spot[at] for spot in digests[role][chosen]]
        yield _part(folder, f"index/rows-{number:05d}.parquet", pa.table(columns, schema=ROWS))


def _part(folder: Path, name: str, table: pa.Table) -> IndexPart:
    pq.write_table(table, folder / name, compression="zstd", row_group_size=_UNIT)
    with (folder / name).open("rb") as file:
        return IndexPart(name=name, rows=table.num_rows, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def _scores(
    folder: Path,
    keys: list[str],
    digests: dict[str, list[tuple[int, int, str]]],
    state: BuildState,
    random: np.random.Generator,
) -> None:
    pictures = pa.array(sorted(spot[2] for role in digests.values() for spot in role[: len(keys)]))
    pairs = pa.array(sorted(keys))
    for name in embedded():
        made = load(name)
        ids = pairs if made.kind == "pair" else pictures
        if name == "phash":
            values: npt.NDArray[Any] = random.integers(0, 2**63, len(ids)).astype(np.uint64)
        else:
            values = np.abs(random.normal(*_SPREAD.get(name, (0.5, 0.15)), len(ids))).astype(np.float32)
        (folder / "scores" / name).mkdir()
        table = pa.table({"id": ids, "value": values})
        pq.write_table(table, folder / "scores" / name / "values.parquet", compression="zstd")
        note = facts_of(state, made) | {"values": len(ids), "undefined": 0}
        (folder / "scores" / name / "score.json").write_text(json.dumps(note))
