"""Pickles from outside: plain values come in, nothing is ever run, and nothing else is raised than what is named."""

import os
import pickle
import subprocess
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.builders.formats import unpickle
from ieiw.builders.formats.json_stream import DocumentError
from ieiw.builders.formats.unpickle import load_pickle

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
_PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text(max_size=9)
    | st.binary(max_size=9)
    | st.binary(max_size=9).map(bytearray)
    | st.frozensets(st.integers(), max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=4), inner, max_size=4)
        | st.tuples(inner, inner)
        | st.sets(st.integers(), max_size=3)
    ),
    max_leaves=10,
)


def kind(data, **options):
    with pytest.raises(DocumentError) as caught:
        load_pickle(data, "refs.p", **options)
    assert str(caught.value).startswith("refs.p: ")
    return caught.value.kind


@given(value=_PLAIN, protocol=st.sampled_from(PROTOCOLS))
def test_plain_values_come_back(value, protocol):
    assert load_pickle(pickle.dumps(value, protocol), "refs.p") == value


ARRAYS = [
    np.arange(6, dtype=np.float32).reshape(2, 3),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(3, dtype=">i2"),
    np.array(["ab", "c"]),
    np.array([b"ab", b"c"]),
    np.array([True, False]),
    np.zeros((0, 3)),
    np.array(3),
    np.float64(2.5),
    np.bool_(True),
    np.array([1 + 2j]),
]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("array", ARRAYS, ids=repr)
def test_numeric_arrays_come_back(array, protocol):
    data = pickle.dumps({"a": [array, array]}, protocol)
    expected = pickle.loads(data)["a"][0]
    for found in load_pickle(data, "refs.p")["a"]:
        assert np.array_equal(found, expected)
        assert found.dtype == expected.dtype
        assert found.shape == expected.shape


@pytest.mark.parametrize("module", [b"numpy.core.multiarray", b"numpy._core.multiarray"])
def test_an_array_of_python_2_comes_back(module):
    data = (
        b"c" + module + b"\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(I2\ntcnumpy\ndtype\n(S'u1'\nI0\nI1\ntR"
        b"(I3\nS'|'\nNNNI-1\nI-1\nI0\ntbI00\nS'\\xc3\\xa9'\ntb."
    )
    assert load_pickle(data, "refs.p").tolist() == [0xC3, 0xA9]  # which would also be one character of UTF-8


def test_strings_of_python_2_are_utf_8_or_else_latin_1():
    assert load_pickle(b"(lp0\nS'caf\\xc3\\xa9'\np1\naS'plain'\na.", "refs.p") == ["café", "plain"]
    assert load_pickle(b"S'caf\\xe9'\n.", "refs.p") == "café"


