"""Materialised shards as others read them."""

import tarfile

import numpy as np
import pytest
import webdataset
import xxhash

from ieiw.pipelines.cut.copy_shards import _runs, materialise
from ieiw.pipelines.cut.run import cut
from ieiw.triplets.layout.cut_state import load_cut
from ieiw.triplets.layout.shards import members
from tests.support.builds import index
from tests.support.scored import ALL, WANTED
from tests.support.tiny_build import tiny_build


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return tiny_build(tmp_path_factory.mktemp("cut") / "build", WANTED)


def small_shards(monkeypatch, size=20_000):
    monkeypatch.setattr(
        "ieiw.pipelines.cut.run.copy_samples",
        lambda store, name, chosen, unit, report: materialise(store, name, chosen, size, report),
    )


def test_members_are_byte_for_byte_those_of_the_build(tiny, monkeypatch):
    small_shards(monkeypatch)
    state = cut(tiny.store.location, "copies", ALL, materialise=True)
    rows = {row["key"]: row for row in index(tiny.path, "rows")}
    assert len(state.shards) > 8
    seen = []
    for shard in state.shards:
        with tiny.store.open(shard.name) as file:
            for member in members(file):
                row = rows[member.key]
                original = tiny.store.read_range(row["shard"], row[f"{member.role}_offset"], row[f"{member.role}_size"])
                assert member.data == original
                seen.append((member.key, member.role))
    assert sorted(seen) == sorted((key, role) for key in rows for role in ("source", "target", "json"))
    sizes = [shard.size for shard in state.shards]
    assert max(sizes) < 20_000 + 40_000


def test_the_cut_knows_the_digest_of_each_of_its_shards(tiny, monkeypatch):
    small_shards(monkeypatch)

    def stop(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):  # with all shards copied, none noted
        broken.setattr("ieiw.pipelines.cut.run.publish_index", stop)
        cut(tiny.store.location, "digests", ALL, materialise=True)
    before = set(tiny.store.sizes("cuts/digests/shards"))
    (tiny.path / "cuts/digests/shards" / max(before)).unlink()
    state = cut(tiny.store.location, "digests", ALL, materialise=True)
    assert {shard.name.rpartition("/")[2] for shard in state.shards} == before
    for shard in load_cut(tiny.store, "digests").shards:
        assert shard.xxh3_128 == xxhash.xxh3_128_hexdigest((tiny.path / shard.name).read_bytes())


def test_headers_and_end_are_those_of_a_shard_writer(tiny):
    state = cut(tiny.store.location, "whole", ALL, materialise=True)
    for shard in state.shards:
        with tarfile.open(tiny.path / shard.name) as tar:
            for info in tar:
                assert (info.mode, info.mtime, info.uname, info.pax_headers) == (0o444, 0, "ieiw", {})
            assert (tiny.path / shard.name).read_bytes()[tar.offset :].strip(b"\0") == b""
        assert shard.size % tarfile.RECORDSIZE == 0


def test_webdataset_reads_each_side(tiny, monkeypatch):
    small_shards(monkeypatch)
    state = cut(tiny.store.location, "wds", ALL, materialise=True)
    for side in ("train", "validation"):
        files = [str(tiny.path / shard.name) for shard in state.shards if f"/{side}-" in shard.name]
        found = list(webdataset.WebDataset(files, shardshuffle=False).decode("rgb8"))
        assert len(found) == getattr(state, side)
        assert {"source.jpg", "target.jpg", "json"} <= set(found[0])
        assert found[0]["source.jpg"].shape == (64, 96, 3)


def test_runs_join_neighbours_only():
    shards = np.array([0, 0, 0, 1, 1, 1, 1, 1])
    begins = np.array([0, 10, 30, 0, 10, 20, 30, 40])
    ends = begins + 10
    assert list(_runs(shards, begins, ends, 40)) == [(0, 1), (2, 2), (3, 6), (7, 7)]
    assert list(_runs(shards[:0], begins[:0], ends[:0], 40)) == []
