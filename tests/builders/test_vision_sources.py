"""NYU Depth v2, Oxford-IIIT Pet, and COCO's classes with boxes."""

import json
import os
from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest
from scipy.io import savemat

from ieiw.builders import catalogue
from ieiw.builders.sources.oxford_pet import BREEDS
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode
from ieiw.triplets.rejects import Refusal
from tests.support.source_case import SourceCase, draw_picture, square

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


class TestOxfordPet(SourceCase):
    dataset, split, tasks = "oxford-pet", "trainval", ("classify",)
    records, faults, built = 4, {"invalid_record": 1, "duplicate_record": 1}, 2

    def test_a_byte_order_mark_is_no_part_of_a_name(self, root):
        file = root / "annotations" / "trainval.txt"
        file.write_text("Abyssinian_1 1 1 1\n", encoding="utf-8-sig")
        assert next(self.source(root).group(0)).fault is None

    def write(self, root):
        (root / "annotations").mkdir()
        names = ["Abyssinian_1", "pug_2", "pug_2", "axolotl_3"]
        lines = "".join(f"{name} 1 1 1\n" for name in names)
        (root / "annotations" / "trainval.txt").write_text(f"#Image CLASS-ID SPECIES BREED ID\n{lines}")
        for name in names:
            draw_picture(root / "images" / f"{name}.jpg")


class TestCocoClasses(SourceCase):
    dataset, split, tasks = "coco-instances", "train2017", ("detect",)
    records, faults, built = (
        5,
        {"crowd": 1, "unknown_picture": 1, "invalid_record": 2},
        1,
    )  # an unsound dog spoils the dogs

    def write(self, root):
        draw_picture(root / "train2017" / "7.jpg")
        boxes = [(1, 7, 1, 0), (2, 7, 2, 0), (3, 7, 2, 0), (4, 7, 3, 1), (5, 99, 1, 0), (6, 7, 4, 0), (7, 7, 3, 0)]
        annotations = [
            {"id": i, "image_id": picture, "category_id": kind, "iscrowd": crowd,
             "segmentation": [sum(square(12 * i, 20, 20), [])], "bbox": [12 * i - 10, 12 + 4 * i, 20, 0 if i == 6 else 20]}
            for i, picture, kind, crowd in boxes
        ]  # fmt: skip
        annotations.append({"id": "?", "image_id": 7, "category_id": 1})
        document = {
            "images": [{"id": 7, "file_name": "7.jpg", "width": 96, "height": 64}],
            "annotations": annotations,
            "categories": [{"id": n, "name": name} for n, name in enumerate(("dog", "person", "book", "cat"), 1)],
        }
        (root / "annotations").mkdir()
        (root / "annotations" / "instances_train2017.json").write_text(json.dumps(document))

    def source(self, root):
        options = {"records": "classes"}
        return catalogue.source(self.dataset, name=self.dataset, root=str(root), split=self.split, options=options)

    def recipe(self, root):
        recipe = super().recipe(root)
        entry = recipe.sources[0].model_dump() | {"options": {"records": "classes"}}
        return type(recipe).model_validate(recipe.model_dump() | {"sources": [entry]})

    def test_several_things_of_a_class_make_one_record(self, root):
        found = [record for index in range(2) for record in self.source(root).group(index)]
        (persons,) = (record for record in found if record.annotation.get("class") == "person")
        assert persons.annotation["boxes"] == [[14, 20, 20, 20], [26, 24, 20, 20]]
        assert persons.id == "7/2"


def test_all_pets_are_known_by_their_names_where_there_is_no_list(tmp_path):
    for name in ("Maine_Coon_1", "great_pyrenees_12"):
        draw_picture(tmp_path / "images" / f"{name}.jpg")
    source = catalogue.source("oxford-pet", name="pet", root=str(tmp_path), split="all", options={})
    found = {record.id: record for index in range(source.group_count()) for record in source.group(index)}
    assert found["Maine_Coon_1"].annotation == {
        "class": "Maine Coon cat",
        "class_id": list(BREEDS).index("Maine_Coon") + 1,
    }
    assert found["great_pyrenees_12"].annotation["class"] == "Great Pyrenees dog"


def test_the_37_breeds_are_those_of_the_release_in_its_order():
    assert len(BREEDS) == 37
    assert list(BREEDS) == sorted(BREEDS, key=str.lower)  # class numbers of list.txt go by name
    cats = [name for name, spoken in BREEDS.items() if spoken.endswith("cat")]
    assert len(cats) == 12 and all(name[0].isupper() for name in cats)  # the release writes cats with a capital


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
