"""Rooms with depth and pets with breeds, as the sources of the two data sets read them."""

import cv2
import numpy as np
import pytest

from ieiw.builders import catalogue
from ieiw.builders.formats.label_maps import decode_labels
from ieiw.builders.sources.oxford_pet import BREEDS
from ieiw.synthetic.rooms_and_pets import COATS, depth_of, pet, write_rooms_and_pets
from ieiw.synthetic.scene import render
from ieiw.triplets.images.codec import decode

COUNT = 15


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("more")
    assert write_rooms_and_pets(out, COUNT, 3) == 2 * COUNT
    return out


def _records(dataset, root, split):
    source = catalogue.source(dataset, name=dataset, root=str(root), split=split, options={})
    return source, [record for index in range(source.group_count()) for record in source.group(index)]


def test_every_room_has_a_depth_map_of_its_size_in_millimetres(folder):
    source, records = _records("nyuv2", folder / "NYUv2", "train")
    assert len(records) == COUNT
    for record in records:
        assert record.fault is None
        depth = decode_labels(source.read(record.files["depth"]))
        assert depth.dtype == np.uint16
        assert depth.shape == decode(source.read(record.files["picture"])).pixels.shape[:2]
        metres = depth / record.annotation["units_per_metre"]
        assert 0.95 <= metres.min() < 2.1
        assert 2.8 < metres.max() <= 6


@pytest.mark.parametrize("place", ["in a living room", "on a table"])
@pytest.mark.parametrize("index", range(6))
def test_floor_comes_nearer_downwards_and_things_stand_on_it(place, index):
    scene = render(7, index, place=place)
    assert scene.place == place
    depth = depth_of(scene, np.random.default_rng(index))
    free = ~scene.mask(range(len(scene.placed)))
    rows = [np.unique(depth[y][free[y]]) for y in range(depth.shape[0]) if free[y].any()]
    assert all(len(row) == 1 for row in rows)  # wall and floor: one depth a row
    profile = np.array([row[0] for row in rows])
    assert (np.diff(profile) <= 0).all()
    floor = profile[profile < profile.max() * 0.999]
    assert (np.diff(floor) < 0).all()
    # Seen in perspective: the inverse of the depth is a straight line.
    assert np.abs(np.diff(1 / floor, 2)).max() < 1e-5
    for each in scene.placed:
        (own,) = np.unique(depth[each.mask])
        foot = round(each.thing.at[1])
        if each.thing.zone.where == "wall":
            assert own == depth.max()
        elif free[foot].any():
            assert own == depth[foot][free[foot]][0]


def test_nearer_things_hide_farther_ones(folder):
    scene = render(7, 1, place="on a table")
    depth = depth_of(scene, np.random.default_rng(0))
    standing = [depth[each.mask][0] for each in scene.placed if each.thing.zone.where == "floor"]
    assert standing == sorted(standing, reverse=True)


def test_pets_are_listed_as_the_release_lists_them(folder):
    source, records = _records("oxford-pet", folder / "Oxford-IIIT-Pet", "trainval")
    assert len(records) == COUNT
    assert not any(record.fault for record in records)
    assert {record.annotation["class"] for record in records} == {BREEDS[breed] for breed in COATS}
    for record in records:
        assert decode(source.read(record.files["picture"])).pixels.shape == (288, 384, 3)
    lines = (folder / "Oxford-IIIT-Pet" / "annotations" / "trainval.txt").read_text().splitlines()
    # Figures of the release's own lists: number of 37, cat 1 or dog 2, number of 12 or of 25.
    known = {line.split()[0].rpartition("_")[0]: line.split()[1:] for line in lines}
    assert known["Abyssinian"] == ["1", "1", "1"]
    assert known["Bombay"] == ["8", "1", "4"]
    assert known["boxer"] == ["9", "2", "5"]
    assert known["wheaten_terrier"] == ["36", "2", "24"]
    assert lines[-1].startswith("Abyssinian_2 ")  # after one of each, they begin again


@pytest.mark.parametrize("breed", [breed for breed, coat in COATS.items() if coat.pattern == "plain"])
def test_the_coat_is_what_is_seen(breed):
    """The middle of the picture is the animal, and most of it is near its coat's colour."""
    picture = pet(COATS[breed], 0, 5).astype(float)
    coat = cv2.cvtColor(np.uint8([[COATS[breed].rgb]]), cv2.COLOR_RGB2LAB).astype(float)
    lab = cv2.cvtColor(picture.astype(np.uint8), cv2.COLOR_RGB2LAB).astype(float)
    near = np.linalg.norm(lab - coat, axis=2) < 45
    assert near.mean() > 0.08


def test_breeds_of_one_animal_have_coats_of_their_own():
    assert len({(coat.animal, coat.rgb, coat.second, coat.pattern) for coat in COATS.values()}) == len(COATS)
    assert all((coat.animal == "cat") == breed[0].isupper() for breed, coat in COATS.items())


def test_the_same_seed_gives_the_same_bytes_and_more_begin_alike(folder, tmp_path):
    write_rooms_and_pets(tmp_path, 4, 3)
    pictures = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.*g")]
    assert len(pictures) == 4 * 3
    assert all((tmp_path / path).read_bytes() == (folder / path).read_bytes() for path in pictures)
    write_rooms_and_pets(tmp_path / "other", 1, 4)
    assert (tmp_path / "other/NYUv2/images/0001.jpg").read_bytes() != (folder / "NYUv2/images/0001.jpg").read_bytes()


def test_a_room_is_no_scene_of_the_same_seed(folder):
    scenes = {render(3, index).picture.tobytes() for index in range(8)}
    assert not any(
        render(3, 1_000_000 + number, place="in a living room").picture.tobytes() in scenes for number in range(2)
    )