class Calls:
    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call[0], tuple(self.call[1:])


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "call",
    [
        (os.system, "touch pwned"),
        (subprocess.getoutput, "touch pwned"),
        (eval, "open('pwned', 'w')"),
        (open, "pwned", "w"),
        (getattr, "text", "upper"),
        (OrderedDict,),
        (bytes, 10**15),
        (np.ndarray, (10**12,)),
        (np.dtype, "O"),
        (np.dtype, "V8"),
        (np.load, "pwned.npy"),
    ],
    ids=lambda call: f"{call[0].__module__}.{call[0].__qualname__}{call[1:]}",
)
def test_calls_are_refused_and_not_made(call, protocol, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert kind(pickle.dumps([1, Calls(*call)], protocol)) == "unsafe_pickle"
    assert not list(tmp_path.iterdir())


def test_the_refusal_says_what_was_asked_for():
    with pytest.raises(DocumentError, match=r"refs\.p: unsafe_pickle: it asks for collections\.OrderedDict"):
        load_pickle(pickle.dumps(OrderedDict(a=1)), "refs.p")


@pytest.mark.parametrize(
    "data",
    [
        b"r\xff\xff\xff\x7f.",
        b"Np99999999999\n.",
        b"(i__main__\nX\n.",
        b"(c__main__\nX\no.",
        b"Pname\n.",
        b"]\x82\x01.",
        b"\x80\x05\x97.",
        pickle.dumps(np.array([{}], dtype=object)),
        pickle.dumps(np.zeros(2, dtype=[("a", "f4"), ("b", "i4")])),
        b")" + b"\x85" * 5000 + b".",
        b"]" * 5000 + b"a" * 4999 + b".",
    ],
    ids=lambda data: repr(data[:12]),
)
def test_instructions_that_are_never_needed_are_refused(data):
    if data[:1] == b"r" or data[:2] == b"Np":
        data = b"N" + data.removeprefix(b"N")
    assert kind(data) == "unsafe_pickle"


@pytest.mark.parametrize("name", ["_codecs\nencode", "numpy\ndtype", "builtins\nset", "numpy.core.multiarray\nscalar"])
@pytest.mark.parametrize("state", [b"}Vkey\nI1\ns", b"(N}V_make\ncbuiltins\nset\nst"])
def test_what_may_be_called_cannot_be_changed(name, state):
    assert kind(b"c" + name.encode() + b"\n" + state + b"b.") != ""
    test_numeric_arrays_come_back(ARRAYS[0], 2)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_cut_pickle_is_corrupt(protocol):
    data = pickle.dumps([{"ref_id": number, "split": "train"} for number in range(50)], protocol)
    for cut in range(0, len(data), 7):
        assert kind(data[:cut]) == "corrupt_pickle"


def test_the_outermost_value_is_checked():
    assert kind(pickle.dumps({}), top=list) == "wrong_schema"


_SAMPLES = [
    pickle.dumps([{"a": [1, 2.5, "x"]}, array, {1}], protocol) for protocol in PROTOCOLS for array in ARRAYS[:3]
]


@settings(max_examples=400, deadline=None)
@given(
    sample=st.sampled_from(_SAMPLES),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
)
def test_damage_raises_nothing_but_what_is_named(sample, changes):
    data = bytearray(sample)
    for place, value in changes:
        data[int(place * len(data))] = value
    try:
        load_pickle(bytes(data), "refs.p")
    except DocumentError as error:
        assert error.kind in {"unsafe_pickle", "corrupt_pickle"}


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_but_what_is_named(data):
    try:
        load_pickle(data, "refs.p")
    except DocumentError as error:
        assert error.kind in {"unsafe_pickle", "corrupt_pickle"}


def test_what_follows_the_pickle_is_not_read():
    assert load_pickle(pickle.dumps([1]) + pickle.dumps(OrderedDict()), "refs.p") == [1]


def test_size_is_limited(monkeypatch):
    monkeypatch.setattr(unpickle, "MAX_BYTES", 10)
    assert kind(pickle.dumps("longer than ten")) == "unsafe_pickle"


def _multiplied(times):
    """Lists of two that are one and the same: a few bytes a level, and twice as many values."""
    value = ["x"]
    for _ in range(times):
        value = [value, value]
    return value


def _chain(length, end):
    for _ in range(length):
        end = [end]
    return end


def _holding_itself():
    value = [1]
    value.append({"again": value})
    return value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (_multiplied(60), "values"),
        ([{"ref_id": 1, "sentences": [{"sent": "a", "sent_id": _multiplied(40)}]}], "values"),
        (_holding_itself(), "holding itself"),
        ([end := _chain(150, 1), _chain(150, end)], "nested"),
        ({(1,): _chain(300, 2)}, "nested"),
    ],
    ids=["doubled", "doubled inside", "itself", "two halves", "one chain"],
)
def test_what_nobody_could_walk_through_is_unsafe(value, said):
    with pytest.raises(DocumentError, match=f"unsafe_pickle.*{said}"):
        load_pickle(pickle.dumps(value, 4), "refs.p")


def test_a_list_that_stands_in_several_places_is_read():
    same = ["a", "b"]
    assert load_pickle(pickle.dumps([same] * 1000, 2), "refs.p", list) == [same] * 1000
