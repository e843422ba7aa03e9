"""Deblurring, denoising, watermark removal: both pictures cut alike, variants that differ, masks that say where."""

import cv2
import numpy as np
import pytest

from ieiw.builders import catalogue
from ieiw.builders.assembly import Assembler
from ieiw.builders.instructions.restoration import NATURAL
from ieiw.builders.protocols import Tools
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode, encode_png
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.records import Attempt, OpenRecord, Picture, Record
from ieiw.triplets.rejects import Reason, Refusal
from tests.support.pairs import drawn, save_pair

_TASKS = ("deblur", "denoise", "watermark-removal")
_SIDE = 48


def _task(name, **options):
    return catalogue.task(name, Tools(_SIDE, encode_png), options)


def _open(picture, target, variant=0, **data):
    files = {"picture": "a", "target": "b"} | dict.fromkeys(data, "m")
    pictures = {role: Picture(image, image.shape[1::-1]) for role, image in (("picture", picture), ("target", target))}
    return OpenRecord("s", Record("1", "1", files, {}, "train"), pictures, data, variant=variant)


def _one(task, record, seed=0):
    (triplet,) = task.triplets(record, np.random.default_rng(seed))
    return triplet


def _pixels(encoded):
    return decode(encoded.data).pixels


@pytest.mark.parametrize("name", _TASKS)
def test_native_crops_are_the_very_pixels_of_both(name):
    picture, target = drawn(100, 70, 1), drawn(100, 70, 2)
    for variant in range(5):
        triplet = _one(_task(name, view="native"), _open(picture, target, variant))
        x, y, width, height = triplet.answer.crop
        assert (width, height) == (_SIDE, _SIDE)
        assert np.array_equal(_pixels(triplet.source), picture[y : y + height, x : x + width])
        assert np.array_equal(_pixels(triplet.target), target[y : y + height, x : x + width])


def test_variants_are_distinct_crops():
    picture, target = drawn(52, 50, 1), drawn(52, 50, 2)
    crops = [_one(_task("denoise"), _open(picture, target, turn)).answer.crop for turn in range(15)]
    assert len(set(crops)) == 15  # 5 x 3 places, each used once


@pytest.mark.parametrize("name", _TASKS)
def test_scaled_pairs_are_whole_and_of_one_size(name):
    triplet = _one(_task(name, view="scaled"), _open(drawn(192, 96, 1), drawn(192, 96, 2)))
    assert (triplet.source.width, triplet.source.height) == (96, 48)
    assert (triplet.target.width, triplet.target.height) == (96, 48)
    assert triplet.answer.crop == (0, 0, 192, 96)


def test_the_default_view_keeps_blur_and_noise_and_shows_every_watermark():
    views = {name: _one(_task(name), _open(drawn(), drawn(seed=1))).answer.view for name in _TASKS}
    assert views == {"deblur": "native", "denoise": "native", "watermark-removal": "scaled"}


@pytest.mark.parametrize("name", _TASKS)
def test_instructions(name):
    record = _open(drawn(), drawn(seed=1))
    assert len(set(NATURAL[name])) >= 10
    drawn_ones = {_one(_task(name), record, seed).instruction for seed in range(60)}
    assert drawn_ones <= set(NATURAL[name])
    assert len(drawn_ones) > 6
    assert len(_one(_task(name, instructions="simple"), record).alternatives) == 1


def test_a_picture_smaller_than_the_crop_is_not_enlarged():
    triplet = _one(_task("deblur"), _open(drawn(80, 40, 1), drawn(80, 40, 2)))
    assert (triplet.source.width, triplet.source.height) == (48, 40)


@pytest.mark.parametrize("view", ["native", "scaled"])
def test_pictures_of_two_sizes_are_refused(view):
    with pytest.raises(Refusal) as caught:
        _one(_task("deblur", view=view), _open(drawn(80, 60), drawn(80, 61)))
    assert caught.value.reason is Reason.PICTURE_SIZE_MISMATCH
    assert "80 x 60" in caught.value.detail


def test_the_same_picture_twice_is_refused():
    with pytest.raises(Refusal) as caught:
        _one(_task("deblur"), _open(drawn(), drawn()))
    assert caught.value.reason is Reason.NOTHING_CHANGED


def test_noise_that_nobody_sees_is_refused_and_faint_noise_is_not():
    clean = np.full((64, 64, 3), 120, np.uint8)
    rng = np.random.default_rng(0)
    for sigma, kept in ((0.8, False), (4.0, True)):
        record = _open(np.rint(clean + rng.normal(0, sigma, clean.shape)).astype(np.uint8), clean)
        if kept:
            _one(_task("denoise"), record)
        else:
            with pytest.raises(Refusal, match="look alike") as caught:
                _one(_task("denoise"), record)
            assert caught.value.reason is Reason.NOTHING_CHANGED


@pytest.mark.parametrize("view", ["native", "scaled"])
def test_the_mask_goes_where_the_pictures_go(view):
    target = drawn(120, 96, 3)
    mask = np.zeros((96, 120), np.uint8)
    mask[20:80, 30:100] = 255
    marked = np.where(mask[..., None] > 0, 255 - target, target)
    record = _open(marked, target, mask=cv2.imencode(".png", mask)[1].tobytes())
    triplet = _one(_task("watermark-removal", view=view), record)
    changed = (_pixels(triplet.source) != _pixels(triplet.target)).any(axis=2)
    region = from_rle(triplet.answer.region)
    assert (region == changed).mean() > (0.999 if view == "native" else 0.97)
    assert triplet.region_share == pytest.approx(region.mean())


def test_a_mask_of_another_shape_is_refused():
    record = _open(drawn(), drawn(seed=1), mask=cv2.imencode(".png", np.full((64, 64), 255, np.uint8))[1].tobytes())
    with pytest.raises(Refusal) as caught:
        _one(_task("watermark-removal"), record)
    assert caught.value.reason is Reason.MASK_SIZE_MISMATCH


@pytest.mark.parametrize("options", [{"views": "native"}, {"view": "wide"}, {"instructions": "long"}])
def test_wrong_options_are_named(options):
    (key,) = options
    with pytest.raises(UsageError, match=rf"task_options\.deblur\.{key}"):
        _task("deblur", **options)


def test_variants_of_a_picture_share_their_pair():
    first, second = (_one(_task("deblur"), _open(drawn(), drawn(seed=1), turn)) for turn in (0, 1))
    assert first.pair == second.pair


def test_the_assembler_tells_each_attempt_its_variant(tmp_path):
    save_pair(tmp_path / "train/input/a.png", tmp_path / "train/target/a.png", width=80, height=70)
    source = catalogue.source("gopro", name="gopro", root=str(tmp_path), split="train", options={})
    (record,) = source.group(0)
    attempts = [Attempt("gopro", record, "deblur", variant) for variant in range(6)]
    task = _task("deblur")
    together = [built.triplet for built in Assembler(source, {"deblur": task}, 0).run(attempts)]
    assert len({triplet.answer.crop for triplet in together}) == 6
    for attempt, wanted in zip(attempts, together, strict=True):  # alone, as a retry would make it
        (alone,) = Assembler(source, {"deblur": task}, 0).run([attempt])
        assert alone.triplet == wanted
