"""The loader against bare decoding and its peers: 256 x 256 JPEG triplets (quality 95, 4:4:4) to batches of 32, page cache warm.

Everybody decodes with OpenCV. "Bare" reads each sample at a known place and decodes its two pictures, in plain processes that
hand nothing back. On one core, samples are counted per second of CPU, which other load does not change. Four-core figures are
wall time and want four free cores: contenders take turns of a second each, their workers at work before the clock starts, and
the best turn of each counts.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil

from bench.common import Row
from ieiw.train.data.augment import Augmentation
from ieiw.train.data.blocks import Samples
from ieiw.train.data.dataset import OpenCut
from ieiw.train.data.loader import Loader
from ieiw.train.data.order import Order, SamplingConfig
from ieiw.triplets.images.codec import encode_jpeg
from ieiw.triplets.layout.cut_state import SAMPLE, CutState, ShardFile
from ieiw.triplets.storage.store import open_store

SAMPLES, SHARDS, BATCH, SIZE = 4_000, 4, 32, 256
_ROUNDS = 9
_WARM, _SECONDS = 20, 1.0  # batches before the clock starts; length of a turn
_DISTINCT = 400  # pairs of pictures; their copies lie elsewhere and cost the same


def run() -> list[Row]:
    """Measure everything in one folder of made-up triplets."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        cut = _make(Path(folder))
        rows = [*_rates(cut), _resume(cut), _memory(cut)]
    return [*rows, _large_index()]


def _rates(cut: OpenCut) -> list[Row]:
    cores = min(4, len(os.sched_getaffinity(0)))
    one = {"ours": lambda: _ours(cut, 1, time.process_time), "bare": lambda: _bare(cut, 1, time.process_time)}
    many: dict[str, Callable[[], float]] = {
        "ours": lambda: _ours(cut, cores, time.perf_counter),
        "bare": lambda: _bare(cut, cores, time.perf_counter),
        "webdataset": lambda: _webdataset(cut, cores),
        "torch DataLoader": lambda: _torch(cut, cores),
    }
    single, several = _best(one), _best(many)
    peer = max(("webdataset", "torch DataLoader"), key=lambda name: several[name])
    return [
        _ratio("one core, of bare decoding (CPU time)", single, "bare", 0.9),
        _ratio(f"{cores} processes, of {cores} bare ones", several, "bare", 0.85),
        _ratio(f"{cores} processes, of the best peer ({peer}, {cores} workers)", several, peer, 1.4),
    ]


def _best(cases: dict[str, Callable[[], float]]) -> dict[str, float]:
    """Samples/s of each case, the best of its turns: a turn that other load disturbed says little."""
    rounds = [{name: case() for name, case in cases.items()} for _ in range(_ROUNDS)]
    return {name: max(figures[name] for figures in rounds) for name in cases}


def _ratio(what: str, figures: dict[str, float], other: str, least: float) -> Row:
    ours, theirs = figures["ours"], figures[other]
    figure = f"{ours:,.0f} / {theirs:,.0f} samples/s = {ours / theirs:.2f}"
    return Row(what, figure, f"at least {least}", ours / theirs >= least)


def _rate(batches: Iterator[Any], clock: Callable[[], float]) -> float:
    """Samples/s over one turn, once all workers are at work and what they made ahead has been taken."""
    for _ in range(_WARM):
        next(batches)
    count, began = 0, clock()
    while clock() < began + _SECONDS:
        count += len(next(batches)[0])
    return count / (clock() - began)


def _ours(cut: OpenCut, workers: int, clock: Callable[[], float]) -> float:
    loader = Loader(cut, SamplingConfig(0, BATCH, {}), Augmentation(SIZE), workers=workers)
    rate = _rate(((batch.source, batch.target, batch.instructions) for batch in loader), clock)
    loader.close()
    return rate


