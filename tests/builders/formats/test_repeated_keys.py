"""A value lost behind another of the same key is told, and nothing else is."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.builders.formats.json_stream import DocumentError, load_json
from ieiw.builders.formats.repeated_keys import repeated_key

KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4) | st.sampled_from(['"', "\\", "{", '":', "a\n"])
VALUES = st.recursive(
    st.none() | st.integers(-5, 5) | st.floats() | KEYS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=4,
)


@given(st.lists(st.tuples(KEYS, VALUES), max_size=5), st.booleans(), st.sampled_from(["", " ", "\n\t"]))
def test_the_first_repeated_key_is_found(members, ascii_only, space):
    parts = [
        f"{space}{json.dumps(key, ensure_ascii=ascii_only)}{space}:{json.dumps(value)}{space}" for key, value in members
    ]
    keys = [key for key, _ in members]
    expected = next((key for at, key in enumerate(keys) if key in keys[:at]), None)
    assert repeated_key((space + "{" + ",".join(parts) + "}" + space).encode()) == expected


@pytest.mark.parametrize("text", ["{}", "[]", "3", ' { "a" : {"b": 1, "b": 2} } ', '[{"a": 1, "a": 2}]'])
def test_only_the_outermost_object_counts(text):
    assert repeated_key(text.encode()) is None


@pytest.mark.parametrize("text", [b'{"1": [1], "2": [2], "1": [3]}', b'\xef\xbb\xbf{"1": NaN, "2": 2, "\\u0031": 3}'])
def test_a_document_that_loses_a_value_is_one_error(text):
    with pytest.raises(DocumentError, match=r"sessions\.json: wrong_schema: the key '1' stands there twice"):
        load_json(text, "sessions.json", dict)


def test_sound_documents_are_not_parsed_twice_by_the_slow_parser(monkeypatch):
    monkeypatch.setattr(json, "loads", None)
    values = {f"k{at}": {"text": 'a "b", {c}', "at": [at, {"k0": 1}]} for at in range(50)}
    for text in (msgspec.json.encode(values), msgspec.json.format(msgspec.json.encode(values))):
        assert load_json(text, "a.json", dict) == values
