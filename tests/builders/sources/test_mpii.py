"""MPII, as a list and as released."""

import json

import numpy as np
import pytest
import scipy.io

from ieiw.triplets.errors import UsageError
from tests.builders.sources.test_crowdpose import TestCrowdPose as CrowdPose
from tests.support.points import (
    HEIGHT,
    WIDTH,
    joints,
    struct,
    structs,
)
from tests.support.source_case import SourceCase, draw_picture, read_records


class TestMPIIListed(SourceCase):
    tasks = ("keypoints",)
    dataset, split = "mpii", "train"
    records, faults, built = 4, {"invalid_record": 2}, 1  # the second is too small

    def write(self, root):
        draw_picture(root / "images" / "a.jpg", WIDTH, HEIGHT)
        flat = joints("mpii")
        places = [flat[at : at + 2] for at in range(0, len(flat), 3)]
        places[0] = [-1, -1]
        sound = {"image": "a.jpg", "center": [80, 60], "scale": 0.5, "joints": places, "joints_vis": [0, 0] + [1] * 14}
        far = sound | {"joints": [[x / 4 + 120, y / 4] if x > 0 else [x, y] for x, y in places]}
        entries = [sound, far, sound | {"joints_vis": [1]}, {"image": "a.jpg"}]
        (root / "annot").mkdir()
        (root / "annot" / "train.json").write_text(json.dumps(entries))

    def test_pixels_are_counted_from_one_and_hidden_joints_are_told_from_missing_ones(self, root):
        sound = read_records(self.dataset, root, self.split)[0]
        flat = joints("mpii")
        assert sound.annotation["joints"][:2] == [[0.0, 0.0, 0], [flat[3] - 0.5, flat[4] - 0.5, 1]]

    def test_the_test_split_has_no_joints(self, root):
        entry = {"image": "a.jpg", "center": [80, 60], "scale": 0.5}
        half = entry | {"joints_vis": [1] * 16}
        (root / "annot" / "test.json").write_text(json.dumps([entry, half]))
        found = [record.fault for record in read_records(self.dataset, root, "test")]
        assert [fault.reason.value for fault in found] == ["no_key_points", "invalid_record"]
        assert "0 joints, 16 joints_vis" in found[1].detail


class TestMPIIRelease(SourceCase):
    tasks = ("keypoints",)
    dataset, split = "mpii", "train"
    records, faults, built = 3, {"no_key_points": 1, "invalid_record": 1}, 1

    def write(self, root):
        draw_picture(root / "images" / "a.jpg", WIDTH, HEIGHT)
        flat = joints("mpii")
        points = [
            {"x": float(flat[3 * at]), "y": float(flat[3 * at + 1]), "id": at, "is_visible": seen}
            for at, seen in enumerate(["1", "0"] + [1] * 14)
            if at
        ]
        head = {"x1": 130, "y1": 100, "x2": 134, "y2": 104}
        whole = {"annopoints": struct({"point": structs(points)}), "objpos": struct({"x": 80, "y": 60}), "scale": 0.5}
        wrong = {"annopoints": struct({"point": structs([{"x": 1.0, "y": 2.0, "id": 16}])})}
        pictures = [
            {"image": struct({"name": "a.jpg"}), "annorect": structs([whole, head, wrong])},
            {"image": struct({"name": "b.jpg"}), "annorect": struct({"scale": 1.0})},
            {"image": struct({"name": "c.jpg"})},
        ]
        release = {"annolist": structs(pictures), "img_train": [1, 0, 1], "version": "12"}
        scipy.io.savemat(root / "mpii_human_pose_v1_u12_1.mat", {"RELEASE": struct(release)})

    def test_release_and_list_agree(self, root, tmp_path):
        TestMPIIListed().write(tmp_path)
        listed = read_records("mpii", tmp_path, "train")[0].annotation
        released = read_records("mpii", root, "train")[0].annotation
        assert released["joints"] == listed["joints"]
        assert released["box"] == listed["box"]

    def test_pictures_without_training_mark_are_the_test_split(self, root):
        assert [record.id for record in read_records("mpii", root, "test")] == ["b.jpg/0"]

    def test_another_split(self, root):
        with pytest.raises(UsageError, match="knows train and test"):
            read_records("mpii", root, "valid")

    @pytest.mark.parametrize("data", [b"", b"MATLAB 7.3 MAT-file" + bytes(300), b"x" * 500, None])
    def test_damaged_files_are_one_clear_error(self, root, data):
        file = root / "mpii_human_pose_v1_u12_1.mat"
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2] if data is None else data)
        with pytest.raises(UsageError, match="mpii_human_pose_v1_u12_1.mat"):
            read_records("mpii", root, "train")


