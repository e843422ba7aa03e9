"""JSON from outside: whole json_stream, and the elements of huge arrays; Python's own parser is the oracle."""

import io
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.builders.formats import json_stream
from ieiw.builders.formats.json_stream import DocumentError, array_spans, load_json, parse, read_span
from ieiw.triplets.errors import UsageError

_TEXT = st.text(st.sampled_from('ab"\\[]{},: é🦓\n'), max_size=8)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.floats(allow_nan=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)


def kind(call, *arguments):
    with pytest.raises(DocumentError) as caught:
        result = call(*arguments)
        if call is array_spans:
            list(result)
    assert isinstance(caught.value, UsageError)
    assert str(caught.value).startswith("x.json: ")
    return caught.value.kind


def spans(text, key=None):
    data = text if isinstance(text, bytes) else text.encode()
    return list(array_spans(io.BytesIO(data), "x.json", key))


@given(_VALUES)
def test_a_document_comes_back(value):
    assert load_json(json.dumps(value).encode(), "x.json") == value
    assert load_json(b"\xef\xbb\xbf" + json.dumps(value, ensure_ascii=False).encode(), "x.json") == value


def test_numbers_that_are_none_are_left_to_the_caller():
    found = load_json(b'{"area": NaN, "box": [Infinity, -Infinity, 1e999]}', "x.json")
    assert math.isnan(found["area"])
    assert found["box"] == [math.inf, -math.inf, math.inf]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "invalid_json"),
        (b"  \n", "invalid_json"),
        (b'{"a": [1, 2', "invalid_json"),
        (b"{} {}", "invalid_json"),
        (b"[" * 20_000 + b"]" * 20_000, "invalid_json"),
        (b'{"a":' * 200_000, "invalid_json"),
        (b"[" + b"1" * 5000 + b"]", "invalid_json"),
        (b'"\\ud800"', "invalid_json"),  # half a character: no file could be written with it
        (b'["\xff"]', "wrong_encoding"),
        ('{"a": 1}'.encode("utf-16"), "wrong_encoding"),
        ('{"a": 1}'.encode("utf-32"), "wrong_encoding"),
        (b"[1]", "wrong_schema"),
        (b"null", "wrong_schema"),
    ],
)
def test_a_document_that_cannot_be_used_is_named(data, expected):
    assert kind(load_json, data, "x.json", dict) == expected


def test_utf_16_without_a_mark_is_not_guessed():
    assert kind(load_json, '{"a": 1}'.encode("utf-16-le"), "x.json") == "invalid_json"


def test_messages_say_what_and_where():
    with pytest.raises(DocumentError, match=r"x\.json: wrong_schema: the outermost value is a list, not an object"):
        load_json(b"[]", "x.json", dict)
    with pytest.raises(DocumentError, match=r"column 9.*Is the download complete\?"):
        load_json(b'{"a": 1,', "x.json")


@settings(max_examples=100)
@given(
    values=st.lists(_VALUES, max_size=6),
    before=_VALUES,
    indent=st.sampled_from([None, 0, 2]),
    tight=st.booleans(),
    ascii_only=st.booleans(),
    chunk=st.integers(3, 40),  # the byte order mark lies in the first one
)
def test_spans_are_the_elements_in_any_chunks(values, before, indent, tight, ascii_only, chunk):
    options = {"indent": indent, "ensure_ascii": ascii_only, "separators": (",", ":") if tight else None}
    whole = json.dumps(values, **options).encode()
    nested = json.dumps({"info": before, "list": values, "more": [values]}, **options).encode()
    bare = json.dumps({"x": {"list": [1]}, "list ": [2], "y": '"list":[', "list": values}, **options).encode()
    kept = json_stream._CHUNK
    json_stream._CHUNK = chunk
    try:
        for text, key in ((whole, None), (b"\xef\xbb\xbf \n" + whole + b" \n", None), (nested, "list"), (bare, "list")):
            found = spans(text, key)
            assert [json.loads(span.data) for span in found] == values
            for span in found:
                assert text[span.offset :].startswith(span.data)
                assert read_span(io.BytesIO(text), span.offset, len(span.data)) == json.loads(span.data)
    finally:
        json_stream._CHUNK = kept


@settings(max_examples=15, deadline=None)
@given(values=st.lists(st.dictionaries(_TEXT, _VALUES, max_size=3), min_size=1, max_size=3))
def test_an_array_cut_anywhere_never_looks_whole(values):
    text = json.dumps(values).encode()
    for cut in range(len(text)):
        found = []
        with pytest.raises(DocumentError) as caught:
            for span in array_spans(io.BytesIO(text[:cut]), "x.json"):
                found.append(json.loads(span.data))
        assert caught.value.kind in {"invalid_json", "wrong_schema"}
        assert found == values[: len(found)]


def test_a_damaged_element_costs_no_other():
    found = spans('[{"a": 1}, {"b": tru}, {"c" 3}, nonsense, "x,y", {"d": 4}]')
    assert [span.data for span in found] == [b'{"a": 1}', b'{"b": tru}', b'{"c" 3}', b"nonsense", b'"x,y"', b'{"d": 4}']
    assert found[1].offset == 11
    with pytest.raises(ValueError, match="column 7"):
        parse(found[1].data)


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("", None, "invalid_json"),
        ("[{}", None, "invalid_json"),
        ('{"list": [{}', "list", "invalid_json"),
        ('{"other": [', "list", "invalid_json"),
        ("[{}] [{}]", None, "invalid_json"),
        ("[{}]]", None, "invalid_json"),
        ("{}", None, "wrong_schema"),
        ("[]", "list", "wrong_schema"),
        ('{"other": []}', "list", "wrong_schema"),
        ('{"list": {}}', "list", "wrong_schema"),
        ('{"in": {"list": []}}', "list", "wrong_schema"),
        ("<html>", None, "wrong_schema"),
    ],
)
def test_an_array_that_is_not_there_is_named(text, key, expected):
    assert kind(array_spans, io.BytesIO(text.encode()), "x.json", key) == expected


def test_utf_16_arrays_are_named():
    assert kind(array_spans, io.BytesIO("[{}]".encode("utf-16")), "x.json") == "wrong_encoding"


def test_an_element_without_an_end_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(json_stream, "_CHUNK", 1000)
    monkeypatch.setattr(json_stream, "_MAX_ELEMENT", 10_000)

    class Endless(io.RawIOBase):
        first = True

        def read(self, size=-1):
            text, self.first = (b'[{"a": "' if self.first else b"x" * size), False
            return text

    with pytest.raises(DocumentError, match="does not end within"):
        list(array_spans(Endless(), "x.json"))


def test_only_the_element_is_held(monkeypatch):
    monkeypatch.setattr(json_stream, "_CHUNK", 1000)
    scanner = json_stream._Scanner("x.json", None)
    list(scanner.feed(b"["))
    for _ in range(50):
        assert len(list(scanner.feed(b'{"a": [1, 2, 3]}, ' * 50))) == 50
        assert len(scanner._kept) < 100
