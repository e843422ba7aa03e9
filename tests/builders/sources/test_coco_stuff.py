"""COCO-Stuff, as pixel maps and as json."""

import json

import pytest

from ieiw.builders.vocabulary import vocabulary
from ieiw.triplets.errors import UsageError
from tests.support.label_maps import SIZE, blocks, names, write_map, write_pair
from tests.support.source_case import SourceCase, draw_picture, read_records, source_of, square


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


def test_a_class_list_of_another_form_is_named_with_its_line(tmp_path):
    TestCocoStuff().write(tmp_path)
    (tmp_path / "labels.txt").write_text("1: person\nbicycle\n")
    with pytest.raises(UsageError, match="labels.txt, line 2"):
        source_of("coco-stuff", tmp_path, "train2017").read("@classes")


@pytest.mark.parametrize(
    ("form", "archives"), [("auto", {"maps", "json"}), ("json", {"json"}), ("pixelmaps", {"maps"})]
)
def test_coco_stuff_without_annotation_names_the_archive_that_the_chosen_form_needs(tmp_path, form, archives):
    draw_picture(tmp_path / "val2017" / "7.jpg", *SIZE)
    with pytest.raises(UsageError) as caught:
        source_of("coco-stuff", tmp_path, "val2017", form=form).inputs()
    files = {"maps": "stuffthingmaps_trainval2017.zip", "json": "stuff_annotations_trainval2017.zip"}
    assert {name for name, file in files.items() if file in str(caught.value)} == archives


def test_coco_stuff_as_its_repository_unpacks_it(tmp_path):
    TestCocoStuff().write(tmp_path)
    (tmp_path / "dataset").mkdir()
    for folder in ("images", "annotations"):
        (tmp_path / folder).rename(tmp_path / "dataset" / folder)
    (record, *_) = (record for record in source_of("coco-stuff", tmp_path, "train2017").group(0))
    assert record.files["picture"].startswith("dataset/images/train2017/")


@pytest.mark.parametrize("categories", [None, [], [{"id": "x"}]])
def test_a_class_list_that_cannot_be_used_is_met_before_anything_is_built(tmp_path, categories):
    draw_picture(tmp_path / "val2017" / "7.jpg")
    held = {"images": [], "annotations": []} | ({} if categories is None else {"categories": categories})
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "stuff_val2017.json").write_text(json.dumps(held))
    with pytest.raises(UsageError, match="stuff_val2017.json.*categories"):
        read_records("coco-stuff", tmp_path, "val2017", form="json")
