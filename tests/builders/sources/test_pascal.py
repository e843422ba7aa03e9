"""Pascal VOC and Pascal Context."""

import numpy as np
import pytest
import scipy.io

from ieiw.builders.vocabulary import vocabulary
from ieiw.triplets.errors import UsageError
from tests.support.label_maps import blocks, names, write_pair
from tests.support.source_case import SourceCase, source_of


class TestPascalVoc(SourceCase):
    dataset, split, tasks = "pascal-voc", "val", ("segment",)
    records, built = 4, 2
    faults = {"duplicate_record": 1}

    def write(self, root):
        for stem, labels in (("2007_01", blocks(0, 255, 12)), ("2007_02", blocks(7, 0))):
            write_pair(root / "JPEGImages" / f"{stem}.jpg", root / "SegmentationClass" / f"{stem}.png", labels)
        listed = root / "ImageSets" / "Segmentation" / "val.txt"
        listed.parent.mkdir(parents=True)
        listed.write_text("2007_01\n2007_02\n2007_01\n2007_03\n")

    def test_background_is_known_and_borders_are_void(self, root):
        words = vocabulary(self.source(root).read("@classes"))
        assert len(words.names) == 20
        assert words.void == {255}

    def test_a_wrong_split_is_told_which_there_are(self, root):
        with pytest.raises(UsageError, match="Splits that are there: val"):
            source_of("pascal-voc", root, "train").inputs()


class TestPascalVocAug(SourceCase):
    dataset, split, tasks = "pascal-voc", "trainaug", ("segment",)
    records, built = 2, 2

    def write(self, root):
        for stem in ("2007_01", "2007_02"):
            picture, labels = root / "JPEGImages" / f"{stem}.jpg", root / "SegmentationClassAug" / f"{stem}.png"
            write_pair(picture, labels, blocks(0, 7))
        listed = root / "ImageSets" / "Segmentation" / "trainaug.txt"
        listed.parent.mkdir(parents=True)
        listed.write_text("/JPEGImages/2007_01.jpg /SegmentationClassAug/2007_01.png\n2007_02\n")

    def test_its_maps_are_those_with_the_extra_annotations(self, root):
        files = [next(self.source(root).group(index)).files for index in (0, 1)]
        assert files[0]["picture"] == "JPEGImages/2007_01.jpg"
        assert [each["labels"] for each in files] == [f"SegmentationClassAug/2007_0{n}.png" for n in (1, 2)]
        (root / "SegmentationClassAug").rename(root / "SegmentationClass")
        with pytest.raises(UsageError, match="SegmentationClassAug is missing.*SegmentationClassAug.zip"):
            self.source(root).inputs()


class TestPascalContext(SourceCase):
    dataset, split, tasks = "pascal-context", "val", ("segment",)
    records, built = 1, 1

    def write(self, root):
        write_pair(
            root / "JPEGImages" / "2008_1.jpg", root / "SegmentationClassContext" / "2008_1.png", blocks(0, 1, 2)
        )
        (root / "ImageSets" / "SegmentationContext").mkdir(parents=True)
        (root / "ImageSets" / "SegmentationContext" / "val.txt").write_text("2008_1\n")
        (root / "59_labels.txt").write_text("0: background\n1: aeroplane\n2: sky\n")
        (root / "labels.txt").write_text("1: accordion\n2: aeroplane\n3: sky\n")
        (root / "trainval").mkdir()
        scipy.io.savemat(root / "trainval" / "2008_1.mat", {"LabelMap": blocks(1, 2, 3, kind=np.uint16)})

    def test_all_classes_come_from_the_official_mat_files(self, root):
        source = source_of("pascal-context", root, "val", classes=459)
        record = next(source.group(0))
        assert record.files["labels"] == "trainval/2008_1.mat"
        assert record.annotation["coding"] == "matlab:LabelMap"
        assert names(source) == {1: "accordion", 2: "airplane", 3: "sky"}

    def test_without_pngs_the_59_are_read_out_of_the_459(self, root):
        (root / "SegmentationClassContext" / "2008_1.png").unlink()
        (root / "SegmentationClassContext").rmdir()
        source = source_of("pascal-context", root, "val")
        words = vocabulary(source.read("@classes"))
        assert {number: name.spoken for number, name in words.names.items()} == {2: "airplane", 3: "sky"}
        assert words.void == {0, 1}

    def test_the_official_lists_spell_three_classes_in_two_ways(self, root):
        (root / "59_labels.txt").write_text("0: background\n1: diningtable\n2: bedcloth\n3: clothes\n")
        (root / "labels.txt").write_text("1: table\n2: cloth\n3: bedclothes\n4: clock\n")
        (root / "SegmentationClassContext" / "2008_1.png").unlink()
        (root / "SegmentationClassContext").rmdir()
        words = vocabulary(source_of("pascal-context", root, "val").read("@classes"))
        assert {number: name.raw for number, name in words.names.items()} == {
            1: "diningtable",
            2: "clothes",
            3: "bedcloth",
        }
        assert words.void == {0, 4}

    def test_a_list_of_other_classes_is_refused(self, root):
        (root / "59_labels.txt").write_text("1: aeroplane\n2: unicorn\n")
        (root / "SegmentationClassContext" / "2008_1.png").unlink()
        (root / "SegmentationClassContext").rmdir()
        with pytest.raises(UsageError, match="59_labels.txt: 'unicorn' is not in labels.txt"):
            source_of("pascal-context", root, "val").read("@classes")


def test_an_unknown_option_is_named(tmp_path):
    with pytest.raises(UsageError, match="colour.*known: none"):
        source_of("pascal-voc", tmp_path, "val", colour=1)
