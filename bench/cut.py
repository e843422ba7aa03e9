"""Cuts: a view of 1,000,000 rows in time and memory; copying against a plain file copy of the kept bytes; what scoring spends
outside decoding and the scores' own arithmetic.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.common import Row, median_ratio
from bench.overhead import _planned
from bench.pictures import write_phrasecut
from ieiw.filters.registry import embedded, load
from ieiw.filters.scores.base import Pair
from ieiw.pipelines.build.worker import UnitBuilder
from ieiw.pipelines.cut.choose import Chosen
from ieiw.pipelines.cut.copy_shards import materialise, remove_shards
from ieiw.pipelines.index.score_notes import facts_of, value_type
from ieiw.pipelines.scoring.worker import Scorers, score_rows, scorers
from ieiw.triplets.drawings.answers import masks_of, read_answer
from ieiw.triplets.images.codec import decode
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.layout.build_state import BuildState, IndexPart, save_state
from ieiw.triplets.layout.cut_state import SAMPLE, ShardFile
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.layout.rows import ROWS
from ieiw.triplets.layout.shards import BLOCK, shard_size
from ieiw.triplets.layout.tables import ROWS_PER_PART
from ieiw.triplets.records import Mask
from ieiw.triplets.storage.store import Store, open_store

_ROWS = 1_000_000
_RUNS = 10
_PER_SHARD = 5_000
_CUT = """
import json, re, sys, time
from pathlib import Path
from ieiw.pipelines.cut.run import cut
from ieiw.pipelines.cut.default_rules import DEFAULT
wall, cpu = time.perf_counter(), time.process_time()
state = cut(sys.argv[1], sys.argv[2], DEFAULT)
# Not getrusage: its peak counts what the process that started this one held.
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu, peak * 1024 / 1e9, state.kept, len(state.shards)]))
"""


def made_up_build(folder: Path, rows: int = _ROWS) -> Store:
    """A complete, scored build of that many rows: index and scores are real files, shards are holes of the right size.

    No two pictures are alike, which is the hardest case: two distinct pictures a row.
    """
    store = open_store(folder)
    random = np.random.default_rng(0)
    pictures = np.frombuffer(random.bytes(32 * 2 * rows), np.uint8).reshape(-1, 32)
    digests = pa.array([row.tobytes().hex() for row in pictures])
    parts = []
    for number, start in enumerate(range(0, rows, ROWS_PER_PART)):
        stop = min(start + ROWS_PER_PART, rows)
        name = f"index/rows-{number:05d}.parquet"
        table = _index(random, digests, start, stop)
        store.publish_bytes(name, _parquet(table))
        parts.append(IndexPart(name=name, rows=stop - start, sha256=f"{number:064x}"))
        filled = table["json_offset"].to_numpy() + table["json_size"].to_numpy()
        last = [*range(_PER_SHARD - 1, len(filled), _PER_SHARD), len(filled) - 1]
        ends = {table["shard"][at].as_py(): int(filled[at]) for at in last}
        for shard, end in ends.items():
            store.publish_bytes(shard, b"")
            os.truncate(folder / shard, shard_size(end))
    recipe = Recipe.model_validate({"sources": [{"name": "made-up", "root": "x", "tasks": ["removal"]}]})
    backends = {"inpaint": {"name": "noop", "stand_in": "yes"}}
    state = BuildState(state="complete", recipe=recipe, backends=backends, sources={}, index=tuple(parts))
    save_state(store, state)
    _scores(store, state, random, digests, rows)
    return store


def _index(random: np.random.Generator, digests: pa.Array, start: int, stop: int) -> pa.Table:
    numbers = np.arange(start, stop)
    sizes = {role: random.integers(low, high, len(numbers)) for role, low, high in _SIZES}
    blocks = sum(BLOCK + _padded(size) for size in sizes.values())
    at = np.cumsum(blocks) - blocks
    at -= np.repeat(at[::_PER_SHARD], _PER_SHARD)[: len(at)]
    columns: dict[str, Any] = {name: [""] * len(numbers) for name in ROWS.names}
    columns |= {
        "key": [f"made-up-{number:020d}" for number in numbers],
        "source": ["made-up"] * len(numbers),
        "task": np.where(numbers % 2, "addition", "removal"),
        "group": [str(number // 3) for number in numbers],
        "picture_sha256": digests.take(pa.array(numbers // 3)),
        "pair": [f"{number // 2:020x}" for number in numbers],
        "licence": [f"CC-BY-4.0, http://pictures.example/{number // 3}" for number in numbers],
        "shard": [f"shards/made-up-{number // _PER_SHARD:06d}.tar" for number in numbers],
        "source_sha256": digests.slice(2 * start, 2 * len(numbers)).take(pa.array(2 * (numbers - start))),
        "target_sha256": digests.slice(2 * start, 2 * len(numbers)).take(pa.array(2 * (numbers - start) + 1)),
    }
    for name in ("variant", "width", "height"):
        columns[name] = np.full(len(numbers), 256)
    columns["region_share"] = np.full(len(numbers), 0.1)
    for role, size in sizes.items():
        columns[f"{role}_offset"], columns[f"{role}_size"] = at + BLOCK, size
        at = at + BLOCK + _padded(size)
    return pa.table({field.name: pa.array(columns[field.name]).cast(field.type) for field in ROWS}, schema=ROWS)


_SIZES = (("source", 20_000, 40_000), ("target", 20_000, 40_000), ("json", 800, 1200))


def _padded(sizes: Any) -> Any:
    return -(-sizes // BLOCK) * BLOCK


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _scores(store: Store, state: BuildState, random: np.random.Generator, digests: pa.Array, rows: int) -> None:
    """Values spread so that each default rule drops a few per cent."""
    keys = pa.array([f"made-up-{number:020d}" for number in range(rows)])
    order = pa.compute.sort_indices(digests)
    digests = digests.take(order)
    centres = {"sharpness": 0.5, "noise": 0.5, "blockiness": 1.1, "exposure": 0.95, "contrast": 0.2, "seam": 1.2}
    centres |= {"change-inside": 0.6, "change-outside": 0.0, "detail-inside": 0.7, "colourfulness": 30}
    for name in embedded():
        note = facts_of(state, load(name))
        ids = keys if note["kind"] == "pair" else digests
        if name == "phash":
            values: Any = random.integers(0, 2**64, len(ids), dtype=np.uint64)
        else:
            values = np.abs(random.normal(centres[name], max(centres[name], 0.04) / 8, len(ids))).astype(np.float32)
        table = pa.table({"id": ids, "value": pa.array(values, value_type(load(name)))})
        store.publish_bytes(f"scores/{name}/values.parquet", _parquet(table))
        note["ids_sha256"] = note["kind"]
        store.publish_bytes(f"scores/{name}/score.json", json.dumps(note).encode())


def view(folder: Path) -> list[Row]:
    """View cuts in processes of their own: the slowest of ten, and the largest."""
    made_up_build(folder)
    done = []
    for number in range(_RUNS):
        command = [sys.executable, "-c", _CUT, str(folder), f"view-{number}"]
        done.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    wall, cpu, _, kept, shards = max(done)
    memory = max(each[2] for each in done)
    what = f"view of {_ROWS:,} rows, {kept:,} kept in {shards:,} shards"
    times = f"{wall:.1f} s ({cpu:.1f} s CPU; quickest {min(done)[0]:.1f} s)"
    return [
        Row(f"{what}: time, slowest of {_RUNS}", times, "5 s", wall < 5),
        Row(f"{what}: memory", f"{memory:.2f} GB", "1 GB", memory < 1),
    ]


def _real_shards(folder: Path, shards: int = 4, samples: int = 1000) -> tuple[Store, Chosen]:
    """Shards of about 60 MB, and nine samples of ten of them chosen."""
    store, random = open_store(folder), np.random.default_rng(1)
    noise = random.bytes(2**20)
    rows: list[tuple[int, ...]] = []
    files, keys = [], []
    for shard in range(shards):
        path = folder / f"shards/made-up-{shard}.tar"
        path.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
            for number in range(samples):
                key, spans = f"made-up-{shard:04d}{number:016d}", []
                for role, low, high in _SIZES:
                    info = tarfile.TarInfo(f"{key}.json" if role == "json" else f"{key}.{role}.jpg")
                    info.size = int(random.integers(low, high))
                    spans += [tar.offset + BLOCK, info.size]
                    tar.addfile(info, io.BytesIO(noise[: info.size]))
                rows.append((shard, *spans))
                keys.append(key)
        files.append(ShardFile(name=f"shards/{path.name}", size=path.stat().st_size))
    table = np.array(rows)
    found = np.zeros(len(table), SAMPLE)
    names = ("shard", *(f"{role}_{part}" for role, _, _ in _SIZES for part in ("offset", "size")))
    for at, name in enumerate(names):
        found[name] = table[:, at]
    keep = random.uniform(size=len(found)) < 0.9
    kept_keys = pa.chunked_array([pa.array(np.array(keys)[keep].tolist())])
    held_back = np.zeros(int(keep.sum()), np.bool_)
    return store, Chosen(
        np.flatnonzero(keep), found[keep], held_back, kept_keys, tuple(files), ("made-up",), ("removal",)
    )


def copies(folder: Path) -> list[Row]:
    """Materialise against ``shutil.copyfile`` of as many bytes, both synced to disk; in turn, median of five."""
    store, chosen = _real_shards(folder)
    size = sum(file.size for file in chosen.shards)
    kept = 0

    def ours() -> float:
        nonlocal kept
        remove_shards(store, "bench")
        started = time.perf_counter()
        made = materialise(store, "bench", chosen, 64 * 10**6)
        kept = sum(file.size for file in made.shards)
        return kept / (time.perf_counter() - started)

    def plain() -> float:
        for number in range(len(chosen.shards)):
            (folder / f"copy-{number}").unlink(missing_ok=True)
        started = time.perf_counter()
        for number, file in enumerate(chosen.shards):
            shutil.copyfile(folder / file.name, folder / f"copy-{number}")
            with (folder / f"copy-{number}").open("rb") as copy:
                os.fsync(copy.fileno())
        return size / (time.perf_counter() - started)

    mine, theirs, ratio = median_ratio(ours, plain)
    figure = (
        f"{ratio:.2f} x ({mine / 1e6:.0f} against {theirs / 1e6:.0f} MB/s; {kept / 1e6:.0f} MB in samples of 60 kB)"
    )
    return [Row("materialising, rate over a plain file copy", figure, "0.7 x", ratio >= 0.7)]


def scoring(folder: Path) -> list[Row]:
    """CPU of scoring units against decoding each picture once and asking each score once, on the same bytes."""
    root = write_phrasecut(folder / "in" / "VGPhraseCut_v0", 24)
    store, refs = _planned(root, folder / "out", "noop")
    builder, wanted = UnitBuilder(store.location), scorers(embedded(), {})
    shares = []
    for ref in refs:
        builder.work(ref)
        rows = pq.read_table(io.BytesIO(store.read(ref.rows)), schema=ROWS)
        score_rows(store, rows, wanted)  # libraries are loaded, pages are in memory
        started = time.process_time()
        score_rows(store, rows, wanted)
        whole = time.process_time() - started
        shares.append(1 - _bare_scores(store, rows, wanted) / whole)
    share = float(np.median(shares))
    what = f"scoring, share of CPU outside decoding and the scores' arithmetic (median of {len(shares)} units)"
    return [Row(what, f"{share:.1%}", "10 %", share <= 0.1)]


def _bare_scores(store: Store, rows: pa.Table, wanted: Scorers) -> float:
    """CPU seconds of the work that nobody can leave out; the holes are unpacked before the clock starts."""
    pictures: dict[str, bytes] = {}
    pairs: list[tuple[str, str, Mask | None]] = []
    for row in rows.to_pylist():
        source, target, sample = (
            store.read_range(row["shard"], row[f"{role}_offset"], row[f"{role}_size"])
            for role in ("source", "target", "json")
        )
        pictures |= {row["source_sha256"]: source, row["target_sha256"]: target}
        rle = masks_of(read_answer(sample)).get("hole")
        hole = from_rle(rle) if rle else None
        pairs.append((row["source_sha256"], row["target_sha256"], hole))
    started = time.process_time()
    decoded = {digest: np.ascontiguousarray(decode(data).pixels) for digest, data in pictures.items()}
    for picture in decoded.values():
        for score in wanted.pictures:
            score.of_picture(picture)
    for before, after, hole in pairs:
        for each in wanted.pairs:
            each.of_pair(Pair(decoded[before], decoded[after], hole))
    return time.process_time() - started


def run() -> list[Row]:
    """All three, one after another."""
    cv2.setNumThreads(1)
    rows: list[Row] = []
    for measure in (view, copies, scoring):
        with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
            rows += measure(Path(folder))
    return rows
