"""Oxford-IIIT Pet."""

import pytest

from ieiw.builders import catalogue
from ieiw.builders.sources.oxford_pet import BREEDS
from ieiw.triplets.rejects import Refusal
from tests.support.source_case import SourceCase, draw_picture, read_records


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


def test_what_a_mac_packs_beside_each_file_is_no_picture(tmp_path):
    for name in ("pug_1", "pug_2", "beagle_1"):
        draw_picture(tmp_path / "images" / f"{name}.jpg")
        (tmp_path / "images" / f"._{name}.jpg").write_bytes(b"\0\5\x16\7" + bytes(200))
    (tmp_path / "images" / ".DS_Store").write_bytes(bytes(50))
    assert [record.id for record in read_records("oxford-pet", tmp_path, "all")] == ["beagle_1", "pug_1", "pug_2"]


def test_endings_in_capitals_are_found(tmp_path):
    for name in ("pug_1.JPG", "pug_2.jpg"):
        draw_picture(tmp_path / "images" / name)
    source = catalogue.source("oxford-pet", name="pets", root=str(tmp_path), split="all", options={})
    found = [record for index in range(source.group_count()) for record in source.group(index)]
    assert [record.id for record in found] == ["pug_1", "pug_2"]
    assert [len(source.read(record.files["picture"])) > 100 for record in found] == [True, True]
    (tmp_path / "images" / "pug_2.jpg").unlink()
    with pytest.raises(Refusal, match="picture_missing"):
        source.read("images/pug_2.jpg")
