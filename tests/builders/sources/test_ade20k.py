"""ADE20K, the challenge and the full release."""

import json
import pickle

import numpy as np
import pytest

from ieiw.builders import catalogue
from ieiw.triplets.errors import UsageError
from tests.support.label_maps import ade_colours, blocks, names, write_map, write_pair
from tests.support.region_case import RegionCase, drawn
from tests.support.source_case import SourceCase, draw_picture, records_of, source_of


class TestAde20k150(SourceCase):
    dataset, split, tasks = "ade20k-150", "validation", ("segment",)
    records, built = 2, 1  # the second map is of another size

    def write(self, root):
        for number, labels in ((1, blocks(0, 1, 3, 18)), (2, blocks(1, 2)[:-1])):
            stem = f"ADE_val_{number:08d}"
            write_pair(
                root / "images" / "validation" / f"{stem}.jpg", root / "annotations/validation" / f"{stem}.png", labels
            )
        rows = "".join(f"{n}\t0.1\t10\t1\t{'building, edifice' if n == 2 else f'thing{n}'}\n" for n in range(1, 151))
        (root / "objectInfo150.txt").write_text(f"Idx\tRatio\tTrain\tVal\tName\n{rows}")

    def test_names_are_the_first_of_the_synonyms(self, root):
        found = names(self.source(root))
        assert len(found) == 150
        assert found[2] == "building"

    def test_the_folder_above_is_named(self, root, tmp_path):
        above = tmp_path / "above"
        above.mkdir()
        root.rename(above / "ADEChallengeData2016")
        with pytest.raises(UsageError, match=r"Did you mean root: .*/above/ADEChallengeData2016"):
            self.source(above).inputs()


class TestAde20kFull(SourceCase):
    dataset, split, tasks = "ade20k-847", "training", ("segment",)
    records, built = 2, 2

    def write(self, root):
        scene = root / "ADE20K_2021_17_01" / "images" / "ADE" / "training" / "urban" / "street"
        for number in (1, 2):
            stem = f"ADE_train_{number:08d}"
            write_pair(scene / f"{stem}.jpg", scene / f"{stem}_seg.png", ade_colours(blocks(0, 312, 2855, kind=int)))
            (scene / stem).mkdir()
            write_map(scene / stem / f"instance_000_{stem}.png", blocks(1))
            objects = [
                {"name_ndx": 312, "name": "building, edifice", "parts": {"part_level": 0}},
                {"name_ndx": 2855, "name": "tree", "parts": {"part_level": 0}},
                {"name_ndx": 900, "name": "wheel", "parts": {"part_level": 1}},
            ]
            (scene / f"{stem}.json").write_text(json.dumps({"annotation": {"object": objects}}))

    def index(self, root, first=1):
        """An index whose rows are numbered from ``first``: only ``tree`` is a whole object of both splits."""
        listed = ["-"] * (2855 - first) + ["tree", "lamp"]
        listed[312 - first], listed[900 - first] = "building, edifice", "wheel"
        presence, parts = np.zeros((len(listed), 3), int), np.zeros((len(listed), 3), int)
        presence[[312 - first, 900 - first, 2855 - first], 0] = 1
        presence[[900 - first, 2855 - first], 2] = 2
        parts[900 - first] = presence[900 - first]
        files = np.array(["ADE_train_00000001.jpg", "ADE_train_00000002.jpg", "ADE_val_00000001.jpg"])
        document = {"objectnames": listed, "objectPresence": presence, "objectIsPart": parts, "filename": files}
        (root / "ADE20K_2021_17_01" / "index_ade20k.pkl").write_bytes(pickle.dumps(document))

    def test_without_an_index_the_pictures_name_whole_objects(self, root):
        assert names(self.source(root)) == {312: "building", 2855: "tree"}

    @pytest.mark.parametrize("first", [0, 1])
    def test_the_index_leaves_the_classes_of_both_splits_however_it_counts(self, root, first):
        self.index(root, first)
        source = self.source(root)
        assert source.inputs() == ["ADE20K_2021_17_01/index_ade20k.pkl"]
        assert names(source) == {2855: "tree"}

    def test_an_index_of_another_release_is_refused(self, root):
        self.index(root, first=7)
        with pytest.raises(UsageError, match="of the same release"):
            self.source(root).read("@classes")

    def test_a_list_of_ones_own(self, root):
        (root / "mine.txt").write_text("312: building\n")
        source = source_of("ade20k-847", root, "training", classes="mine.txt")
        assert names(source) == {312: "building"}

    def test_an_index_with_code_is_refused_and_does_nothing(self, root, tmp_path):
        class Malicious:
            def __reduce__(self):
                return (exec, (f"open({str(tmp_path / 'ran')!r}, 'w')",))

        (root / "ADE20K_2021_17_01" / "index_ade20k.pkl").write_bytes(pickle.dumps({"objectnames": Malicious()}))
        with pytest.raises(UsageError, match="unsafe_pickle"):
            self.source(root).read("@classes")
        assert not (tmp_path / "ran").exists()


def test_a_damaged_table_of_ade_is_met_before_anything_is_built(tmp_path):
    draw_picture(tmp_path / "images" / "validation" / "a.jpg")
    (tmp_path / "annotations" / "validation").mkdir(parents=True)
    (tmp_path / "annotations" / "validation" / "a.png").write_bytes(b"")
    (tmp_path / "objectInfo150.txt").write_text("Idx\tName\nx\ty\n")
    with pytest.raises(UsageError, match="objectInfo150.txt: not the challenge's table"):
        catalogue.source("ade20k-150", name="ade", root=str(tmp_path), split="validation", options={}).group_count()


@pytest.mark.parametrize("number", [True, 2**70, [1], None, "5"])
def test_a_class_number_that_is_none_names_no_class_of_ade(tmp_path, number):
    folder = tmp_path / "images" / "ADE" / "training" / "street"
    draw_picture(folder / "a.jpg")
    things = [{"name_ndx": at, "name": name, "parts": {"part_level": 0}} for at, name in ((number, "odd"), (3, "tree"))]
    (folder / "a.json").write_text(json.dumps({"annotation": {"object": things}}))
    source = catalogue.source("ade20k-847", name="ade", root=str(tmp_path), split="training", options={})
    assert source.group_count() == 1
    assert b"tree" in source.read("@classes") and b"odd" not in source.read("@classes")


class TestAde20kRegions(RegionCase):
    dataset, split, options = "ade20k-847", "training", {"records": "regions"}
    records, regions = 1, 3

    def write(self, root):
        scene = root / "ADE20K_2021_17_01" / "images" / "ADE" / "training" / "street"
        colours = ade_colours(blocks(0, 312, 2855, kind=int))
        colours[:20, 70:, 0] = 40  # another tree, by its blue
        write_pair(scene / "ADE_train_1.jpg", scene / "ADE_train_1_seg.png", colours)
        objects = [{"name_ndx": 2855, "name": "tree, shrub", "parts": {"part_level": 0}}]
        (scene / "ADE_train_1.json").write_text(json.dumps({"annotation": {"object": objects}}))

    def test_objects_of_a_class_are_told_apart_and_called_by_it(self, root):
        source = self.source(root)
        (record,) = records_of(source)
        assert sorted((region.id, region.label) for region in drawn(source, record)) == [
            ("2855-40", "tree"),
            ("2855-9", "tree"),
            ("312-9", ""),
        ]
