"""GoPro, REDS, SIDD and CLWD in each layout: pairs by name, and nothing unpaired gets lost."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import savemat

from ieiw.builders import catalogue
from ieiw.builders.sources._paired import Folders, pair_up
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode
from ieiw.triplets.rejects import Refusal
from tests.support.pairs import drawn, save, save_pair
from tests.support.source_case import SourceCase


class TestGoPro(SourceCase):
    dataset, split, tasks = "gopro", "train", ("deblur",)
    records, faults, built = 4, {"picture_missing": 2}, 2

    def write(self, root):
        for number in (1, 2):
            save_pair(
                root / f"train/GOPR1/blur/{number:06d}.png", root / f"train/GOPR1/sharp/{number:06d}.png", seed=number
            )
        save(root / "train/GOPR1/blur/000007.png", drawn())
        save(root / "train/GOPR1/sharp/000008.png", drawn())
        (root / "train/GOPR1/blur/Thumbs.db").write_bytes(b"not a picture")


class TestGoProFlat(SourceCase):
    dataset, split, tasks = "gopro", "test", ("deblur",)
    records, built = 2, 2

    def write(self, root):
        # In sorted order the two sides begin with different pictures: pairing by order would mix them.
        save_pair(root / "test/input/a-1.png", root / "test/target/a-1.png", 1)
        save_pair(root / "test/input/b-1.png", root / "test/target/b-1.png", 2)


class TestReds(SourceCase):
    dataset, split, tasks = "reds", "val", ("deblur",)
    records, built = 2, 2

    def write(self, root):
        for clip in ("000", "001"):
            place = root / "val"
            save_pair(place / f"val_blur/{clip}/00000000.png", place / f"val_sharp/{clip}/00000000.png", int(clip))


class TestSidd(SourceCase):
    dataset, split, tasks = "sidd", "train", ("denoise",)
    records, faults, built = 3, {"picture_missing": 1}, 2

    def write(self, root):
        for scene in ("0001_001_S6", "0002_001_S6"):
            folder = root / "Data" / scene
            save_pair(folder / f"{scene[:4]}_NOISY_SRGB_010.PNG", folder / f"{scene[:4]}_GT_SRGB_010.PNG")
        save(root / "Data/0002_001_S6/0002_NOISY_SRGB_011.PNG", drawn())


class TestSiddCrops(SourceCase):
    dataset, split, tasks = "sidd", "train", ("denoise",)
    records, built = 2, 2

    def write(self, root):
        for name in ("0001_s001", "0001_s002"):
            save_pair(root / f"train/input_crops/{name}.png", root / f"train/gt_crops/{name}.png")


class TestSiddBlocks(SourceCase):
    dataset, split, tasks = "sidd", "val", ("denoise",)
    records, faults, built = 6, {"picture_missing": 2}, 4

    def write(self, root):
        clean = np.stack([drawn(32, 32, seed) for seed in range(6)]).reshape(3, 2, 32, 32, 3)
        savemat(root / "ValidationNoisyBlocksSrgb.mat", {"ValidationNoisyBlocksSrgb": clean ^ 5}, do_compression=True)
        savemat(root / "ValidationGtBlocksSrgb.mat", {"ValidationGtBlocksSrgb": clean[:2]})


class TestClwd(SourceCase):
    dataset, split, tasks = "clwd", "train", ("watermark-removal",)
    records, built = 2, 1  # the mask of the other is no picture

    def write(self, root):
        for number in (1, 2):
            folder = root / "train"
            save_pair(folder / f"Watermarked_image/{number}.jpg", folder / f"Watermark_free_image/{number}.jpg", number)
        save(root / "train/Mask/1.png", np.full((64, 96), 255, np.uint8))
        (root / "train/Mask/2.png").write_bytes(b"damaged")


def _source(dataset, root, split, **options):
    return catalogue.source(dataset, name=dataset, root=str(root), split=split, options=options)


def _records(source):
    return [record for index in range(source.group_count()) for record in source.group(index)]


def test_a_layout_that_is_not_there_is_named(tmp_path):
    (tmp_path / "train").mkdir()
    with pytest.raises(
        UsageError, match=r"GoPro is not there for split 'test': expected test/\*/blur \+ test/\*/sharp"
    ):
        _source("gopro", tmp_path, "test").inputs()


@pytest.mark.parametrize(("dataset", "other"), [("gopro", "blur_gamma"), ("reds", "blur_jpeg")])
def test_the_advice_fits_whichever_rendering_was_asked_for(tmp_path, dataset, other):
    (tmp_path / "train").mkdir()
    for kind in ("blur", other):
        with pytest.raises(
            UsageError, match=rf"options: {{blur: {other}}}` takes the other rendering; blur is the default"
        ):
            _source(dataset, tmp_path, "train", blur=kind).inputs()


def test_an_unknown_option_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"source gopro: options\.blurr: unknown key.*known: blur"):
        _source("gopro", tmp_path, "test", blurr="blur")


def test_the_kind_of_blur_is_an_option(tmp_path):
    for kind in ("blur", "blur_gamma"):
        save(tmp_path / f"train/GOPR1/{kind}/000001.png", drawn())
    save(tmp_path / "train/GOPR1/sharp/000001.png", drawn())
    for kind in ("blur", "blur_gamma"):
        (record,) = _records(_source("gopro", tmp_path, "train", blur=kind))
        assert record.files["picture"] == f"train/GOPR1/{kind}/000001.png"


def test_compressed_blur_meets_its_sharp_frame_of_another_format(tmp_path):
    save_pair(tmp_path / "train/train_blur_jpeg/000/00000000.jpg", tmp_path / "train/train_sharp/000/00000000.png")
    (record,) = _records(_source("reds", tmp_path, "train", blur="blur_jpeg"))
    assert record.fault is None
    assert record.files["target"].endswith("sharp/000/00000000.png")


def test_two_files_of_one_name_are_told_apart(tmp_path):
    save_pair(tmp_path / "train/input/a.png", tmp_path / "train/target/a.png")
    save(tmp_path / "train/input/a.jpg", drawn())
    found = _records(_source("gopro", tmp_path, "train"))
    assert sorted(str(record.fault.reason) if record.fault else "" for record in found) == ["", "duplicate_record"]


def test_blocks_come_pixel_by_pixel_in_their_order(tmp_path):
    noisy = np.random.default_rng(0).integers(0, 256, (2, 3, 16, 16, 3), np.uint8)
    for name, blocks in (("noisy.mat", noisy), ("gt.mat", 255 - noisy)):
        savemat(tmp_path / name, {"x": blocks, "y": 1.0})
    source = _source("sidd", tmp_path, "val")
    assert set(source.inputs()) == {"noisy.mat", "gt.mat"}
    for record, block in zip(_records(source), noisy.reshape(6, 16, 16, 3), strict=True):
        assert np.array_equal(decode(source.read(record.files["picture"])).pixels, block)
        assert np.array_equal(decode(source.read(record.files["target"])).pixels, 255 - block)
    with pytest.raises(Refusal, match="6 blocks"):
        source.read("noisy.mat#6")


def test_a_block_file_cut_short_costs_its_blocks_not_the_build(tmp_path):
    for name in ("noisy.mat", "gt.mat"):
        savemat(tmp_path / name, {"x": np.zeros((4, 64, 64, 3), np.uint8)})
    whole = (tmp_path / "gt.mat").read_bytes()
    (tmp_path / "gt.mat").write_bytes(whole[: len(whole) // 2])
    source = _source("sidd", tmp_path, "val")
    record = _records(source)[0]
    source.read(record.files["picture"])
    with pytest.raises(Refusal, match=r"picture_unreadable: .*gt\.mat: cannot be unpacked"):
        source.read(record.files["target"])


def test_a_split_that_leaves_the_root_is_one_clear_error(tmp_path):
    with pytest.raises(UsageError, match="split '../other'"):
        _source("gopro", tmp_path, "../other").inputs()


def test_one_block_without_further_axes_is_one_pair(tmp_path):
    for name in ("noisy.mat", "gt.mat"):
        savemat(tmp_path / name, {"im": drawn(16, 16)})
    assert [record.id for record in _records(_source("sidd", tmp_path, "val"))] == ["block-0"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"MATLAB 7.3 MAT-file" + b" " * 105 + b"\x00\x02IM" + b"\0" * 600, "MATLAB 7.3"),
        (b"nothing of the kind", "not a MATLAB file"),
        ({"x": np.zeros((4, 4))}, r"expected one uint8 array .* it holds x double"),
    ],
)
def test_other_mat_files_are_one_clear_error(tmp_path, content, message):
    if isinstance(content, dict):
        buffer = io.BytesIO()
        savemat(buffer, content)
        content = buffer.getvalue()
    for name in ("noisy.mat", "gt.mat"):
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=message):
        _source("sidd", tmp_path, "val").group_count()


def test_noisy_blocks_without_clean_ones_are_one_clear_error(tmp_path):
    savemat(tmp_path / "BenchmarkNoisyBlocksSrgb.mat", {"x": np.zeros((1, 16, 16, 3), np.uint8)})
    with pytest.raises(UsageError, match="BenchmarkNoisyBlocksSrgb.mat has no partner"):
        _source("sidd", tmp_path, "test").inputs()


_NAMES = st.lists(st.sampled_from([f"{clip}/{frame}" for clip in "ab" for frame in "0123"]), max_size=10)


@given(_NAMES, _NAMES)
def test_every_file_is_in_exactly_one_pair(left, right):
    damaged = [(name, f"blur/{name}-{turn}.png") for turn, name in enumerate(left)]
    clean = [(name, f"sharp/{name}-{turn}.png") for turn, name in enumerate(right)]
    pairs = pair_up(damaged, clean, Folders("blur", "sharp"))
    used = [path for pair in pairs for path in (pair.damaged, pair.clean) if path]
    assert sorted(used) == sorted(path for _, path in damaged + clean)
    assert len({pair.name for pair in pairs}) == len(pairs)
    whole = [pair for pair in pairs if pair.fault is None]
    assert {pair.name for pair in whole} == set(left) & set(right)
    assert all(pair.damaged.split("-")[0][5:] == pair.clean.split("-")[0][6:] for pair in whole)


def test_a_side_that_was_never_unpacked_is_one_error_that_names_it_not_a_reject_for_each_picture(tmp_path):
    save(tmp_path / "train/train_sharp/000/00000000.png", drawn())
    source = catalogue.source("reds", name="reds", root=str(tmp_path), split="train", options={})
    with pytest.raises(UsageError, match=r"train/train_blur is missing.*blur: blur_jpeg"):
        source.inputs()
    save(tmp_path / "train/train_blur_jpeg/000/00000000.jpg", drawn())
    other = catalogue.source("reds", name="reds", root=str(tmp_path), split="train", options={"blur": "blur_jpeg"})
    assert other.group_count() == 1


def test_a_whole_layout_goes_before_half_of_another(tmp_path):
    save(tmp_path / "train/GOPR1/sharp/000001.png", drawn())
    save_pair(tmp_path / "train/input/a.png", tmp_path / "train/target/a.png", 1)
    source = catalogue.source("gopro", name="gopro", root=str(tmp_path), split="train", options={})
    assert [record.id for record in source.group(0)] == ["a"]


def test_sidd_without_clean_pictures_says_which_files_it_wants(tmp_path):
    save(tmp_path / "Data/0001_001_S6/0001_NOISY_SRGB_010.PNG", drawn())
    source = catalogue.source("sidd", name="sidd", root=str(tmp_path), split="train", options={})
    with pytest.raises(UsageError, match=r"Data/\*/\*_GT_\* is missing"):
        source.inputs()
