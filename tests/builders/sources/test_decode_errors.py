import pytest

from ieiw.builders.sources._decode_errors import what_is_wrong

ERROR = ValueError("Expected `float`, got `str` - at `$.area[3]`")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("around", ["{}", "[1, [{}]]", '{{"deep": [{}]}}'])
def test_the_field_of_a_number_that_is_not_finite_is_named(number, around):
    data = f'{{"id": 4, "area": {around.format(number)}}}'.encode()
    assert what_is_wrong(data, ERROR) == "`area` holds a number that is not finite"


@pytest.mark.parametrize("data", [b'{"id": 4}', b"[NaN]", b"{", b"\xff", b"", b"[" * 100_000])
def test_else_the_error_is_told_without_its_dollar(data):
    assert what_is_wrong(data, ERROR) == "Expected `float`, got `str` - at `area[3]`"


@pytest.mark.parametrize("depth", [300, 700, 900, 5000])
def test_values_nested_deeply_are_told_all_the_same(depth):
    data = b'{"id": 4, "area": ' + b"[" * depth + b"1.5" + b"]" * depth + b"}"
    assert what_is_wrong(data, ERROR) == "Expected `float`, got `str` - at `area[3]`"
