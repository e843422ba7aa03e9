"""Digests as numbers."""

import hashlib

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.filters.digests import as_uint64, packed, positions

NUMBERS = st.lists(st.integers(0, 60), max_size=60)


def digests(numbers):
    return [hashlib.sha256(str(number).encode()).hexdigest() for number in numbers]


def chunked(texts, at=0):
    return pa.chunked_array([pa.array(texts[:at], pa.string()), pa.array(texts[at:], pa.string())])


@settings(max_examples=100, deadline=None)
@given(NUMBERS, NUMBERS, st.booleans())
def test_positions(wanted, known, in_order):
    known = list(dict.fromkeys(known))
    texts = sorted(digests(known)) if in_order else digests(known)
    expected = [texts.index(each) if each in texts else -1 for each in digests(wanted)]
    half = len(wanted) // 2
    for column in (chunked(digests(wanted), half), packed(chunked(digests(wanted), half))):
        assert positions(as_uint64(column), as_uint64(pa.array(texts, pa.string()))).tolist() == expected


def test_numbers_are_the_first_128_bits_in_any_slice(monkeypatch):
    monkeypatch.setattr("ieiw.filters.digests._AT_ONCE", 3)
    texts = digests(range(10))
    expected = [[int(text[:16], 16) for text in texts], [int(text[16:32], 16) for text in texts]]
    assert as_uint64(pa.array(texts)).tolist() == expected
    assert as_uint64(pa.array(["x", *texts])[1:]).tolist() == expected
    assert as_uint64(packed(chunked(texts, 4))[2:]).tolist() == [row[2:] for row in expected]


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "G" * 64, "A" * 64])
def test_what_is_no_digest(text):
    with pytest.raises(ValueError, match="64 hex digits"):
        as_uint64(pa.array([text]))
