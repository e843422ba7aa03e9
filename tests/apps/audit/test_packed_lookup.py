"""Packed keys: what goes in comes out, by the same walk as the page's script."""

import base64
import gzip
import random

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.apps.audit.packed_lookup import pack, prefix_numbers
from ieiw.pipelines.audit.excluded import LostKeys
from ieiw.triplets.records import sample_key


def _lost(keys, seed=0):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 400, len(keys)).astype(np.int16)
    return LostKeys(
        keys=pa.array(keys, pa.string()),
        labels=tuple(map(str, range(400))),
        rejected=(False,) * 400,
        label=label,
        value=rng.normal(size=len(keys)).astype(np.float32),
    )


def _unpack(packed):
    """Source -> number -> (label, value)."""
    planes = np.frombuffer(gzip.decompress(base64.b64decode(packed.data)), np.uint8)
    planes = planes.reshape(11, -1) if len(planes) else planes.reshape(11, 0)
    found, at = {}, 0
    for source, count in packed.sources:
        number, found[source] = 0, {}
        for row in range(at, at + count):
            number += int.from_bytes(planes[:5, row].tobytes(), "little")
            label = int.from_bytes(planes[5:7, row].tobytes(), "little")
            value = np.frombuffer(np.ascontiguousarray(planes[7:, row]).tobytes(), "<f4")[0]
            found[source][number] = (label, value)
        at += count
    assert at == planes.shape[1]
    return found


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["a", "b-2", "zz"]), st.text(max_size=5)), unique=True, max_size=30))
def test_every_key_comes_out_with_its_label_and_value(records):
    lost = _lost([sample_key(source, record, "removal", 0) for source, record in records])
    found = _unpack(pack(lost))
    assert sum(map(len, found.values())) == len(records)
    for key, label, value in zip(lost.keys.to_pylist(), lost.label, lost.value, strict=True):
        number = int(prefix_numbers(pa.array([key]))[0])
        assert found[key[:-21]][number] == (label, value)


def test_a_prefix_is_the_base32_number():
    for letters in ("aaaaaaaa", "aaaaaaab", "77777777", "b2cd3ef4"):
        key = f"shapes-{letters}{'a' * 12}"
        by_library = int.from_bytes(base64.b32decode(letters.upper()), "big")
        assert prefix_numbers(pa.array([key])).tolist() == [by_library]


def test_sliced_keys_are_read_from_their_place():
    keys = pa.array([sample_key("s", str(number), "t", 0) for number in range(10)])
    assert prefix_numbers(keys.slice(4)).tolist() == prefix_numbers(keys).tolist()[4:]


def test_two_hundred_thousand_keys_take_less_than_two_megabytes():
    draw = random.Random(0)
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    keys = ["s-" + "".join(draw.choices(letters, k=20)) for _ in range(200_000)]
    lost = _lost(keys)
    lost.label[:] = lost.label % 5
    assert len(pack(lost).data) < 2_100_000
