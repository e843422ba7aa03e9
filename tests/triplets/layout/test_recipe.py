"""The recipe's schema."""

from hypothesis import given
from hypothesis import strategies as st

from ieiw.triplets.layout.recipe import parse_bytes


@given(
    st.integers(1, 10**6),
    st.sampled_from([("", 1), ("B", 1), ("kB", 1000), ("MB", 10**6), ("GB", 10**9), ("MiB", 2**20)]),
)
def test_bytes(count, unit):
    name, factor = unit
    assert parse_bytes(f"{count}{name}") == parse_bytes(f" {count} {name.lower()} ") == count * factor


def test_bytes_with_a_point():
    assert parse_bytes("1.5GB") == 1_500_000_000
    assert parse_bytes("1e3") == "1e3"  # pydantic refuses it
