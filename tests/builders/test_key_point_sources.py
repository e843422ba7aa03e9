"""The six data sets with key points: layouts, faults, and the real samples."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
import scipy.io

from ieiw.builders import catalogue
from ieiw.builders.instructions.joints import LAYOUTS
from ieiw.triplets.errors import UsageError
from tests.support.points import (
    BOX,
    FAULTS,
    HEIGHT,
    WIDTH,
    faulty_persons,
    joints,
    person,
    struct,
    structs,
    write_coco,
)
from tests.support.source_case import SourceCase, draw_picture

REAL = os.environ.get("IEIW_REAL_DATA")
needs_real = pytest.mark.skipif(not REAL, reason="IEIW_REAL_DATA is not set: no real samples")


def records(dataset, root, split):
    source = catalogue.source(dataset, name=dataset, root=str(root), split=split, options={})
    return [record for index in range(source.group_count()) for record in source.group(index)]


class PointCase(SourceCase):
    tasks = ("keypoints",)


class TestCocoKeypoints(PointCase):
    dataset, split = "coco-keypoints", "train2017"
    records, faults, built = 10, FAULTS, 1

    def write(self, root):
        file = "annotations/person_keypoints_train2017.json"
        write_coco(root, file, {"7.jpg": "train2017/7.jpg"}, faulty_persons("coco"), "coco")

    def test_faults_name_file_and_field(self, root):
        found = {record.id: record.fault.detail for record in records(self.dataset, root, self.split) if record.fault}
        assert found["5"] == (
            "annotations/person_keypoints_train2017.json annotations[5]: `bbox` holds a number that is not finite"
        )
        assert "keypoints has 3 numbers, 51 are needed" in found["6"]
        assert "category_id 7 is not in categories" in found["7"]
        assert "keypoints[0:3] is 5.0, 5.0, 9" in found["8"]
        assert "has no area" in found["9"]

    def test_coordinates_become_continuous(self, root):
        sound = next(record for record in records(self.dataset, root, self.split) if not record.fault)
        flat = joints("coco")
        assert sound.annotation["joints"][0] == [0.0, 0.0, 0]
        assert sound.annotation["joints"][1] == [flat[3] + 0.5, flat[4] + 0.5, 1]
        assert sound.size == (WIDTH, HEIGHT)

    def test_everyone_else_is_known_to_a_person(self, root):
        sound = next(record for record in records(self.dataset, root, self.split) if not record.fault)
        assert sound.annotation["others"] == [[120.0, 100.0, 8.0, 8.0]]  # the one without joints
        assert sound.annotation["crowds"] == [[120.0, 100.0, 8.0, 8.0]]

    def test_pictures_below_images_are_found(self, root):
        (root / "images").mkdir()
        (root / "train2017").rename(root / "images" / "train2017")
        sound = next(record for record in records(self.dataset, root, self.split) if not record.fault)
        assert sound.files["picture"] == "images/train2017/7.jpg"

    def test_another_order_of_joints_is_refused(self, root):
        file = root / "annotations" / "person_keypoints_train2017.json"
        document = json.loads(file.read_text())
        document["categories"][0]["keypoints"][5:7] = ["right_shoulder", "left_shoulder"]
        file.write_text(json.dumps(document))
        with pytest.raises(UsageError, match="wrong_schema.*right_shoulder, left_shoulder"):
            records(self.dataset, root, self.split)

    @pytest.mark.parametrize("changes", [{"keypoints": []}, {"bbox": [0, 0, 0, 0]}, {"bbox": []}])
    def test_who_has_no_joints_needs_no_box(self, root, changes):
        unlabelled = person(2, 1, "coco") | {"keypoints": [0] * 51, "num_keypoints": 0} | changes
        file = "annotations/person_keypoints_train2017.json"
        write_coco(root, file, {"7.jpg": "train2017/7.jpg"}, [person(1, 1, "coco"), unlabelled], "coco")
        sound, other = records(self.dataset, root, self.split)
        assert sound.fault is None
        assert other.fault.reason.value == "no_key_points"
        assert bool(sound.annotation["others"]) == ("bbox" not in changes)

    def test_a_picture_without_a_licence_has_none(self, root):
        file = root / "annotations/person_keypoints_train2017.json"
        document = json.loads(file.read_text())
        for number, licence in ((4, "COCO licence 4"), (None, ""), (0, "")):
            document["images"][0]["license"] = number
            file.write_text(json.dumps(document))
            sound = next(record for record in records(self.dataset, root, self.split) if not record.fault)
            assert sound.licence == licence

    def test_unknown_option(self, root):
        with pytest.raises(UsageError, match="options.fast"):
            catalogue.source(self.dataset, name="x", root=str(root), split="train2017", options={"fast": 1})


class TestCrowdPose(PointCase):
    dataset, split = "crowdpose", "train"
    records, faults, built = 1, {}, 1

    def write(self, root):
        write_coco(
            root, "json/crowdpose_train.json", {"7.jpg": "images/7.jpg"}, [person(1, 1, "crowdpose")], "crowdpose"
        )


class TestHumanArt(PointCase):
    dataset, split = "humanart", "training"
    records, faults, built = 1, {}, 1

    def write(self, root):
        picture = "HumanArt/images/sculpture/7.jpg"
        file = "HumanArt/annotations/training_humanart.json"
        write_coco(root, file, {picture: picture}, [person(1, 1, "coco")], "coco", page_url="https://example.org/a")
        document = json.loads((root / file).read_text())
        document["images"][0]["category"] = "sculpture"
        document["categories"][0]["keypoints"] += ["left_finger", "right_finger", "left_toe", "right_toe"]
        (root / file).write_text(json.dumps(document))

    def test_statues_are_figures_and_the_inner_folder_will_do(self, root):
        outer, inner = (records(self.dataset, place, self.split)[0] for place in (root, root / "HumanArt"))
        assert outer.annotation == inner.annotation
        assert outer.annotation["noun"] == "figure"
        assert outer.files["picture"] == "HumanArt/" + inner.files["picture"]
        assert "https://example.org/a" in outer.licence

    def test_pictures_of_coco_lie_beside_it(self, root):
        write_coco(
            root,
            "HumanArt/annotations/training_humanart_coco.json",
            {"coco/train2017/7.jpg": "coco/train2017/7.jpg"},
            [person(1, 1, "coco")],
            "coco",
        )
        file = root / "HumanArt/annotations/training_humanart_coco.json"
        document = json.loads(file.read_text())
        document["images"][0]["category"] = None
        file.write_text(json.dumps(document))
        (record,) = records(self.dataset, root, "training_humanart_coco")
        assert record.fault is None
        assert record.files["picture"] == "coco/train2017/7.jpg"


class TestAP10K(PointCase):
    dataset, split = "ap10k", "train-split1"
    records, faults, built = 1, {}, 1

    def write(self, root):
        file = "annotations/ap10k-train-split1.json"
        write_coco(root, file, {"7.jpg": "data/7.jpg"}, [person(1, 1, "ap10k")], "ap10k", category="alouatta")

    def test_species_get_their_common_name(self, root):
        assert records(self.dataset, root, self.split)[0].annotation["noun"] == "howler monkey"


class TestAICRelease(PointCase):
    dataset, split = "aic", "train"
    records, faults, built = 6, {"invalid_record": 3, "duplicate_record": 1, "no_key_points": 1}, 1

    def write(self, root):
        folder = root / "keypoint_train_images_20170902"
        draw_picture(folder / "ab.jpg", WIDTH, HEIGHT)
        left, top, width, height = BOX
        sound = joints("aic", codes=(3, 2, 1))
        several = {"human10": sound[:5], "human2": sound, "human3": sound}
        boxes = {"human10": [1, 2, 3, 4], "human2": [left, top, left + width, top + height]}
        entries = [
            {
                "image_id": "ab",
                "keypoint_annotations": several,
                "human_annotations": boxes,
                "url": "http://example.org/",
            },
            {"image_id": "ab", "keypoint_annotations": several, "human_annotations": boxes},
            {"image_id": "cd", "keypoint_annotations": {}, "human_annotations": {}},
            {"image_id": 7},
        ]
        (root / "keypoint_train_annotations_20170909.json").write_text(json.dumps(entries))

    def test_its_own_codes_become_cocos(self, root):
        sound = next(record for record in records(self.dataset, root, self.split) if not record.fault)
        assert sound.id == "ab/human2"
        assert [code for *_, code in sound.annotation["joints"]] == [0, 1] + [2] * 12
        assert sound.annotation["box"] == BOX

    def test_who_has_no_joints_needs_no_box(self, root):
        file = root / "keypoint_train_annotations_20170909.json"
        (entry, *_) = json.loads(file.read_text())
        entry["keypoint_annotations"] = {"human1": [0, 0, 3] * 14}
        entry["human_annotations"] = {"human1": [0, 0, 0, 0]}
        file.write_text(json.dumps([entry]))
        (record,) = records(self.dataset, root, self.split)
        assert record.fault.reason.value == "no_key_points"


class TestAICConverted(PointCase):
    dataset, split = "aic", "val"
    records, faults, built = 1, {}, 1

    def write(self, root):
        picture = "ai_challenger_keypoint_validation_20170911/keypoint_validation_images_20170911/ab.jpg"
        write_coco(root, "annotations/aic_val.json", {"ab.jpg": picture}, [person(1, 1, "aic")], "aic")


class TestMPIIListed(PointCase):
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
        sound = records(self.dataset, root, self.split)[0]
        flat = joints("mpii")
        assert sound.annotation["joints"][:2] == [[0.0, 0.0, 0], [flat[3] - 0.5, flat[4] - 0.5, 1]]

    def test_the_test_split_has_no_joints(self, root):
        entry = {"image": "a.jpg", "center": [80, 60], "scale": 0.5}
        half = entry | {"joints_vis": [1] * 16}
        (root / "annot" / "test.json").write_text(json.dumps([entry, half]))
        found = [record.fault for record in records(self.dataset, root, "test")]
        assert [fault.reason.value for fault in found] == ["no_key_points", "invalid_record"]
        assert "0 joints, 16 joints_vis" in found[1].detail


class TestMPIIRelease(PointCase):
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
        listed = records("mpii", tmp_path, "train")[0].annotation
        released = records("mpii", root, "train")[0].annotation
        assert released["joints"] == listed["joints"]
        assert released["box"] == listed["box"]

    def test_pictures_without_training_mark_are_the_test_split(self, root):
        assert [record.id for record in records("mpii", root, "test")] == ["b.jpg/0"]

    def test_another_split(self, root):
        with pytest.raises(UsageError, match="knows train and test"):
            records("mpii", root, "valid")

    @pytest.mark.parametrize("data", [b"", b"MATLAB 7.3 MAT-file" + bytes(300), b"x" * 500, None])
    def test_damaged_files_are_one_clear_error(self, root, data):
        file = root / "mpii_human_pose_v1_u12_1.mat"
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2] if data is None else data)
        with pytest.raises(UsageError, match="mpii_human_pose_v1_u12_1.mat"):
            records("mpii", root, "train")


SAMPLES = [
    ("coco-keypoints", "coco", "train2017", {"": 35, "no_key_points": 38, "crowd": 2}),
    ("coco-keypoints", "coco", "val2017", {"": 37, "no_key_points": 17, "crowd": 1}),
    ("crowdpose", "crowdpose", "sample", {"": 2, "no_key_points": 1}),
    ("aic", "aic", "validation", {"": 6}),
    ("humanart", "humanart", "validation", {"": 3}),
    ("ap10k", "ap10k", "test-split1", {"": 1}),
    ("mpii", "mpii", "valid", {"": 3}),
    ("mpii", "mpii/format_only", "train", {"": 4}),
]


@needs_real
@pytest.mark.parametrize(("dataset", "folder", "split", "expected"), SAMPLES)
def test_real_samples(dataset, folder, split, expected):
    found = records(dataset, Path(REAL) / folder, split)
    assert Counter(record.fault.reason.value if record.fault else "" for record in found) == expected
    for record in found:
        if not record.fault:
            assert len(record.annotation["joints"]) == len(LAYOUTS[record.annotation["layout"]])


@needs_real
def test_both_forms_of_ai_challenger_agree(tmp_path):
    real = Path(REAL) / "aic"
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "aic_val.json").write_bytes((real / "coco_style" / "aic_val.json").read_bytes())
    (tmp_path / "keypoint_validation_images_20170911").mkdir()
    released, converted = records("aic", real, "validation"), records("aic", tmp_path, "validation")

    def told(found):
        return sorted((record.annotation["box"], record.annotation["joints"]) for record in found)

    assert len(released) == len(converted) == 6
    assert told(released) == told(converted)


def hostile():
    if not REAL:
        return []
    lines = (Path(REAL) / "coco_hostile" / "expected.jsonl").read_text().splitlines()
    return [each for each in map(json.loads, lines) if each["kind"] == "annotation"]


ABOUT_OUTLINES = {"bad_polygon", "bad_rle"}


@needs_real
@pytest.mark.parametrize("expected", hostile(), ids=lambda each: Path(each["file"]).stem)
def test_hostile_annotations(expected, tmp_path):
    """What a robust reader must drop is a fault here, and nothing crashes. Outlines are not read by this source."""
    real = Path(REAL) / "coco_hostile"
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "person_keypoints_x.json").write_bytes((real / expected["file"]).read_bytes())
    try:
        found = records("coco-keypoints", tmp_path, "x")
    except UsageError as error:
        assert expected["action"] == "reject", error
        return
    kept = {record.id for record in found if not record.fault}
    if expected["action"] == "partial" and expected["reason"] not in ABOUT_OUTLINES | {"missing_file", "unsafe_path"}:
        assert kept >= {str(number) for number in expected["keep_annotation_ids"]}
        if expected["reason"] != "bbox_outside":  # boxes outside are met by the task, which knows the picture
            about_outline = {"3"} if expected["reason"] == "wrong_type" else set()
            assert not kept & {str(number) for number in expected["drop_annotation_ids"]} - about_outline


def test_mmpose_s_names_are_known_as_well(tmp_path):
    TestCrowdPose().write(tmp_path / "crowdpose")
    folder = tmp_path / "crowdpose"
    (folder / "json").rename(folder / "annotations")
    (folder / "annotations/crowdpose_train.json").rename(folder / "annotations/mmpose_crowdpose_train.json")
    assert len(records("crowdpose", folder, "train")) == 1
    (tmp_path / "mpii").mkdir()
    TestMPIIListed().write(tmp_path / "mpii")
    expected = [record.id for record in records("mpii", tmp_path / "mpii", "train")]
    (tmp_path / "mpii/annot").rename(tmp_path / "mpii/annotations")
    (tmp_path / "mpii/annotations/train.json").rename(tmp_path / "mpii/annotations/mpii_val.json")
    for split in ("val", "valid"):
        assert [record.id for record in records("mpii", tmp_path / "mpii", split)] == expected


def test_mpii_s_two_archives_lie_beside_each_other(tmp_path):
    TestMPIIRelease().write(tmp_path)
    (mat,) = tmp_path.rglob("*.mat")
    (tmp_path / "mpii_human_pose_v1_u12_2").mkdir()
    mat.rename(tmp_path / "mpii_human_pose_v1_u12_2" / mat.name)
    (tmp_path / "mpii_human_pose_v1").mkdir()
    (tmp_path / "images").rename(tmp_path / "mpii_human_pose_v1/images")
    files = [record.files["picture"] for record in records("mpii", tmp_path, "train") if not record.fault]
    assert files == ["mpii_human_pose_v1/images/a.jpg"]


def test_crowdpose_s_swapped_width_and_height_lose_no_picture(tmp_path):
    TestCrowdPose().write(tmp_path)
    file = tmp_path / "json/crowdpose_train.json"
    document = json.loads(file.read_text())
    for image in document["images"]:
        image["width"], image["height"] = image["height"], image["width"]
    file.write_text(json.dumps(document))
    (record,) = records("crowdpose", tmp_path, "train")
    assert record.size is None and record.fault is None


@needs_real
@pytest.mark.parametrize(
    ("dataset", "split", "unlisted"),
    [("aic", "validation", True), ("mpii", "valid", True), ("ap10k", "test-split1", False)],
)
def test_who_leaves_people_out_says_so(dataset, split, unlisted):
    sound = [record for record in records(dataset, Path(REAL) / dataset, split) if not record.fault]
    assert sound and all(record.annotation["unlisted"] is unlisted for record in sound)
