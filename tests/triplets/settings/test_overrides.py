"""``path=value`` changes reach their place, or are refused."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ieiw.triplets.errors import UsageError
from ieiw.triplets.settings.overrides import apply_change


@given(st.integers() | st.booleans() | st.text(st.characters(codec="ascii")) | st.lists(st.integers()))
def test_a_change_brings_the_value_that_its_yaml_says(value):
    values = {"a": {"list": [{"name": "x", "deep": None}]}}
    apply_change(values, f"a.list.x.deep.new={yaml.safe_dump(value)}", "a=1")
    found = values["a"]["list"][0]["deep"]["new"]
    assert found == value or float(value) == found


@pytest.mark.parametrize(("text", "value"), [("3e-4", 3e-4), ("1e6", 1e6), ("'3e-4'", 3e-4), ("3e", "3e"), ("x", "x")])
def test_numbers_with_an_exponent_are_numbers(text, value):
    values = {}
    apply_change(values, f"rate={text}", "rate=1")
    assert values["rate"] == value


@pytest.mark.parametrize(
    "change", ["a", "=1", "a..b=1", ".a=1", "a.=1", "a.b.c=1", "list.9=1", "list.q.z=1", "a=[", "a={x: 1",
     "list.²=1", "a=2001-13-45", "a=!!int x", "a=!!bool x", "a=!!timestamp x", "a=" + "9" * 5000, "a=\ud800"],
)  # fmt: skip
def test_wrong_changes_are_told(change):
    with pytest.raises(UsageError, match="change "):
        apply_change({"a": {"b": 1}, "list": []}, change, "a=1")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my run #2", "my run #2"),
        ("#2", "#2"),
        ("3 # three", "3 # three"),
        ("a#b", "a#b"),
        ("'my run #2'", "my run #2"),
        ("[1, 2] # two", [1, 2]),
        ("3e-4", 3e-4),
        ("7", 7),
        ("", None),
    ],
)
def test_nothing_of_a_value_is_taken_for_a_comment(text, value):
    values = {}
    apply_change(values, f"out={text}", "out=run")
    assert values == {"out": value}
