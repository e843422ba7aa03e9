"""Cuts for the tests of training: a made-up index, and a real cut of a tiny build written straight from its rows."""

import hashlib
import io

import numpy as np

from ieiw.triplets.layout.cut_state import SAMPLE, CutFile, CutState, FunnelStep, ShardFile, cut_file, sample_file
from tests.support.builds import index as index_rows


def made_up_index(samples=100, per_shard=50, sources=2, sample_bytes=50_000, seed=0):
    """An index without shards: (samples, shard sizes). Samples 2k and 2k+1 are a pair; one source a shard, in turn."""
    rows = np.zeros(samples, SAMPLE)
    number = np.arange(samples)
    rows["shard"] = number // per_shard
    rows["source"] = rows["shard"] % sources
    rows["pair"] = number // 2 + 1
    random = np.random.default_rng(seed)
    sizes = random.integers(sample_bytes // 2, sample_bytes * 3 // 2, samples)
    for shard in np.unique(rows["shard"]):
        mine = rows["shard"] == shard
        ends = np.cumsum(sizes[mine] + 2048)
        rows["source_offset"][mine] = ends - sizes[mine] - 1536
    rows["target_offset"] = rows["source_offset"] + sizes // 2 + 512
    rows["json_offset"] = rows["source_offset"] + sizes + 1024
    rows["source_size"], rows["target_size"], rows["json_size"] = sizes // 2, sizes // 2, 400
    rows["width"] = rows["height"] = 256
    whole = int(rows["json_offset"].max()) + 2048
    return rows, np.full(int(rows["shard"].max()) + 1, whole)


def write_cut(tiny, name="all", validation_groups=2, keep=None):
    """A view of a tiny build: every row (or those that ``keep`` lets pass); the first groups are for validation."""
    rows = [row for row in index_rows(tiny.path, "rows") if keep is None or keep(row)]
    shards = sorted({row["shard"] for row in rows})
    sources = sorted({row["source"] for row in rows})
    tasks = sorted({row["task"] for row in rows})
    rows.sort(key=lambda row: (shards.index(row["shard"]), row["source_offset"]))
    held_out = sorted({row["group"] for row in rows}, key=str)[:validation_groups]
    sides = {"train": [], "validation": []}
    for row in rows:
        sides["validation" if row["group"] in held_out else "train"].append(
            _sample(row, shards.index(row["shard"]), sources.index(row["source"]), tasks.index(row["task"]))
        )
    files = []
    for side, entries in sides.items():
        buffer = io.BytesIO()
        np.save(buffer, np.array(entries, SAMPLE))
        tiny.store.publish_bytes(sample_file(name, side), buffer.getvalue())
        digest = hashlib.sha256(buffer.getvalue()).hexdigest()
        files.append(CutFile(name=sample_file(name, side), size=len(buffer.getvalue()), sha256=digest))
    state = CutState(
        name=name,
        kind="view",
        index_sha256=("0" * 64,),
        backends={},
        rules={},
        scores={},
        candidates=len(rows),
        kept=len(rows),
        train=len(sides["train"]),
        validation=len(sides["validation"]),
        funnel=(FunnelStep(rule="all", dropped=0, undefined=0, left=len(rows), bounds={}),),
        licences={"CC-BY-4.0": len(rows)},
        shards=tuple(ShardFile(name=shard, size=(tiny.path / shard).stat().st_size) for shard in shards),
        sources=tuple(sources),
        tasks=tuple(tasks),
        files=tuple(files),
    )
    tiny.store.publish_bytes(cut_file(name), state.model_dump_json().encode())
    return state


def _sample(row, shard, source, task):
    pair = hashlib.sha256(f"{row['source']}\0{row['pair'] or row['key']}".encode()).digest()[:8]
    spans = [row[f"{role}_{part}"] for part in ("offset", "size") for role in ("source", "target", "json")]
    return (shard, source, task, int.from_bytes(pair, "little"), *spans, row["width"], row["height"])
