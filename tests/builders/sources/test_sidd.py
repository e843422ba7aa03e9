"""SIDD as scenes, crops and blocks."""

import io

import numpy as np
import pytest
from scipy.io import savemat

from ieiw.builders import catalogue
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode
from ieiw.triplets.rejects import Refusal
from tests.support.pairs import drawn, save, save_pair
from tests.support.source_case import SourceCase, records_of, source_of


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


def test_blocks_come_pixel_by_pixel_in_their_order(tmp_path):
    noisy = np.random.default_rng(0).integers(0, 256, (2, 3, 16, 16, 3), np.uint8)
    for name, blocks in (("noisy.mat", noisy), ("gt.mat", 255 - noisy)):
        savemat(tmp_path / name, {"x": blocks, "y": 1.0})
    source = source_of("sidd", tmp_path, "val")
    assert set(source.inputs()) == {"noisy.mat", "gt.mat"}
    for record, block in zip(records_of(source), noisy.reshape(6, 16, 16, 3), strict=True):
        assert np.array_equal(decode(source.read(record.files["picture"])).pixels, block)
        assert np.array_equal(decode(source.read(record.files["target"])).pixels, 255 - block)
    with pytest.raises(Refusal, match="6 blocks"):
        source.read("noisy.mat#6")


def test_a_block_file_cut_short_costs_its_blocks_not_the_build(tmp_path):
    for name in ("noisy.mat", "gt.mat"):
        savemat(tmp_path / name, {"x": np.zeros((4, 64, 64, 3), np.uint8)})
    whole = (tmp_path / "gt.mat").read_bytes()
    (tmp_path / "gt.mat").write_bytes(whole[: len(whole) // 2])
    source = source_of("sidd", tmp_path, "val")
    record = records_of(source)[0]
    source.read(record.files["picture"])
    with pytest.raises(Refusal, match=r"picture_unreadable: .*gt\.mat: cannot be unpacked"):
        source.read(record.files["target"])


def test_one_block_without_further_axes_is_one_pair(tmp_path):
    for name in ("noisy.mat", "gt.mat"):
        savemat(tmp_path / name, {"im": drawn(16, 16)})
    assert [record.id for record in records_of(source_of("sidd", tmp_path, "val"))] == ["block-0"]


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
        source_of("sidd", tmp_path, "val").group_count()


def test_noisy_blocks_without_clean_ones_are_one_clear_error(tmp_path):
    savemat(tmp_path / "BenchmarkNoisyBlocksSrgb.mat", {"x": np.zeros((1, 16, 16, 3), np.uint8)})
    with pytest.raises(UsageError, match="BenchmarkNoisyBlocksSrgb.mat has no partner"):
        source_of("sidd", tmp_path, "test").inputs()


def test_sidd_without_clean_pictures_says_which_files_it_wants(tmp_path):
    save(tmp_path / "Data/0001_001_S6/0001_NOISY_SRGB_010.PNG", drawn())
    source = catalogue.source("sidd", name="sidd", root=str(tmp_path), split="train", options={})
    with pytest.raises(UsageError, match=r"Data/\*/\*_GT_\* is missing"):
        source.inputs()
