"""The data sets of label maps: what must become of every picture, in each layout."""

import json
import pickle

import numpy as np
import pytest
import scipy.io

from ieiw.builders import catalogue
from ieiw.builders.vocabulary import vocabulary
from ieiw.triplets.errors import UsageError
from tests.support.label_maps import SIZE, ade_colours, blocks, write_map, write_pair
from tests.support.source_case import SourceCase, draw_picture, square


def names(source):
    """Spoken class names by number, of the bytes that tasks get."""
    return {number: name.spoken for number, name in vocabulary(source.read("@classes")).names.items()}


def make(dataset, root, split, **options):
    return catalogue.source(dataset, name="s", root=str(root), split=split, options=options)


class TestCocoStuff(SourceCase):
    dataset, split, tasks = "coco-stuff", "train2017", ("segment",)
    records, built = 4, 2  # of four, one has no picture and one no map

    def write(self, root):
        for number in (1, 2):
            picture = root / "images" / "train2017" / f"{number}.jpg"
            write_pair(picture, root / "annotations" / "train2017" / f"{number}.png", blocks(0, 123, 255))
        write_map(root / "annotations" / "train2017" / "3.png", blocks(0, 123))
        draw_picture(root / "images" / "train2017" / "4.jpg", *SIZE)
        ids = {1: "person", 12: "street sign", 124: "grass", 182: "wood"}
        (root / "labels.txt").write_text("".join(f"{n}: {ids.get(n, f'thing {n}')}\n" for n in range(183)))

    def test_numbers_are_ids_less_one_and_what_is_never_annotated_has_no_name(self, root):
        found = names(self.source(root))
        assert found[0] == "person"
        assert found[123] == "grass"
        assert 11 not in found
        assert len(found) == 171

    def test_the_official_maps_and_picture_folders_are_found(self, root):
        (root / "annotations").rename(root / "stuffthingmaps")
        (root / "images" / "train2017").rename(root / "train2017")
        assert next(self.source(root).group(0)).files["labels"] == "stuffthingmaps/train2017/1.png"

    def test_what_mmsegmentation_writes_beside_the_maps_is_no_map(self, root):
        before = self.source(root).group_count()
        write_map(root / "annotations" / "train2017" / "1_labelTrainIds.png", blocks(0, 1))
        assert self.source(root).group_count() == before


class TestCocoStuffJson(SourceCase):
    dataset, split, tasks = "coco-stuff", "val2017", ("segment",)
    records, built = 3, 1
    faults = {"unknown_picture": 1, "invalid_record": 1}

    def write(self, root):
        draw_picture(root / "val2017" / "7.jpg", *SIZE)
        polygon = [sum(square(10, 10, 40), [])]
        entries = [
            {"id": 1, "image_id": 7, "category_id": 124, "segmentation": polygon},
            {"id": 2, "image_id": 7, "category_id": 183, "segmentation": [[0, 0, 9, 0, 9, 63]]},
            {"id": 3, "image_id": 99, "category_id": 124, "segmentation": polygon},
            {"id": 4, "image_id": 8, "category_id": "grass", "segmentation": polygon},
        ]
        document = {
            "images": [{"id": n, "file_name": f"{n}.jpg", "width": SIZE[0], "height": SIZE[1]} for n in (7, 8)],
            "annotations": entries,
            "categories": [
                {"id": 124, "name": "grass"},
                {"id": 157, "name": "sky-other"},
                {"id": 183, "name": "other"},
            ],
        }
        (root / "annotations").mkdir()
        (root / "annotations" / "stuff_val2017.json").write_text(json.dumps(document))

    def test_other_is_no_class_but_void(self, root):
        words = vocabulary(self.source(root).read("@classes"))
        assert {number: name.spoken for number, name in words.names.items()} == {124: "grass", 157: "sky"}
        assert words.void == {0, 183}


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
        source = make("ade20k-847", root, "training", classes="mine.txt")
        assert names(source) == {312: "building"}

    def test_an_index_with_code_is_refused_and_does_nothing(self, root, tmp_path):
        class Malicious:
            def __reduce__(self):
                return (exec, (f"open({str(tmp_path / 'ran')!r}, 'w')",))

        (root / "ADE20K_2021_17_01" / "index_ade20k.pkl").write_bytes(pickle.dumps({"objectnames": Malicious()}))
        with pytest.raises(UsageError, match="unsafe_pickle"):
            self.source(root).read("@classes")
        assert not (tmp_path / "ran").exists()


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
            make("pascal-voc", root, "train").inputs()


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
        source = make("pascal-context", root, "val", classes=459)
        record = next(source.group(0))
        assert record.files["labels"] == "trainval/2008_1.mat"
        assert record.annotation["coding"] == "matlab:LabelMap"
        assert names(source) == {1: "accordion", 2: "airplane", 3: "sky"}

    def test_without_pngs_the_59_are_read_out_of_the_459(self, root):
        (root / "SegmentationClassContext" / "2008_1.png").unlink()
        (root / "SegmentationClassContext").rmdir()
        source = make("pascal-context", root, "val")
        words = vocabulary(source.read("@classes"))
        assert {number: name.spoken for number, name in words.names.items()} == {2: "airplane", 3: "sky"}
        assert words.void == {0, 1}

    def test_the_official_lists_spell_three_classes_in_two_ways(self, root):
        (root / "59_labels.txt").write_text("0: background\n1: diningtable\n2: bedcloth\n3: clothes\n")
        (root / "labels.txt").write_text("1: table\n2: cloth\n3: bedclothes\n4: clock\n")
        (root / "SegmentationClassContext" / "2008_1.png").unlink()
        (root / "SegmentationClassContext").rmdir()
        words = vocabulary(make("pascal-context", root, "val").read("@classes"))
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
            make("pascal-context", root, "val").read("@classes")


def test_an_unknown_option_is_named(tmp_path):
    with pytest.raises(UsageError, match="colour.*known: none"):
        make("pascal-voc", tmp_path, "val", colour=1)


def test_a_class_list_of_another_form_is_named_with_its_line(tmp_path):
    TestCocoStuff().write(tmp_path)
    (tmp_path / "labels.txt").write_text("1: person\nbicycle\n")
    with pytest.raises(UsageError, match="labels.txt, line 2"):
        make("coco-stuff", tmp_path, "train2017").read("@classes")


@pytest.mark.parametrize(
    ("form", "archives"), [("auto", {"maps", "json"}), ("json", {"json"}), ("pixelmaps", {"maps"})]
)
def test_coco_stuff_without_annotation_names_the_archive_that_the_chosen_form_needs(tmp_path, form, archives):
    draw_picture(tmp_path / "val2017" / "7.jpg", *SIZE)
    with pytest.raises(UsageError) as caught:
        make("coco-stuff", tmp_path, "val2017", form=form).inputs()
    files = {"maps": "stuffthingmaps_trainval2017.zip", "json": "stuff_annotations_trainval2017.zip"}
    assert {name for name, file in files.items() if file in str(caught.value)} == archives


def test_coco_stuff_as_its_repository_unpacks_it(tmp_path):
    TestCocoStuff().write(tmp_path)
    (tmp_path / "dataset").mkdir()
    for folder in ("images", "annotations"):
        (tmp_path / folder).rename(tmp_path / "dataset" / folder)
    (record, *_) = (record for record in make("coco-stuff", tmp_path, "train2017").group(0))
    assert record.files["picture"].startswith("dataset/images/train2017/")
