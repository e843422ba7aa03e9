"""Duplicates against comparing each row with each."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.filters.apply import KEPT
from tests.support.frames import SIZES, ask, better_first, frame, kept, value_of


@settings(max_examples=60, deadline=None)
@given(
    SIZES,
    st.integers(1, 12),
    st.sampled_from(["source", "target", "pair"]),
    st.sampled_from(["sharpness", "noise", "seam"]),
)
def test_exact_duplicates_keep_the_best(size, pictures, of, keep):
    made = frame(*size, pictures=pictures)
    _, rows, values = made
    found = ask(made, {"name": "d", "kind": "duplicates", "of": of, "keep": keep})
    roles = ("source", "target") if of == "pair" else (of,)
    seen, expected = set(), []
    for row in better_first(rows, values, keep, range(size[0]), lower=keep != "sharpness"):
        identity = (rows["task"][row], *(rows[f"{role}_sha256"][row] for role in roles))
        if identity not in seen:
            expected.append(row)
        seen.add(identity)
    assert kept(found) == sorted(expected)
    assert (found.value[found.rule != KEPT] == 0).all()


@settings(max_examples=20, deadline=None)
@given(SIZES, st.integers(2, 60), st.sampled_from(["source", "target", "pair"]), st.integers(1, 4))
def test_near_duplicates_keep_the_best(size, pictures, of, distance):
    made = frame(*size, pictures=pictures, groups=6)
    _, rows, values = made
    found = ask(made, {"name": "d", "kind": "duplicates", "of": of, "distance": distance, "keep": "sharpness"})
    roles = ("source", "target") if of == "pair" else (of,)
    stay, bits = [], {}
    for row in better_first(rows, values, "sharpness", range(size[0])):
        against = [each for other in stay if (each := _alike(rows, values, roles, row, other, distance)) is not None]
        if against:
            bits[row] = min(against)
        else:
            stay.append(row)
    assert kept(found) == sorted(stay)
    assert all(found.value[row] <= distance for row in bits)
    assert (found.value[kept(found)] != found.value[kept(found)]).all()


def _alike(rows, values, roles, row, other, distance):
    """Bits between two rows if they are duplicates, else None."""
    if rows["task"][row] != rows["task"][other]:
        return None
    if all(rows[f"{role}_sha256"][row] == rows[f"{role}_sha256"][other] for role in roles):
        return 0
    if len(roles) == 2 and all(rows[name][row] == rows[name][other] for name in ("source", "group")):
        return None
    hashes = [[int(value_of(rows, values, "phash", role, each)) for each in (row, other)] for role in roles]
    bits = max((a ^ b).bit_count() for a, b in hashes)
    return bits if bits <= distance else None
