"""Elements of a JSON array by picture and by id, without the array in memory."""

import json

import msgspec
import pytest

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.sources._coco import identify
from ieiw.builders.sources._json_index import JsonIndex, by_text
from ieiw.triplets.rejects import Refusal

_PICTURES = (7, 8, 7, 8, 7)
_IDS = (1, 2, 3, 1, 2**70)


@pytest.fixture
def index(tmp_path):
    things = [{"id": own, "image_id": picture} for own, picture in zip(_IDS, _PICTURES, strict=True)]
    (tmp_path / "a.json").write_text(json.dumps({"images": [], "annotations": things}))
    return JsonIndex(Root(str(tmp_path)), "a.json", identify, "annotations")


def test_elements_come_by_picture_in_their_order(index):
    assert [[element.number for element in index.group(at)] for at in range(len(index))] == [[0, 2, 4], [1, 3]]
    assert [element.number for element in index.group_of(8)] == [1, 3]
    assert list(index.group_of(9)) == []


def test_an_id_that_was_used_before_is_told_apart_and_the_first_is_found(index):
    assert [element.record_id for element in index.group_of(8)] == ["2", "1#2"]
    assert [element.turn for element in index.group_of(8)] == [0, 1]
    assert index.find(b"1").picture == 7 and index.find(str(2**70).encode()).number == 4
    assert index.find(b"9") is None


def test_what_has_no_id_is_called_after_its_place_and_says_where_it_stands(tmp_path):
    (tmp_path / "b.json").write_text('[{"file": "a.jpg"}, 5, {"file": NaN}]')
    index = JsonIndex(Root(str(tmp_path)), "b.json", by_text("file"))
    elements = [element for at in range(len(index)) for element in index.group(at)]
    assert [element.record_id for element in elements] == ["a.jpg", "@1", "@2"]
    decoder = msgspec.json.Decoder(dict[str, str])
    assert elements[0].decode(decoder) == {"file": "a.jpg"}
    with pytest.raises(Refusal, match="invalid_record: b.json element 2: Expected `str`, got `float`"):
        elements[2].decode(decoder)


def test_an_empty_array_has_no_groups(tmp_path):
    (tmp_path / "c.json").write_text("[]")
    index = JsonIndex(Root(str(tmp_path)), "c.json", by_text("file"))
    assert len(index) == 0 and index.find(b"x") is None
