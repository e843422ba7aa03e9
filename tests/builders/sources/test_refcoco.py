"""RefCOCO and its relatives: what must become of every ref, in each form."""

import json
import math
import pickle

import numpy as np
import pytest
import scipy.io
from pycocotools import mask as coco

from ieiw.builders import catalogue
from ieiw.triplets.errors import UsageError
from tests.support.source_case import SourceCase, draw_picture, square

PICTURES = {7: "COCO_train2014_000000000007.jpg", 8: "COCO_train2014_000000000008.jpg"}

CATEGORIES = [{"id": 1, "name": "dog"}, {"id": 2, "name": "person"}]


def ref(number, said=("the left dog",), ann_id=1, image=7, split="val", **changes):
    sentences = [
        {"sent": text, "raw": text, "sent_id": 10 * number + n, "tokens": text.split()} for n, text in enumerate(said)
    ]
    fields = {"ref_id": number, "ann_id": ann_id, "image_id": image, "split": split, "category_id": 1}
    return fields | {"file_name": f"{PICTURES.get(image)}_{ann_id}.jpg", "sentences": sentences} | changes


def write_instances(root, folder, pictures="images/mscoco/images/train2014"):
    """Four annotations on two pictures of 96 x 64; the third is as run lengths."""
    for name in PICTURES.values():
        draw_picture(root / pictures / name)
    mask = np.zeros((64, 96), np.uint8, order="F")
    mask[30:60, 50:90] = 1
    runs = coco.encode(mask)
    annotations = [
        {"id": 1, "image_id": 7, "category_id": 1, "bbox": [4, 4, 24, 24], "segmentation": [sum(square(4, 4, 24), [])]},
        {
            "id": 2,
            "image_id": 7,
            "category_id": 2,
            "bbox": [50, 10, 30, 30],
            "segmentation": [sum(square(50, 10, 30), [])],
        },
        {"id": 3, "image_id": 8, "segmentation": {"size": [64, 96], "counts": runs["counts"].decode()}},
        {"id": 4, "image_id": 8, "segmentation": [[200.0, 200.0, 250.0, 200.0, 250.0, 250.0]]},
    ]
    images = [{"id": n, "file_name": name, "width": 96, "height": 64} for n, name in PICTURES.items()]
    (root / folder).mkdir(exist_ok=True)
    (root / folder / "instances.json").write_text(
        json.dumps({"images": images, "annotations": annotations, "categories": CATEGORIES})
    )


def write_refs(root, folder, refs, file="refs(unc).p", protocol=2):
    write_instances(root, folder)
    (root / folder / file).write_bytes(pickle.dumps(refs, protocol))


