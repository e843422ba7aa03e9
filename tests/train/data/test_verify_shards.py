"""Damage that decodes is found by the shard's digest, beside training, and told with shard and sample."""

import threading
from dataclasses import replace

import pytest
import xxhash

from ieiw.train.data.dataset import open_cut
from ieiw.train.data.verify_shards import ShardWatch, damage
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.images.codec import decode
from ieiw.triplets.layout.cut_state import ShardFile
from ieiw.triplets.layout.rows import ROWS, read_mark
from ieiw.triplets.rejects import Refusal
from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build


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
        except Refusal:  # this bit shows; another one does not
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
    with pytest.raises(UsageError, match=rf"{shard}, sample {key} \(target\): .*check the build") as caught:
        watch.wait()
    assert caught.value.step == Step("lint", tiny.store.location)
    watch.close()


def test_damage_between_samples_and_shards_without_rows_are_told_without_a_key(tiny):
    shard, _ = damaged(tiny)
    for name in list(tiny.store.sizes("rows")):
        tiny.store.delete(f"rows/{name}")
    found = damage(tiny.store, ShardFile(name=shard, size=1), threading.Event())
    assert str(found).startswith(f"{tiny.store.location}/{shard}: its SHA-256")


def materialised(tiny, *, digests):
    """The cut as it would be with shards of its own."""
    cut, shards = open_cut(tiny.store, "all"), []
    for number, shard in enumerate(cut.state.shards):
        data = tiny.store.read(shard.name)
        name = f"cuts/all/shards/train-{number:06d}.tar"
        tiny.store.publish_bytes(name, data)
        digest = xxhash.xxh3_128_hexdigest(data) if digests else ""
        shards.append(ShardFile(name=name, size=len(data), xxh3_128=digest))
    return replace(cut, state=cut.state.model_copy(update={"shards": tuple(shards)}))


def test_shards_of_a_materialised_cut_are_held_against_its_digests(tiny):
    cut = materialised(tiny, digests=True)
    watch = ShardWatch(cut)
    watch.wait()
    assert (watch.left, watch.without) == (0, 0)
    file = tiny.path / cut.state.shards[-1].name
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    watch = ShardWatch(cut)
    with pytest.raises(UsageError, match=rf"{cut.state.shards[-1].name}: .*cut again") as caught:
        watch.wait()
    assert caught.value.step == Step("cut", tiny.store.location, {"name": "all", "materialise": True})


def test_materialised_cuts_without_digests_are_counted_not_checked(tiny):
    cut = materialised(tiny, digests=False)
    watch = ShardWatch(cut)
    watch.wait()
    assert (watch.left, watch.without) == (0, len(cut.state.shards))


def test_damaged_rows_do_not_hide_a_damaged_shard(tiny):
    shard, _ = damaged(tiny)
    for name in list(tiny.store.sizes("rows")):
        (tiny.path / "rows" / name).write_bytes(b"PAR1 no more")
    watch = ShardWatch(open_cut(tiny.store, "all"))
    with pytest.raises(UsageError, match=f"{shard}: its SHA-256"):
        watch.wait()


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
    assert damage(tiny.store, ShardFile(name=shard, size=1), stop) is None
