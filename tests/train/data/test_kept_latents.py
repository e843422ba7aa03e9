"""Kept latents come in the place of the pictures: same samples, same sentences, same mirrors; none that are not the cut's."""

import dataclasses

import fsspec
import numpy as np
import pytest

from ieiw.models.diffusion.components import load_vae
from ieiw.models.diffusion.posterior import posteriors, vae_digest
from ieiw.pipelines.latents.run import encode
from ieiw.train.data.augment import Augmentation
from ieiw.train.data.dataset import open_cut
from ieiw.train.data.kept_latents import open_latents
from ieiw.train.data.loader import Loader
from ieiw.train.data.order import Rank, SamplingConfig
from ieiw.train.data.verify_shards import ShardWatch
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.latents import LatentKind, to_file
from ieiw.triplets.storage.store import open_store
from tests.support.builds import build_serially
from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build
from tests.support.tiny_vae import tiny_model

SIZE = 32
SAMPLING = SamplingConfig(seed=3, batch=6, weights={0: 1.5})
AUGMENTATION = Augmentation(SIZE, crop="centre", flip=0.5)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def tiny(tmp_path, model, monkeypatch):
    build_serially(monkeypatch)
    made = tiny_build(tmp_path / "build", Wanted(pictures=8, size=(48, 40)))
    write_cut(made)
    encode(f"{made.path}/cuts/all", model, SIZE)
    return made


def kind_of(model, **changes):
    return dataclasses.replace(LatentKind(vae_digest(load_vae(model)), SIZE, SIZE // 2, twins=True), **changes)


def batches(cut, kept, count, rank=Rank(), augmentation=AUGMENTATION):  # noqa: B008 - frozen
    loader = Loader(cut, SAMPLING, augmentation, rank, workers=2, latents=kept)
    found = [next(loader) for _ in range(count)]
    loader.close()
    return found


@pytest.mark.parametrize("rank", [Rank(), Rank(1, 2)])
def test_the_same_samples_and_sentences_and_mirrors_in_the_same_order(tiny, model, rank):
    cut, vae = open_cut(tiny.store, "all"), load_vae(model)
    kept = open_latents(cut, kind_of(model), model)
    count = 20  # more than an epoch
    symmetric = False
    for seen, read in zip(batches(cut, None, count, rank), batches(cut, kept, count, rank), strict=True):
        assert np.array_equal(seen.rows, read.rows) and seen.instructions == read.instructions
        assert (seen.epoch, seen.number, seen.first, seen.whole) == (read.epoch, read.number, read.first, read.whole)
        source, target = (posteriors(vae, pictures.numpy()) for pictures in (seen.source, seen.target))
        assert np.allclose(read.source.numpy(), source[:, 0], atol=2e-3)
        assert np.allclose(read.target.numpy(), target, atol=2e-3)
        turned = posteriors(vae, np.ascontiguousarray(seen.source.numpy()[:, :, ::-1]))[:, 0]
        symmetric |= any(np.allclose(*pair, atol=2e-3) for pair in zip(read.source.numpy(), turned, strict=True))
    assert not symmetric  # or a twin in the wrong place would pass


def test_those_in_a_bucket_are_made_and_read_alike(tiny, model):
    memory = fsspec.filesystem("memory")
    memory.put(str(tiny.path), "/latents/build", recursive=True)
    far = open_cut(open_store("memory://latents/build"), "all")
    there = "memory://latents/build/cuts/all"
    on_disk = {path.name: path.read_bytes() for path in (tiny.path / "cuts/all/latents").iterdir()}
    for name in on_disk:
        memory.rm(f"/latents/build/cuts/all/latents/{name}")
    with pytest.raises(UsageError, match="no latents"):
        open_latents(far, kind_of(model), model)
    encode(there, model, SIZE)
    assert {name: memory.cat(f"/latents/build/cuts/all/latents/{name}") for name in on_disk} == on_disk
    near = open_cut(tiny.store, "all")
    read = [batches(cut, open_latents(cut, kind_of(model), model), 4) for cut in (near, far)]
    for one, other in zip(*read, strict=True):
        assert one.source.equal(other.source) and one.target.equal(other.target)
        assert one.instructions == other.instructions


def test_twins_do_where_none_are_needed_and_must_be_there_where_they_are(tiny, model):
    cut = open_cut(tiny.store, "all")
    kept = open_latents(cut, kind_of(model, twins=False), model)
    assert kept.kind.twins
    still = Augmentation(SIZE, crop="centre", flip=0.0)
    one, other = batches(cut, None, 3, augmentation=still), batches(cut, kept, 3, augmentation=still)
    assert [batch.instructions for batch in one] == [batch.instructions for batch in other]
    for file in (tiny.path / "cuts/all/latents").iterdir():
        file.unlink()
    encode(f"{tiny.path}/cuts/all", model, SIZE, twins=False)
    assert not open_latents(cut, kind_of(model, twins=False), model).kind.twins
    with pytest.raises(UsageError, match=r"no latents .*there are others.*-32u"):
        open_latents(cut, kind_of(model), model)


@pytest.mark.parametrize("changes", [{"vae": "0" * 64}, {"size": 16}])
def test_those_of_another_autoencoder_or_size_are_refused(tiny, model, changes):
    cut = open_cut(tiny.store, "all")
    with pytest.raises(UsageError, match=r"no latents .*there are others") as caught:
        open_latents(cut, kind_of(model, **changes), model)
    assert kind_of(model).name in str(caught.value)
    assert caught.value.step.verb == "latents" and caught.value.step.place == f"{tiny.store.location}/cuts/all"


def test_a_cut_that_changed_since_is_refused(tiny, model):
    write_cut(tiny, keep=lambda row: row["task"] != "dots")
    with pytest.raises(UsageError, match="the cut has changed since"):
        open_latents(open_cut(tiny.store, "all"), kind_of(model), model)


def test_files_that_are_short_or_set_aside_are_refused(tiny, model):
    cut = open_cut(tiny.store, "all")
    first = min((tiny.path / "cuts/all/latents").iterdir())
    whole = first.read_bytes()
    first.write_bytes(whole[:-1])
    with pytest.raises(UsageError, match=rf"{first.name}: has .* bytes, not {len(whole):,}"):
        open_latents(cut, kind_of(model), model)
    first.write_bytes(to_file(3, b"", "unit 7 killed its worker"))
    with pytest.raises(UsageError, match=rf"{first.name}: unit 7 killed its worker"):
        open_latents(cut, kind_of(model), model)


@pytest.mark.parametrize("at", [0, 600])
def test_a_file_whose_numbers_changed_ends_training(tiny, model, at):
    cut = open_cut(tiny.store, "all")
    kept = open_latents(cut, kind_of(model), model)
    ShardWatch(cut, kept).wait()
    last = tiny.path / kept.files[-1]
    data = bytearray(last.read_bytes())
    data[at] ^= 1
    last.write_bytes(data)
    with pytest.raises(UsageError, match=rf"{last.name}: its digest.*make the latents again"):
        ShardWatch(cut, kept).wait()


def test_a_damaged_record_is_named(tiny, model):
    cut = open_cut(tiny.store, "all")
    kept = open_latents(cut, kind_of(model), model)
    for file in (tiny.path / "cuts/all/latents").iterdir():
        file.write_bytes(file.read_bytes().replace(b'"instruction"', b'"instruktion"'))
    with pytest.raises(UsageError, match=r"latents/.*byte \d+: damaged"):
        batches(cut, kept, 1)