def _bare(cut: OpenCut, processes: int, clock: Callable[[], float]) -> float:
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(processes), context.Queue()
    workers = [
        context.Process(target=_decode_all, args=(cut, number, clock, barrier, results)) for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    rates: list[float] = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    return sum(rates)


def _decode_all(cut: OpenCut, seed: int, clock: Callable[[], float], barrier: Any, results: Any) -> None:
    cv2.setNumThreads(1)
    order = np.random.default_rng(seed).permutation(len(cut.samples))
    files = [os.open(Path(cut.store.location) / shard.name, os.O_RDONLY) for shard in cut.state.shards]
    barrier.wait()
    count, began = 0, clock()
    while clock() < began + _SECONDS:
        for entry in cut.samples[np.take(order, range(count, count + BATCH), mode="wrap")].tolist():
            shard, _, _, _, start, target, json_at, source_size, target_size, json_size, _, _ = entry
            data = os.pread(files[shard], json_at + json_size - start, start)
            for at, size in ((0, source_size), (target - start, target_size)):
                cv2.imdecode(np.frombuffer(data, np.uint8, size, at), cv2.IMREAD_COLOR_RGB)
        count += BATCH
    results.put(count / (clock() - began))


def _rgb(data: bytes) -> Any:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)


def _webdataset(cut: OpenCut, workers: int) -> float:
    import torch
    import webdataset

    shards = [str(Path(cut.store.location) / shard.name) for shard in cut.state.shards]
    data = (
        webdataset.WebDataset(shards, shardshuffle=len(shards), seed=0)
        .shuffle(1000)
        .to_tuple("source.jpg", "target.jpg", "json")
        .map(_decoded)
    )
    loader = torch.utils.data.DataLoader(data, batch_size=BATCH, num_workers=workers, collate_fn=_collated)
    return _rate(iter(loader), time.perf_counter)


class _Map:
    """The same samples as a map-style data set."""

    def __init__(self, cut: OpenCut) -> None:
        self._samples = cut.samples
        self._paths = [str(Path(cut.store.location) / shard.name) for shard in cut.state.shards]
        self._files: list[int] = []

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, row: int) -> Any:
        if not self._files:
            self._files = [os.open(path, os.O_RDONLY) for path in self._paths]
        entry = self._samples[row]
        file = self._files[entry["shard"]]
        parts = [
            os.pread(file, int(entry[f"{r}_size"]), int(entry[f"{r}_offset"])) for r in ("source", "target", "json")
        ]
        return _decoded(parts)


def _torch(cut: OpenCut, workers: int) -> float:
    import torch

    samples: Any = _Map(cut)  # no Dataset of torch's, which this module imports only here
    loader = torch.utils.data.DataLoader(
        samples, batch_size=BATCH, shuffle=True, num_workers=workers, collate_fn=_collated
    )
    return _rate(iter(loader), time.perf_counter)


def _decoded(parts: Any) -> Any:
    return _rgb(parts[0]), _rgb(parts[1]), json.loads(parts[2])["instruction"]


def _collated(samples: Any) -> Any:
    import torch

    cv2.setNumThreads(1)
    sources, targets, words = zip(*samples, strict=True)
    return torch.from_numpy(np.stack(sources)), torch.from_numpy(np.stack(targets)), list(words)


def _resume(cut: OpenCut) -> Row:
    def start(share: float) -> float:
        began = time.perf_counter()
        loader = Loader(cut, SamplingConfig(0, BATCH, {}), Augmentation(SIZE), workers=1)
        state = loader.state_dict()
        loader.load_state_dict(state | {"batch": int(loader.order.batches_per_epoch * share)})
        next(loader)
        seconds = time.perf_counter() - began
        loader.close()
        return seconds

    start(0)
    pairs = [(start(0.9), start(0)) for _ in range(4 * _ROUNDS)]
    ratio = statistics.median(a / b for a, b in pairs)
    late = statistics.median(a for a, _ in pairs)
    return Row(
        "first batch at 90 % of an epoch, of a cold start",
        f"{late * 1e3:.0f} ms, {ratio:.2f}",
        "at most 1.2",
        ratio <= 1.2,
    )


def _memory(cut: OpenCut) -> Row:
    """Growth of this process and the decoding ones from the fifth to the fiftieth epoch of 200 samples."""
    small = OpenCut(cut.store, cut.state, cut.side, cut.samples[:200], cut.fingerprint)
    loader = Loader(small, SamplingConfig(0, BATCH, {}), Augmentation(64), workers=2)
    before = 0
    while (batch := next(loader)).epoch < 50:
        if batch.epoch == 5 and batch.number == 0:
            before = _resident()
    grown = (_resident() - before) / 2**20
    loader.close()
    return Row("memory over 50 epochs", f"{grown:+.1f} MiB", "at most 16 MiB", grown < 16)


