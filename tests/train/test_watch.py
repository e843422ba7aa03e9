"""Damage that decodes is found by the shard's digest, beside training, and told with shard and sample."""

import threading

import pytest

from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build
from train.opened import open_cut
from train.watch import ShardWatch, damage
from triplets.pictures import decode
from triplets.reasons import UsageError
from triplets.rows import ROWS, read_mark


@pytest.fixture
def tiny(tmp_path):
    made = tiny_build(tmp_path / "build", Wanted(pictures=12, size=(48, 32)))
    write_cut(made)
    return made


def damaged(tiny):
    """Change a picture in the middle of a shard so that it still decodes; returns shard and key."""
    import io

    import pyarrow.parquet as pq

    ref = list(tiny.state.refs())[1]
    data = tiny.store.read(ref.rows)
    row = pq.read_table(io.BytesIO(data), schema=ROWS).to_pylist()[3]
    file = tiny.path / read_mark(data).shard
    shard = bytearray(file.read_bytes())
    start, size = row["target_offset"], row["target_size"]
    for at in range(start + size - 40, start + size - 2):  # scan data, before the end marker
        changed = shard.copy()
        changed[at] ^= 0x10
        try:
            decode(bytes(changed[start : start + size]))
        except Exception:  # noqa: BLE001, S112 - this bit shows; another one does not
            continue
        file.write_bytes(changed)
        return read_mark(data).shard, row["key"]
    raise AssertionError("every change shows")


def test_sound_shards_pass(tiny):
    watch = ShardWatch(open_cut(tiny.store, "all"))
    assert watch.left in range(len(tiny.store.sizes("shards")) + 1)
    watch.wait()
    assert watch.left == 0
    watch.close()


def test_a_picture_that_is_damaged_and_decodes_is_told_with_shard_and_key(tiny):
    shard, key = damaged(tiny)
    watch = ShardWatch(open_cut(tiny.store, "all"))
    with pytest.raises(UsageError, match=rf"{shard}, sample {key} \(target\): .*ieiw lint"):
        watch.wait()
    watch.close()


def test_damage_between_samples_and_shards_without_rows_are_told_without_a_key(tiny):
    shard, _ = damaged(tiny)
    for name in list(tiny.store.sizes("rows")):
        tiny.store.delete(f"rows/{name}")
    assert damage(tiny.store, shard, threading.Event()).startswith(f"{tiny.store.location}/{shard}: its SHA-256")


def test_a_shard_that_cannot_be_read_is_told(tiny):
    cut = open_cut(tiny.store, "all")
    tiny.store.delete(cut.state.shards[0].name)
    watch = ShardWatch(cut)
    with pytest.raises(UsageError, match="No such file"):
        watch.wait()


def test_a_stopped_watch_answers_nothing(tiny):
    shard, _ = damaged(tiny)
    stop = threading.Event()
    stop.set()
    assert damage(tiny.store, shard, stop) == ""