class TestRefCoco(SourceCase):
    dataset, split, tasks = "refcoco", "val", ("refer",)
    records, built = 9, 3  # one of the sound ones lies outside its picture
    faults = {"duplicate_record": 1, "unknown_picture": 1, "invalid_record": 2, "empty_phrase": 1}

    def write(self, root):
        refs = [
            ref(1, ("the left dog", "dog sitting on the left")),
            ref(2, ("far right",), ann_id=2),
            ref(3, ("bush",), ann_id=3, image=8),
            ref(4, ("bush",), ann_id=4, image=8),
            ref(5, split="train"),
            ref(2, ("again",), ann_id=2),
            ref(6, image=99),
            ref(7, ann_id=3),
            ref(8, sentences="none"),
            ref(9, (" ",)),
        ]
        write_refs(root, "refcoco", refs)

    def test_refs_of_one_picture_are_one_group(self, root):
        source = self.source(root)
        groups = [[record.group for record in source.group(index)] for index in range(source.group_count())]
        assert [set(group) for group in groups] == [{"7"}, {"8"}, {"99"}]

    def test_what_is_meant_and_what_else_is_there_are_told(self, root):
        held = next(self.source(root).group(0)).annotation
        assert (held["meant"], held["others"]) == ([["dog", 4, 4, 24, 24]], [["person", 50, 10, 30, 30]])
        bare = next(self.source(root).group(1)).annotation
        assert (bare["meant"], bare["others"]) == ([[""]], [[""]])

    def test_an_annotation_with_nan_where_nobody_looks_is_there(self, root):
        file = root / "refcoco" / "instances.json"
        before = next(self.source(root).group(0)).annotation
        document = json.loads(file.read_text())
        for annotation in document["annotations"]:
            annotation["area"] = math.nan
        file.write_text(json.dumps(document))
        assert next(self.source(root).group(0)).annotation == before

    def test_every_sentence_can_be_a_record(self, root):
        source = catalogue.source("refcoco", name="s", root=str(root), split="val", options={"records": "sentences"})
        found = [record for index in range(source.group_count()) for record in source.group(index)]
        assert [record.annotation["expressions"] for record in found if record.id.startswith("1/")] == [
            ["the left dog"],
            ["dog sitting on the left"],
        ]
        assert len({record.id for record in found}) == len(found)
        assert all(record.annotation["as_said"] for record in found if record.fault is None)

    def test_a_wrong_split_is_told_which_there_are(self, root):
        with pytest.raises(UsageError, match="train, val"):
            catalogue.source("refcoco", name="s", root=str(root), split="testA", options={}).group_count()

    def test_other_splits_of_the_same_set_are_named(self, root):
        with pytest.raises(UsageError, match=r"refs\(google\)\.p is missing.*refs\(unc\)\.p"):
            catalogue.source("refcoco", name="s", root=str(root), split="val", options={"split_by": "google"}).inputs()

    def test_a_pickle_with_code_is_refused_and_does_nothing(self, root, tmp_path):
        class Malicious:
            def __reduce__(self):
                return (exec, (f"open({str(tmp_path / 'ran')!r}, 'w')",))

        (root / "refcoco" / "refs(unc).p").write_bytes(pickle.dumps([Malicious()]))
        with pytest.raises(UsageError, match="unsafe_pickle"):
            self.source(root).group_count()
        assert not (tmp_path / "ran").exists()


class TestRefCocoPlus(SourceCase):
    dataset, split, tasks = "refcoco-plus", "train", ("refer",)
    records, built = 1, 1

    def write(self, root):
        write_refs(root, "refcoco+", [ref(1, ("brown dog",), split="train")])


class TestRefCocoG(SourceCase):
    dataset, split, tasks = "refcocog", "test", ("refer",)
    records, built = 1, 1

    def write(self, root):
        write_refs(root, "refcocog", [ref(1, ("a brown dog that sits",), split="test")], "refs(umd).p", protocol=0)


class TestGRefCoco(SourceCase):
    dataset, split, tasks = "grefcoco", "val", ("refer",)
    records, built = 4, 3
    faults = {"invalid_record": 1}

    def write(self, root):
        refs = [
            ref(1, ("two dogs",), ann_id=[1, 2]),
            ref(2, ("the left dog",), ann_id=[1]),
            ref(3, ("blue whale",), ann_id=[-1], no_target=True),
            ref(4, ("two cats",), ann_id=[1, 77]),
        ]
        write_instances(root, "grefcoco", "train2014")
        (root / "grefcoco" / "grefs(unc).json").write_text(json.dumps(refs))

    def test_no_target_and_several_targets(self, root):
        source = self.source(root)
        found = {record.id: record.annotation for record in source.group(0) if record.fault is None}
        assert {number: len(annotation["targets"]) for number, annotation in found.items()} == {"1": 2, "2": 1, "3": 0}


class TestRefClef(SourceCase):
    dataset, split, tasks = "refclef", "val", ("refer",)
    records, built = 1, 1

    def write(self, root):
        write_instances(root, "refclef", "images/saiapr_tc-12")
        (root / "refclef" / "refs(unc).p").write_bytes(pickle.dumps([ref(1, ("hut",), ann_id=3, image=8)], 2))


class TestReferIt(SourceCase):
    dataset, split, tasks = "refclef", "all", ("refer",)
    records, built = 4, 1  # one sound region has no mask file
    faults = {"invalid_record": 1, "empty_phrase": 1}

    def write(self, root):
        draw_picture(root / "images" / "38100.jpg")
        outside = np.ones((64, 96), np.uint8)
        outside[10:50, 20:60] = 0
        (root / "mask").mkdir()
        scipy.io.savemat(root / "mask" / "38100_1.mat", {"segimg_t": outside})
        said = {"38100_1": ["hut on the left"], "38100_2": ["sky"], "38100_3": [], "somewhere": ["grass"]}
        (root / "referit_query.json").write_text(json.dumps(said))
