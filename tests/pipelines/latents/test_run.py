"""Latents of a cut: what the autoencoder says of the very pictures that training sees, kept by all that decides them."""

import numpy as np
import pytest

from ieiw.models.diffusion.components import load_vae
from ieiw.models.diffusion.posterior import posteriors, vae_digest
from ieiw.pipelines.latents.run import encode, place_of
from ieiw.train.data.augment import Augmentation, Dice
from ieiw.train.data.dataset import open_cut
from ieiw.train.data.sample_decoder import SampleDecoder
from ieiw.train.data.shard_reader import FolderReader
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.latents import LatentKind, latent_entries, latent_file, latent_units
from ieiw.triplets.layout.sentences import read_sentences
from tests.support.builds import build_serially
from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build
from tests.support.tiny_vae import tiny_model, tiny_vae

SIZE, SIDE = 32, 16


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    build_serially(monkeypatch)
    made = tiny_build(tmp_path / "build", Wanted(pictures=6, sources=("shapes",), size=(48, 40)))
    write_cut(made)
    return made


def place(tiny, name="all"):
    return f"{tiny.path}/cuts/{name}"


def files(tiny, name="all"):
    return {path.name: path.read_bytes() for path in (tiny.path / "cuts" / name / "latents").iterdir()}


def records(tiny, kind):
    """(planes, twin's planes, sentences) of each row of the cut, read by hand."""
    cut = open_cut(tiny.store, "all")
    units = latent_units(cut.state, cut.samples)
    for entry in latent_entries(kind, units, cut.samples):
        data = tiny.store.read(latent_file(kind, units[entry["shard"]].ref))
        start, words = int(entry["source_offset"]), int(entry["json_offset"])
        planes = np.frombuffer(data[start:words], np.float16).reshape(-1, 3, *kind.shape)
        yield planes, read_sentences(data[words : words + int(entry["json_size"])])


@pytest.mark.parametrize("twins", [True, False])
def test_they_are_of_the_pictures_that_training_sees(tiny, model, twins):
    made = encode(place(tiny), model, SIZE, twins=twins, batch=4)
    vae, cut = load_vae(model), open_cut(tiny.store, "all")
    assert made.samples == cut.state.train and not made.set_aside
    decoder = SampleDecoder(
        cut.shards, FolderReader(tiny.path, cut.shards.names), Augmentation(SIZE, crop="centre", alternatives=False)
    )
    mirrored = 0
    kind = LatentKind(vae_digest(vae), SIZE, SIDE, twins)
    for entry, (planes, words) in zip(cut.samples.tolist(), records(tiny, kind), strict=True):
        pair = np.empty((2, SIZE, SIZE, 3), np.uint8)
        assert decoder.decode(entry, Dice(), *pair) == words.instruction
        assert len(planes) == 1 + twins
        check(vae, pair, planes[0])
        if twins and words.may_mirror():
            check(vae, np.ascontiguousarray(pair[:, :, ::-1]), planes[1])
            mirrored += 1
        elif twins:
            assert not planes[1].any()
    assert not twins or 0 < mirrored < made.samples


def check(vae, pair, planes):
    (source, _), (mean, log_variance) = posteriors(vae, pair)
    for found, wanted in zip(planes, (source, mean, log_variance), strict=True):
        assert np.allclose(found, wanted, atol=2e-3)


def test_a_second_run_does_nothing_and_a_lost_file_is_made_again_alike(tiny, model):
    first = encode(place(tiny), model, SIZE)
    before = files(tiny)
    assert first.progress.done_units == len(before) > 1
    assert encode(place(tiny), model, SIZE).progress.units == 0
    (tiny.path / "cuts/all/latents" / min(before)).unlink()
    assert encode(place(tiny), model, SIZE).progress.units == 1
    assert files(tiny) == before


def test_other_weights_and_sizes_are_kept_beside(tiny, model, tmp_path):
    kinds = {
        encode(place(tiny), model, size, twins=twins).kind for size, twins in ((32, True), (16, True), (16, False))
    }
    kinds.add(encode(place(tiny), tiny_model(tmp_path / "other", seed=1), 16).kind)
    assert len(kinds) == 4 and {name.rpartition("-")[0] for name in files(tiny)} == kinds


def test_a_cut_that_takes_other_rows_loses_what_it_had(tiny, model):
    encode(place(tiny), model, SIZE)
    before = files(tiny)
    write_cut(tiny, keep=lambda row: row["task"] != "dots")
    made = encode(place(tiny), model, SIZE)
    assert made.samples == open_cut(tiny.store, "all").state.train
    assert not set(before) & set(files(tiny))


def test_the_digest_of_weights_does_not_depend_on_how_they_are_stored():
    vae = tiny_vae()
    halved = tiny_vae().half()
    assert vae_digest(vae) == vae_digest(tiny_vae()) != vae_digest(halved)
    assert vae_digest(halved) == vae_digest(halved.float())
    vae.encoder.conv_in.bias.data[0] += 1
    assert vae_digest(vae) != vae_digest(tiny_vae())


def test_a_damaged_shard_is_named_and_the_others_are_encoded(tiny, model):
    cut = open_cut(tiny.store, "all")
    shard = tiny.path / cut.shards.names[0]
    data = bytearray(shard.read_bytes())
    data[int(cut.samples[0]["target_offset"]) + 50] ^= 1
    shard.write_bytes(data)
    with pytest.raises(UsageError, match=rf"{shard.name}: its digest.*latents again"):
        encode(place(tiny), model, SIZE)
    assert len(files(tiny)) == len(latent_units(cut.state, cut.samples)) - 1


def test_pictures_that_overflow_are_refused():
    vae = tiny_vae()
    vae.quant_conv.bias.data[0] = 1e6
    with pytest.raises(ValueError, match="not finite"):
        posteriors(vae, np.zeros((1, 8, 8, 3), np.uint8))


def test_what_is_no_cut_is_refused(tiny, model):
    for wrong in (str(tiny.path), f"{tiny.path}/cuts", f"{tiny.path}/cuts/a/b"):
        with pytest.raises(UsageError, match="Give its folder"):
            place_of(wrong)
    assert place_of("s3://bucket/out/cuts/good/") == ("s3://bucket/out", "good")
    with pytest.raises(UsageError, match="no cut 'other'"):
        encode(place(tiny, "other"), model, SIZE)
    with pytest.raises(UsageError, match="no such folder"):
        encode(place(tiny), "nowhere", SIZE)
