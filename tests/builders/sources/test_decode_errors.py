import msgspec
import pytest

from ieiw.builders.sources._coco import decoder
from ieiw.builders.sources._decode_errors import decoded


class Entry(msgspec.Struct):
    id: int
    box: list[float] = []


ENTRY = decoder(Entry)


def error_of(data: bytes) -> str:
    with pytest.raises(ValueError) as caught:
        decoded(data, ENTRY)
    return str(caught.value)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", '"nan"', '"-inf"', '"Infinity"'])
@pytest.mark.parametrize("around", ["[{}]", "[1, {}]"])
def test_the_field_of_a_number_that_is_not_finite_is_named(number, around):
    data = f'{{"id": 4, "area": NaN, "box": {around.format(number)}}}'.encode()
    assert error_of(data) == "`box` holds a number that is not finite"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", '"nan"', "null", "{}", "1" + "0" * 400])
def test_what_stands_in_a_field_that_nobody_reads_is_no_matter(number):
    data = f'{{"id": "4", "area": {number}, "box": [1, "2", 3.0]}}'.encode()
    assert decoded(data, ENTRY) == Entry(4, [1.0, 2.0, 3.0])


def test_a_number_beyond_all_is_an_error():
    assert "box[0]" in error_of(b'{"id": 4, "box": [1' + b"0" * 400 + b"]}")


def test_the_field_that_is_read_is_named_where_another_holds_no_number():
    assert error_of(b'{"id": 4, "area": NaN, "box": ["x"]}') == "Expected `float`, got `str` - at `box[0]`"


@pytest.mark.parametrize("data", [b"[NaN]", b"{", b"\xff", b"", b"[" * 100_000])
def test_what_is_no_such_object_is_an_error_without_a_dollar(data):
    assert "$" not in error_of(data)


@pytest.mark.parametrize("depth", [300, 700, 900, 5000])
def test_values_nested_deeply_are_told(depth):
    assert error_of(b'{"id": 4, "box": ' + b"[" * depth + b"1.5" + b"]" * depth + b"}")
