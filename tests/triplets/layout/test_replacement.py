"""Outcomes of a step come back from their file as they were put in."""

import msgspec
import pytest

from ieiw.triplets.images.masks import Rle
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.replacement import (
    Outcome,
    Retrieved,
    Written,
    batch_file,
    count_outcomes,
    read_outcomes,
    to_bytes,
    unit_file,
)
from ieiw.triplets.rejects import Place, Reason, Refusal
from ieiw.triplets.storage.store import open_store

FOUND = Retrieved("a" * 64, "7", "dog", 0, "", (1, 2, 3, 4), Rle((4, 3), "0<"), ())


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path)


def test_values_refusals_and_files_come_back(store):
    outcomes = [
        Outcome("k1", FOUND, (b"png", b"", b"jpg")),
        Outcome("k2", Refusal(Reason.NO_REGION, "none \udc80 fits"), stage=Place.READ),
    ]
    store.publish_bytes("x.parquet", to_bytes(outcomes))
    first, second = read_outcomes(store, "x.parquet", Retrieved)
    assert first == outcomes[0]
    assert (second.key, second.stage) == ("k2", Place.READ)
    assert (second.value.reason, second.value.detail) == (Reason.NO_REGION, "none ? fits")
    assert count_outcomes(store, "x.parquet") == (1, 1)


def test_files_are_left_where_nobody_asks_for_them(store):
    store.publish_bytes("x.parquet", to_bytes([Outcome("k", FOUND, (b"png",))]))
    assert [each.files for each in read_outcomes(store, "x.parquet", Retrieved, files=False)] == [()]


def test_an_empty_unit_is_a_unit(store):
    store.publish_bytes("x.parquet", to_bytes([]))
    assert list(read_outcomes(store, "x.parquet", Retrieved)) == []
    assert count_outcomes(store, "x.parquet") == (0, 0)


def test_values_of_another_step_are_not_taken(store):
    store.publish_bytes("x.parquet", to_bytes([Outcome("k", Written("change it", (), "a", "b", 1))]))
    with pytest.raises(msgspec.ValidationError):
        list(read_outcomes(store, "x.parquet", Retrieved))


def test_the_same_outcomes_give_the_same_bytes():
    outcomes = [Outcome("k", FOUND, (b"png",))]
    assert to_bytes(outcomes) == to_bytes(list(outcomes))


def test_units_are_named_by_number_and_retries_by_their_fingerprint_too():
    planned = UnitRef("pets", "abcdef" * 8, 0, 3)
    assert unit_file("f", planned) == unit_file("f", UnitRef("pets", "123456" * 8, 0, 3)) == "f/000003.parquet"
    assert unit_file("f", UnitRef("pets", "abcdef" * 8, 1, 3)) == "f/r01-abcdef-000003.parquet"
    assert batch_file("f", planned, 16, 8) == "f/work/000003-16-24.parquet"