def _resident() -> int:
    """Bytes of this process and its children."""
    own = psutil.Process()
    return sum(process.memory_info().rss for process in (own, *own.children()))


def _large_index() -> Row:
    """Opening and the first and a late batch of 10,000,000 samples."""
    count, per_shard = 10_000_000, 3_700
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "train.npy"
        samples = np.lib.format.open_memmap(file, mode="w+", dtype=SAMPLE, shape=(count,))
        for start in range(0, count, 1_000_000):
            rows = np.arange(start, start + 1_000_000)
            part = np.zeros(len(rows), SAMPLE)
            part["shard"], part["pair"] = rows // per_shard, rows // 2
            part["source_offset"] = rows % per_shard * 69_000 + 512
            samples[start : start + len(rows)] = part
        del samples
        before, began = psutil.Process().memory_info().rss, time.perf_counter()
        mapped: Samples = np.load(file, mmap_mode="r")
        order = Order(mapped, np.full(-(-count // per_shard), per_shard * 69_000), SamplingConfig(0, 256, {}))
        order.batch(0, 0)
        order.batch(7, int(order.batches_per_epoch * 0.9))
        seconds = time.perf_counter() - began
        grown = (psutil.Process().memory_info().rss - before) / 2**20
    figure = f"{seconds:.2f} s, {grown:.0f} MiB with mapped pages"
    return Row("10,000,000 rows: open, first batch, a batch at 90 %", figure, "under 2 s", seconds < 2)


def _make(folder: Path) -> OpenCut:
    """Shards of photograph-like pictures, and an index of them."""
    import tarfile

    random = np.random.default_rng(0)
    pictures = []
    for _ in range(2 * _DISTINCT):
        # Smooth at large, with fine grain: about 35 kB as JPEG, as photographs of this size have.
        coarse = random.integers(0, 255, (24, 24, 3), dtype=np.uint8)
        smooth = cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC).astype(np.float32)
        grainy = np.clip(smooth + random.normal(0, 3.0, smooth.shape), 0, 255).astype(np.uint8)
        pictures.append(encode_jpeg(grainy).data)
    samples = np.zeros(SAMPLES, SAMPLE)
    (folder / "shards").mkdir()
    shards = []
    for shard in range(SHARDS):
        path = folder / "shards" / f"{shard}.tar"
        with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
            for row in range(shard * SAMPLES // SHARDS, (shard + 1) * SAMPLES // SHARDS):
                at = 2 * (row % _DISTINCT)
                _add(tar, samples[row], row, pictures[at : at + 2])
                samples[row]["shard"], samples[row]["pair"] = shard, row
        shards.append(ShardFile(name=f"shards/{shard}.tar", size=path.stat().st_size))
    state = CutState(
        name="bench", kind="view", index_sha256=(), backends={}, rules={}, scores={}, candidates=SAMPLES, kept=SAMPLES,
        train=SAMPLES, validation=0, funnel=(), licences={}, shards=tuple(shards), sources=("bench",), tasks=("edit",), files=(),
    )  # fmt: skip
    return OpenCut(open_store(folder), state, "train", samples, "0" * 64)


def _add(tar: Any, entry: Any, row: int, pictures: list[bytes]) -> None:
    import io
    import tarfile

    words = {"instruction": f"Remove thing {row}.", "alternatives": [f"Remove thing {row}."], "task": "removal"}
    parts = [*pictures, json.dumps(words).encode()]
    for role, extension, data in zip(
        ("source", "target", "json"), (".source.jpg", ".target.jpg", ".json"), parts, strict=True
    ):
        info = tarfile.TarInfo(f"{row:06}{extension}")
        info.size = len(data)
        entry[f"{role}_offset"], entry[f"{role}_size"] = tar.offset + 512, len(data)
        tar.addfile(info, io.BytesIO(data))
    entry["width"] = entry["height"] = SIZE
