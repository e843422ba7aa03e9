"""The loader: the right pixels and sentences, the very next sample after a resume, damage named."""

import cv2
import numpy as np
import pytest
import torch

from ieiw.train.data.augment import Augmentation
from ieiw.train.data.dataset import open_cut
from ieiw.train.data.loader import Loader
from ieiw.train.data.order import Rank, SamplingConfig
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.shards import members
from ieiw.triplets.storage.store import open_store
from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build


def loader_of(tiny, batch=4, rank=Rank(), workers=1, **changes):  # noqa: B008 - frozen
    settings = Augmentation(**({"size": 48, "alternatives": False} | changes))
    return Loader(open_cut(tiny.store, "all"), SamplingConfig(5, batch, {}), settings, rank, workers)


def take(loader, count):
    return [next(loader) for _ in range(count)]


def alike(one, other):
    return (
        np.array_equal(one.rows, other.rows)
        and one.instructions == other.instructions
        and torch.equal(one.source, other.source)
        and torch.equal(one.target, other.target)
    )


def sample_of(tiny, cut, row):
    """The members of a sample as tarfile finds them, by the offset of its first picture."""
    entry = cut.samples[row]
    shard = cut.state.shards[entry["shard"]].name
    with (tiny.path / shard).open("rb") as file:
        found = list(members(file))
    at = next(i for i, member in enumerate(found) if member.offset == entry["source_offset"])
    return found[at : at + 3]


def test_pixels_and_sentences_are_those_of_the_shard(tiny):
    loader = loader_of(tiny)
    cut = open_cut(tiny.store, "all")
    for batch in take(loader, 5):
        for slot, row in enumerate(batch.rows):
            source, target, words = sample_of(tiny, cut, row)
            assert batch.instructions[slot] in words.data.decode()
            for tensor, member in ((batch.source, source), (batch.target, target)):
                bgr = cv2.imdecode(np.frombuffer(member.data, np.uint8), cv2.IMREAD_COLOR)
                assert np.array_equal(tensor[slot].numpy(), bgr[..., ::-1])
    loader.close()


def test_an_epoch_brings_all_and_the_next_one_another_order(tiny):
    loader = loader_of(tiny)
    count, total = loader.order.batches_per_epoch, loader.order.samples_per_epoch
    first, second = (np.concatenate([batch.rows for batch in take(loader, count)]) for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(total))
    assert not np.array_equal(first, second)
    loader.close()


@pytest.mark.parametrize(("done", "workers"), [(0, 1), (1, 1), (7, 1), (13, 2), (30, 1)])
def test_it_resumes_at_the_very_next_sample(tiny, done, workers):
    undisturbed, stopped = loader_of(tiny, flip=0.5), loader_of(tiny, flip=0.5, workers=workers)
    whole = take(undisturbed, done + 3)
    take(stopped, done)
    state = stopped.state_dict()
    stopped.close()
    resumed = loader_of(tiny, flip=0.5, workers=workers)
    resumed.load_state_dict(state)
    assert all(alike(one, other) for one, other in zip(whole[done:], take(resumed, 3), strict=True))
    undisturbed.close(), resumed.close()


def test_another_number_of_ranks_goes_on_with_the_same_batches(tiny):
    alone = loader_of(tiny)
    take(alone, 3)
    state, whole = alone.state_dict(), next(alone)
    ranks = [loader_of(tiny, rank=Rank(rank, 2)) for rank in range(2)]
    parts = []
    for rank in ranks:
        rank.load_state_dict(state)
        parts.append(next(rank))
        rank.close()
    assert np.array_equal(np.concatenate([part.rows for part in parts]), whole.rows)
    assert torch.equal(torch.cat([part.target for part in parts]), whole.target)
    alone.close()


def test_a_changed_cut_or_seed_is_not_gone_on_with(tiny):
    loader = loader_of(tiny)
    state = loader.state_dict()
    with pytest.raises(UsageError, match="the cut has changed"):
        loader.load_state_dict(state | {"fingerprint": "0" * 64})
    with pytest.raises(UsageError, match="batch_size was 8, now it is 4"):
        loader.load_state_dict(state | {"batch_size": 8})
    loader.close()


def test_removal_and_addition_never_meet(tiny):
    loader = loader_of(tiny, batch=6)
    cut = open_cut(tiny.store, "all")
    for batch in take(loader, 3 * loader.order.batches_per_epoch):
        pairs = cut.samples["pair"][batch.rows]
        assert len(set(pairs.tolist())) == len(pairs)
    loader.close()


def test_a_damaged_sample_is_named(tmp_path):
    made = tiny_build(tmp_path / "b", Wanted(pictures=4, sources=("shapes",)))
    write_cut(made)
    cut = open_cut(made.store, "all")
    entry = cut.samples[3]
    shard = made.path / cut.state.shards[entry["shard"]].name
    source, *_ = sample_of(made, cut, 3)
    shard.chmod(0o644)
    with shard.open("r+b") as file:
        file.seek(int(entry["target_offset"]) + int(entry["target_size"]) // 2)
        file.write(bytes(int(entry["target_size"]) // 2))
    loader = loader_of(made, batch=4)
    with pytest.raises(UsageError, match=rf"{shard.name}, sample '{source.key}': damaged .*check the build") as caught:
        take(loader, loader.order.batches_per_epoch)
    assert caught.value.step == Step("lint", made.store.location)
    loader.close()


def test_ranks_must_divide_the_batch(tiny):
    with pytest.raises(UsageError, match="batch: 4 is no multiple of the 3 ranks"):
        loader_of(tiny, rank=Rank(0, 3))


@pytest.mark.parametrize("most", [2**31, 0])
def test_a_cut_in_a_bucket_gives_the_same_batches(tiny, monkeypatch, most):
    import fsspec

    monkeypatch.setattr("ieiw.train.data.shard_reader.MOST_CACHE", most)

    memory = fsspec.filesystem("memory")
    memory.put(str(tiny.path), f"/bucket{most}/build", recursive=True)
    remote = Loader(
        open_cut(open_store(f"memory://bucket{most}/build"), "all"),
        SamplingConfig(5, 4, {}),
        Augmentation(48, alternatives=False),
    )
    local = loader_of(tiny)
    assert all(alike(one, other) for one, other in zip(take(local, 40), take(remote, 40), strict=True))
    remote.close(), local.close()
