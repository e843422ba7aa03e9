"""The loader: the right pixels and sentences, the very next sample after a resume, damage named."""

import cv2
import numpy as np
import pytest
import torch

from ieiw.train.data.augment import Augmentation, Dice, flips, place, sentence
from ieiw.train.data.dataset import open_cut
from ieiw.train.data.loader import Loader
from ieiw.train.data.order import Rank, SamplingConfig
from ieiw.train.data.prefetch import stretches
from ieiw.train.data.shard_reader import BlockReader, FolderReader, Range
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.shards import members
from ieiw.triplets.storage.store import open_store
from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    made = tiny_build(tmp_path_factory.mktemp("build"), Wanted(pictures=12, format="png", size=(48, 48)))
    write_cut(made)
    return made


def loader_of(tiny, batch=4, rank=Rank(), cut="all", **changes):  # noqa: B008 - frozen
    opened = open_cut(tiny.store, cut)
    settings = Augmentation(**({"size": 48, "alternatives": False} | changes))
    return Loader(opened, SamplingConfig(5, batch, {}), settings, rank, workers=2)


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


@pytest.mark.parametrize("done", [0, 1, 7, 13, 30])
def test_it_resumes_at_the_very_next_sample(tiny, done):
    undisturbed, stopped = loader_of(tiny, flip=0.5), loader_of(tiny, flip=0.5)
    whole = take(undisturbed, done + 3)
    take(stopped, done)
    state = stopped.state_dict()
    stopped.close()
    resumed = loader_of(tiny, flip=0.5)
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


def test_changed_and_missing_shards_are_told(tmp_path):
    made = tiny_build(tmp_path / "b", Wanted(pictures=4))
    state = write_cut(made)
    shard = made.path / state.shards[0].name
    data = shard.read_bytes()
    shard.chmod(0o644)
    shard.write_bytes(data + b"\0")
    with pytest.raises(UsageError, match="bytes, the cut was made with"):
        open_cut(made.store, "all")
    shard.unlink()
    with pytest.raises(UsageError, match="is missing; bring the shard back"):
        open_cut(made.store, "all")


def test_a_truncated_index_is_told(tmp_path):
    made = tiny_build(tmp_path / "b", Wanted(pictures=4))
    write_cut(made)
    file = made.path / "cuts/all/index/train.npy"
    file.write_bytes(file.read_bytes()[:-56])
    with pytest.raises(UsageError, match=r"train\.npy: damaged"):
        open_cut(made.store, "all")
    with pytest.raises(UsageError, match="no cut 'none' here"):
        open_cut(made.store, "none")


def test_ranks_must_divide_the_batch(tiny):
    with pytest.raises(UsageError, match="batch: 4 is no multiple of the 3 ranks"):
        loader_of(tiny, rank=Rank(0, 3))


def test_pictures_of_any_shape_become_squares_alike():
    gradient = np.zeros((40, 80, 3), np.uint8)
    gradient[..., 0] = np.arange(80)
    out = [np.empty((20, 20, 3), np.uint8) for _ in range(3)]
    changes = Augmentation(size=20)
    dice = Dice(across=0.75, down=0.2)
    place(gradient, out[0], changes, False, dice)
    place(gradient, out[1], changes, True, dice)
    place(gradient, out[2], Augmentation(size=20, crop="centre"), False, dice)
    assert np.array_equal(out[0][:, ::-1], out[1])
    assert abs(int(out[0][0, 0, 0]) - 30) <= 1 and abs(int(out[2][0, 0, 0]) - 20) <= 1


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("Remove the dog on the left.", False),
        ("Remove the RIGHTMOST car", False),
        ("mark the left-hand window", False),
        ("turn it counterclockwise", False),
        ("Remove the sign", False),
        ("Remove the bright lamp", True),
        ("Add the copyrighted leftover", True),
    ],
)
def test_sides_and_writing_are_never_mirrored(text, may):
    assert flips(text, Augmentation(size=8, flip=1.0), Dice(flip=0.5)) is may


def test_sentences_are_drawn_from_the_alternatives():
    changes = Augmentation(size=8)
    assert sentence("a", ["a", "b"], changes, Dice(sentence=0.6)) == "b"
    assert sentence("a", ["a", "b"], Augmentation(size=8, alternatives=False), Dice(sentence=0.6)) == "a"
    assert sentence("a", [], changes, Dice(sentence=0.6)) == "a"


def test_blocks_of_a_bucket_are_read_once_and_forgotten_in_turn(tiny):
    class Counting:
        local = None
        reads = []

        def read_range(self, name, offset, size):
            self.reads.append((name, offset))
            return tiny.store.read_range(name, offset, size)

    cut = open_cut(tiny.store, "all")
    names = [shard.name for shard in cut.state.shards]
    plain, blocks = FolderReader(tiny.path, names), BlockReader(Counting(), names, 4096, 3 * 4096)
    for start, stop in ((0, 10), (5, 9000), (8190, 8194), (0, 100)):
        assert blocks.read(Range(0, start, stop)) == plain.read(Range(0, start, stop))
    assert len(Counting.reads) == len(set(Counting.reads)) == 3
    blocks.prefetch(Range(0, 12288, 12300))
    blocks.read(Range(0, 4096, 4100))
    assert len(Counting.reads) == 5, "the block read longest ago was let go"
    blocks.close(), plain.close()


def test_stretches_cover_every_sample(tiny):
    samples = open_cut(tiny.store, "all").samples
    found = stretches(samples, 8192)
    for sample in samples:
        start, stop = int(sample["source_offset"]), int(sample["json_offset"]) + int(sample["json_size"])
        assert any(r.shard == sample["shard"] and r.start <= start and stop <= r.stop for r in found)
    assert all(r.stop - r.start < 8192 + 20_000 for r in found)


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