def test_mmpose_s_names_are_known_as_well(tmp_path):
    CrowdPose().write(tmp_path / "crowdpose")
    folder = tmp_path / "crowdpose"
    (folder / "json").rename(folder / "annotations")
    (folder / "annotations/crowdpose_train.json").rename(folder / "annotations/mmpose_crowdpose_train.json")
    assert len(read_records("crowdpose", folder, "train")) == 1
    (tmp_path / "mpii").mkdir()
    TestMPIIListed().write(tmp_path / "mpii")
    expected = [record.id for record in read_records("mpii", tmp_path / "mpii", "train")]
    (tmp_path / "mpii/annot").rename(tmp_path / "mpii/annotations")
    (tmp_path / "mpii/annotations/train.json").rename(tmp_path / "mpii/annotations/mpii_val.json")
    for split in ("val", "valid"):
        assert [record.id for record in read_records("mpii", tmp_path / "mpii", split)] == expected


def test_mpii_s_two_archives_lie_beside_each_other(tmp_path):
    TestMPIIRelease().write(tmp_path)
    (mat,) = tmp_path.rglob("*.mat")
    (tmp_path / "mpii_human_pose_v1_u12_2").mkdir()
    mat.rename(tmp_path / "mpii_human_pose_v1_u12_2" / mat.name)
    (tmp_path / "mpii_human_pose_v1").mkdir()
    (tmp_path / "images").rename(tmp_path / "mpii_human_pose_v1/images")
    files = [record.files["picture"] for record in read_records("mpii", tmp_path, "train") if not record.fault]
    assert files == ["mpii_human_pose_v1/images/a.jpg"]


def test_a_picture_that_the_release_of_mpii_holds_twice_is_used_once(tmp_path):
    head = {"x1": 1, "y1": 1, "x2": 9, "y2": 9}
    pictures = np.zeros((1, 3), [("image", object), ("annorect", object)])
    for at, name in enumerate(("a.jpg", "b.jpg", "a.jpg")):
        pictures[0, at] = ({"name": name}, head)
    release = {"annolist": pictures, "img_train": [1, 1, 1]}
    scipy.io.savemat(tmp_path / "mpii_human_pose_v1_u12_1.mat", {"RELEASE": release})
    found = [(record.id, record.fault.reason.value) for record in read_records("mpii", tmp_path, "train")]
    assert found == [("a.jpg/0", "no_key_points"), ("b.jpg/0", "no_key_points"), ("a.jpg#2/0", "duplicate_record")]


@pytest.mark.parametrize("byte", [0, 7, 255])
def test_a_damaged_release_of_mpii_is_one_error_whatever_its_reader_raises(tmp_path, byte):
    file = tmp_path / "mpii_human_pose_v1_u12_1.mat"
    scipy.io.savemat(file, {"RELEASE": {"annolist": {"image": {"name": "a.jpg"}}, "img_train": [1]}})
    data = bytearray(file.read_bytes())
    data[144] = byte  # the class of the variable: one that its reader does not know
    file.write_bytes(data)
    with pytest.raises(UsageError, match="mpii_human_pose_v1_u12_1.mat"):
        read_records("mpii", tmp_path, "train")
