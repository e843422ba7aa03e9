import json

import pytest

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.sources._coco import CategoryEntry, ImageEntry, elements_by_id, identify

DEEP = '{"id": 3, "file_name": "c.jpg", "width": 8, "height": 8, "more": ' + "[" * 100_000 + "]" * 100_000 + "}"


def image(number, name="a.jpg", **changes):
    return json.dumps({"id": number, "file_name": name, "width": 8, "height": 6} | changes)


def read(tmp_path, elements, key="images", kind=ImageEntry):
    (tmp_path / "file.json").write_text(f'{{"{key}": [{", ".join(elements)}], "annotations": []}}')
    return elements_by_id(Root(str(tmp_path)), "file.json", key, kind)


def test_elements_come_by_their_number_and_the_first_of_two_counts(tmp_path):
    found = read(tmp_path, [image(7), image(2, "b.jpg", license=4, extra=[1]), image(7, "late.jpg")])
    assert {number: (each.file_name, each.license) for number, each in found.items()} == {
        7: ("a.jpg", 0),
        2: ("b.jpg", 4),
    }
    kinds = read(tmp_path, ['{"id": 1, "name": "cat"}'], "categories", CategoryEntry)
    assert kinds[1].name == "cat"


def test_an_element_that_others_refer_to_says_why_it_was_left_out(tmp_path):
    found = read(tmp_path, [image(1), image(3, width="x"), DEEP, image(4, height=2.5), image(4)])
    assert found.lack("image_id", 3) == "images[1]: Expected `int | null`, got `str` - at `width`"
    assert found.lack("image_id", 9) == "image_id 9 is not in images"
    assert list(found) == [1, 4]  # the second 4 is sound


def test_whole_numbers_and_licences_are_read_as_conversions_write_them(tmp_path):
    found = read(tmp_path, [image(1, width=8.0, height="6", license=None), image(2, license="CC BY")])
    assert [(each.width, each.height, each.license) for each in found.values()] == [(8, 6, None), (8, 6, "CC BY")]


@pytest.mark.parametrize("odd", ["7", '"text"', "[]", "{}", '{"id": "3"}', image(3, width="x"), DEEP])
def test_what_is_no_element_is_left_out(tmp_path, odd):
    assert list(read(tmp_path, [image(1), odd, image(2)])) == [1, 2]


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (b'{"id": 5, "image_id": 9, "area": 1.5}', (b"5", 9)),
        (b'{"id": 5}', (b"5", -1)),
        (b'{"id": 5, "image_id": NaN}', (b"5", -1)),
        (b'{"id": 5, "image_id": 9, "bbox": [NaN]}', (b"5", 9)),
        (b'{"id": true, "image_id": "9"}', (b'{"id": true, "image_id": "9"}', 9)),
        (b'{"id": "5", "image_id": 9.0}', (b"5", 9)),
        (DEEP.encode(), None),
    ],
)
def test_annotation_and_image_of_an_element(data, known):
    assert identify(data) == (known or (data, -1))
