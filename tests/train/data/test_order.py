"""The order: every sample once, any position at once, pairs apart, mixtures by weight."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.train.data.order import Order, Rank, SamplingConfig, dealt
from ieiw.triplets.errors import UsageError
from tests.support.cuts import made_up_index

indexes = st.builds(
    made_up_index,
    samples=st.integers(1, 700),
    per_shard=st.integers(1, 90),
    sources=st.integers(1, 4),
    sample_bytes=st.integers(2_000, 60_000),
    seed=st.integers(0, 5),
)


def order_of(index, batch, weights=None, seed=3, block_bytes=2**18, window_blocks=4):
    samples, sizes = index
    return Order(samples, sizes, SamplingConfig(seed, batch, weights or {}, block_bytes, window_blocks))


def epoch_of(order, epoch):
    return [order.batch(epoch, number) for number in range(order.batches_per_epoch)]


@given(indexes, st.integers(1, 3), st.integers(0, 2))
@settings(max_examples=60, deadline=None)
def test_an_epoch_brings_every_sample_once_and_never_a_pair_in_a_batch(index, batch, epoch):
    samples, _ = index
    if len(samples) < 4 * batch:
        return
    order = order_of(index, batch)
    batches = epoch_of(order, epoch)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(samples)))
    assert {len(rows) for rows in batches[:-1]} <= {batch}
    for rows in batches:
        pairs = samples["pair"][rows]
        assert len(set(pairs.tolist())) == len(pairs)


@given(indexes, st.integers(1, 6), st.data())
@settings(max_examples=40, deadline=None)
def test_any_batch_is_found_without_those_before_it(index, batch, data):
    samples, _ = index
    if len(samples) < 4 * batch:
        return
    whole = epoch_of(order_of(index, batch), 1)
    start = data.draw(st.integers(0, len(whole) - 1))
    resumed = order_of(index, batch)
    suffix = [resumed.batch(1, number) for number in range(start, len(whole))]
    assert all(np.array_equal(one, other) for one, other in zip(whole[start:], suffix, strict=True))


@given(st.integers(1, 200), st.integers(1, 17))
def test_ranks_share_a_batch_without_overlap_and_alike(count, world):
    rows = np.arange(count)
    parts = [rows[Rank(rank, world).slots(count)] for rank in range(world)]
    lengths = {len(part) for part in parts}
    assert max(lengths) - min(lengths) == (count % world > 0)
    assert np.array_equal(np.concatenate(parts), rows)


@given(st.integers(0, 500), st.integers(1, 40), st.integers(0, 9))
def test_dealing_takes_every_place_once_and_each_lane_in_turn(count, batch, key):
    places = dealt(count, batch, key)
    assert sorted(places.tolist()) == list(range(count))
    if count % batch == 0 and count:
        lanes = places.reshape(-1, batch) // (count // batch)
        assert (lanes == np.arange(batch)).all()


def test_weights_are_passes_over_a_source():
    index = made_up_index(samples=600, per_shard=50, sources=3, sample_bytes=9_000)
    samples, _ = index
    order = order_of(index, 8, {0: 2.0, 2: 0.25})
    sizes = np.bincount(samples["source"])
    seen = np.zeros((4, 3), int)
    rows_of_2 = []
    for epoch in range(4):
        rows = np.concatenate(epoch_of(order, epoch))
        seen[epoch] = np.bincount(samples["source"][rows], minlength=3)
        counted = np.bincount(rows, minlength=600)
        assert (counted[samples["source"] == 0] == 2).all()
        assert (counted[samples["source"] == 1] == 1).all()
        rows_of_2 += rows[samples["source"][rows] == 2].tolist()
    assert (seen == [sizes[0] * 2, sizes[1], round(sizes[2] * 0.25)]).all()
    assert sorted(rows_of_2) == np.flatnonzero(samples["source"] == 2).tolist(), "four quarters are one pass"


def test_a_mixture_is_even_all_along():
    index = made_up_index(samples=2000, per_shard=100, sources=2, sample_bytes=9_000)
    samples, _ = index
    order = order_of(index, 20, {0: 3.0})
    rows = np.concatenate(epoch_of(order, 0))
    share = (samples["source"][rows] == 0).reshape(-1, 100).mean(axis=1)
    assert abs(share - share.mean()).max() <= 0.1


def test_seeds_epochs_and_sizes_of_batches_give_other_orders():
    index = made_up_index(samples=400, per_shard=40)
    first = np.concatenate(epoch_of(order_of(index, 8), 0))
    assert not np.array_equal(first, np.concatenate(epoch_of(order_of(index, 8), 1)))
    assert not np.array_equal(first, np.concatenate(epoch_of(order_of(index, 8, seed=4), 0)))


def test_neighbours_in_a_shard_are_spread_over_the_window():
    index = made_up_index(samples=6400, per_shard=200, sample_bytes=40_000)
    order = order_of(index, 16, block_bytes=2**20, window_blocks=64)
    rows = np.concatenate(epoch_of(order, 0))
    place = np.empty(len(rows), int)
    place[rows] = np.arange(len(rows))
    gaps = np.abs(np.diff(place))
    length = order.window_batches * 16
    inside = gaps[gaps < length]
    # Uniform within the window's batches: a third of its length in the mean, whatever the lane.
    assert 0.25 * length < inside.mean() < 0.42 * length


def test_a_batch_larger_than_the_data_is_told_with_the_remedy():
    with pytest.raises(
        UsageError, match=r"batch: 64 is larger than the data: an epoch has 20 samples\. Set batch to 5"
    ):
        order_of(made_up_index(samples=20), 64)


def test_ten_million_rows_start_in_two_seconds_and_look_at_few_pages(tmp_path):
    samples, sizes = made_up_index(samples=1_000, per_shard=500, sample_bytes=69_000)
    file = tmp_path / "train.npy"
    count = 10_000_000
    whole = np.lib.format.open_memmap(file, mode="w+", dtype=samples.dtype, shape=(count,))
    for start in range(0, count, 1_000_000):
        part = np.tile(samples, 1000)
        rows = np.arange(start, start + len(part))
        part["shard"], part["pair"] = rows // 500, rows // 2 + 1
        whole[start : start + len(part)] = part
    del whole
    began = time.process_time()
    order = Order(np.load(file, mmap_mode="r"), np.full(count // 500, sizes[0]), SamplingConfig(0, 256, {}))
    order.batch(3, int(order.batches_per_epoch * 0.9))
    assert time.process_time() - began < 2
