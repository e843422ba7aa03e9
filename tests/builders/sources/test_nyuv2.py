"""NYU Depth v2, from folders and from the official file."""

import os
from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest
from scipy.io import savemat

from ieiw.builders import catalogue
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode
from ieiw.triplets.rejects import Refusal
from tests.support.source_case import SourceCase, draw_picture

REAL = os.environ.get("IEIW_REAL_DATA", "")


needs_real = pytest.mark.skipif(not REAL, reason="IEIW_REAL_DATA is not set")


def write_depth(path, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.random.default_rng(seed).integers(800, 6000, (64, 96), np.uint16))


class TestNyuFolders(SourceCase):
    dataset, split, tasks = "nyuv2", "train", ("depth",)
    records, faults, built = 3, {"picture_missing": 1}, 2

    def write(self, root):
        for scene in ("kitchen_0001", "bedroom_0002"):
            draw_picture(root / "train" / scene / "rgb_00045.jpg")
            write_depth(root / "train" / scene / "sync_depth_00045.png")
        draw_picture(root / "train" / "kitchen_0001" / "rgb_00050.jpg")


def write_official(root: Path, count=3, **changes):
    """The two files as MATLAB writes them: HDF5 behind a block of text, arrays in packed chunks, columns first."""
    dice = np.random.default_rng(0)
    depths = dice.uniform(0.7, 9.9, (count, 96, 64)).astype(np.float32)
    raw = depths.copy()
    raw[:, :10], raw[:, 10], raw[:, 11] = 0, np.nan, np.inf
    arrays = {
        "images": dice.integers(0, 256, (count, 3, 96, 64), np.uint8),
        "depths": depths,
        "rawDepths": raw,
    } | changes
    file = root / "nyu_depth_v2_labeled.mat"
    with h5py.File(file, "w", userblock_size=512) as table:
        for name, values in arrays.items():
            table.create_dataset(name, data=values, chunks=(1, *values.shape[1:]), compression="gzip")
    with file.open("r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")
    savemat(root / "splits.mat", {"trainNdxs": np.array([[1], [3]]), "testNdxs": np.array([[2]])})
    return arrays["images"], depths


class TestNyuOfficial(SourceCase):
    dataset, split, tasks = "nyuv2", "train", ("depth",)
    records, built = 2, 2

    def write(self, root):
        write_official(root)


def test_the_official_file_gives_its_pictures_and_metres(tmp_path):
    pictures, depths = write_official(tmp_path)
    source = catalogue.source("nyuv2", name="nyu", root=str(tmp_path), split="train", options={})
    assert source.group_count() == 2
    (record,) = source.group(1)
    assert record.id == "0003"
    picture = decode(source.read(record.files["picture"])).pixels
    np.testing.assert_array_equal(picture, pictures[2].transpose(2, 1, 0))
    levels = cv2.imdecode(np.frombuffer(source.read(record.files["depth"]), np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_allclose(levels / record.annotation["units_per_metre"], depths[2].T, atol=1.1e-4)


def test_what_was_not_measured_is_no_depth(tmp_path):
    _, depths = write_official(tmp_path)
    source = catalogue.source("nyuv2", name="nyu", root=str(tmp_path), split="test", options={"raw": True})
    (record,) = source.group(0)
    levels = cv2.imdecode(np.frombuffer(source.read(record.files["depth"]), np.uint8), cv2.IMREAD_UNCHANGED)
    assert not levels[:, :12].any()
    np.testing.assert_allclose(levels[:, 12:] / 5000, depths[1].T[:, 12:], atol=1.1e-4)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"images": np.zeros((3, 4, 9, 9), np.uint8)},
            r"no array 'images' of uint8 with 4 axes, it has uint8\[3, 4, 9, 9\]",
        ),
        ({"images": np.zeros((3, 3, 9, 9), np.float32)}, r"no array 'images' .* it has float32"),
        ({"depths": np.zeros((3, 9), np.float32)}, r"no array 'depths' of float32 with 3 axes"),
    ],
)
def test_another_file_of_that_name_is_one_clear_error(tmp_path, changes, told):
    write_official(tmp_path, **changes)
    source = catalogue.source("nyuv2", name="nyu", root=str(tmp_path), split="all", options={})
    with pytest.raises(UsageError, match=rf"labeled\.mat: {told}"):
        source.group_count()


def test_a_damaged_official_file_is_an_error_or_a_refusal_never_more(tmp_path):
    write_official(tmp_path)
    file, dice, seen = tmp_path / "nyu_depth_v2_labeled.mat", np.random.default_rng(3), set()
    sound = file.read_bytes()
    for _ in range(150):
        damaged = bytearray(sound)
        for at in dice.integers(512, 4000, 6):
            damaged[at] = dice.integers(256)
        file.write_bytes(damaged)
        source = catalogue.source("nyuv2", name="nyu", root=str(tmp_path), split="all", options={})
        try:
            if source.group_count():
                source.read("nyu_depth_v2_labeled.mat#images/0")
        except (UsageError, Refusal) as error:
            seen.add(type(error))
    assert seen == {UsageError, Refusal}


def test_the_official_file_needs_its_splits(tmp_path):
    (tmp_path / "nyu_depth_v2_labeled.mat").write_bytes(b"x")
    source = catalogue.source("nyuv2", name="nyu", root=str(tmp_path), split="train", options={})
    with pytest.raises(UsageError, match=r"splits.mat.*split: all"):
        source.inputs()


@needs_real
def test_real_samples_are_read():
    pets = catalogue.source("oxford-pet", name="p", root=f"{REAL}/oxford_pet", split="all", options={})
    records = [record for index in range(pets.group_count()) for record in pets.group(index)]
    assert len(records) >= 15 and all(record.fault is None for record in records)
    nyu = catalogue.source(
        "nyuv2", name="n", root=f"{REAL}/nyuv2/rgb_depth", split="train", options={"units_per_metre": 5000}
    )
    assert nyu.group_count() == 1
