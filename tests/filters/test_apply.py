"""Rules against the plainest possible re-telling of them, row by row."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.filters.apply import KEPT, apply_rules, check_names, licences_of
from ieiw.filters.frame import Frame
from ieiw.filters.rule_set import RuleSet
from ieiw.triplets.errors import UsageError
from tests.support.frames import frame, value_of

FAR = 65


def near(hashes, folders):
    return np.full(len(hashes), FAR)


def ask(made, *rules, lookup=near):
    made[0].nearest = lookup
    return apply_rules(made[0], RuleSet.model_validate({"rules": list(rules)}))


def kept(verdicts):
    return np.flatnonzero(verdicts.rule == KEPT).tolist()


def better_first(rows, values, keep, alive, lower=False):
    """Rows best first, as a list of numbers."""
    role = "pair" if keep in ("seam", "change-inside") else "target"

    def cost(row):
        value = value_of(rows, values, keep, role, row)
        return math.inf if math.isnan(value) else (value if lower else -value)

    return sorted(alive, key=lambda row: (cost(row), row))


SIZES = st.tuples(st.integers(1, 80), st.integers(0, 2**20))


@settings(max_examples=60, deadline=None)
@given(SIZES, st.sampled_from(["source", "target", "pair"]), st.floats(0, 1), st.floats(0, 1))
def test_absolute_thresholds(size, of, least, most):
    made = frame(*size)
    score = "seam" if of == "pair" else "sharpness"
    least, most = sorted((round(least, 2), round(most, 2)))
    rule = {"name": "t", "kind": "threshold", "score": score, "of": of, "min": least, "max": most}
    found = ask(made, rule)
    values = [value_of(*made[1:], score, of, row) for row in range(size[0])]
    # The scores are float32, and the bounds are compared as such.
    expected = [row for row, value in enumerate(values) if np.float32(least) <= np.float32(value) <= np.float32(most)]
    assert kept(found) == expected
    (step,) = found.funnel
    assert (step.dropped, step.left) == (size[0] - len(expected), len(expected))
    assert step.undefined == sum(map(math.isnan, values))
    dropped = found.rule != KEPT
    np.testing.assert_array_equal(found.value[dropped], np.float32(values)[dropped])


@settings(max_examples=60, deadline=None)
@given(SIZES, st.sampled_from(["", "task", "source", "source+task"]), st.floats(0.05, 0.9), st.booleans())
def test_quantiles_by_group(size, per, share, lowest):
    made = frame(*size)
    _, rows, values = made
    field = "drop_lowest" if lowest else "drop_highest"
    found = ask(made, {"name": "q", "kind": "threshold", "score": "noise", "per": per, field: share})
    expected, groups = [], {}
    for row in range(size[0]):
        groups.setdefault(tuple(rows[column][row] for column in per.split("+")) if per else "all", []).append(row)
    for members in groups.values():
        theirs = {row: value_of(rows, values, "noise", "target", row) for row in members}
        sound = np.array([value for value in theirs.values() if not math.isnan(value)], np.float32)
        if len(sound):
            bound = np.float32(np.quantile(sound, share if lowest else 1 - share))
            expected += [row for row, value in theirs.items() if (value >= bound if lowest else value <= bound)]
    assert kept(found) == sorted(expected)
    assert len(found.funnel[0].bounds) == len(groups)


def test_a_quantile_is_taken_over_the_rows_still_there():
    made = frame(400, nan=0)
    first = {"name": "half", "kind": "threshold", "score": "noise", "min": 0.5}
    second = {"name": "tenth", "kind": "threshold", "score": "noise", "drop_lowest": 0.1}
    found = ask(made, first, second)
    values = np.array([value_of(*made[1:], "noise", "target", row) for row in range(400)], np.float32)
    assert found.funnel[1].bounds["all"][0] == np.quantile(values[values >= 0.5], np.float32(0.1))
    assert found.funnel[1].bounds["all"][0] > np.quantile(values, 0.5)


@settings(max_examples=40, deadline=None)
@given(SIZES, st.floats(-0.5, 0.5))
def test_gap(size, most):
    made = frame(*size)
    found = ask(made, {"name": "g", "kind": "gap", "score": "contrast", "max": most})
    gaps = [
        np.float32(value_of(*made[1:], "contrast", "source", row))
        - np.float32(value_of(*made[1:], "contrast", "target", row))
        for row in range(size[0])
    ]
    assert kept(found) == [row for row, gap in enumerate(gaps) if gap <= np.float32(most)]
    assert found.funnel[0].undefined == sum(map(math.isnan, gaps))


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


@settings(max_examples=100, deadline=None)
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


@settings(max_examples=40, deadline=None)
@given(SIZES, st.sampled_from(["group", "source", "task", "source+task"]), st.integers(1, 5))
def test_caps(size, per, most):
    made = frame(*size, groups=5)
    _, rows, values = made
    found = ask(made, {"name": "c", "kind": "cap", "per": per, "most": most})
    columns = ("source", "group") if per == "group" else tuple(per.split("+"))
    counts, expected = {}, []
    for row in better_first(rows, values, "classical-quality", range(size[0])):
        group = tuple(rows[column][row] for column in columns)
        counts[group] = counts.get(group, 0) + 1
        if counts[group] <= most:
            expected.append(row)
        else:
            assert found.value[row] == counts[group]
    assert kept(found) == sorted(expected)


def test_licences():
    made = frame(60)
    found = ask(made, {"name": "l", "kind": "licences", "allow": ["CC-BY-4", "public"]})
    assert kept(found) == [row for row, text in enumerate(made[1]["licence"]) if text.startswith("CC-BY-4")]
    assert 0 < found.funnel[0].dropped < 60
    assert np.isnan(found.value).all()
    assert set(licences_of(made[0], np.array(kept(found)))) == {"CC-BY-4.0"}
    counted = licences_of(made[0], np.arange(60))
    assert sum(counted.values()) == 60
    assert list(counted.values()) == sorted(counted.values(), reverse=True)


def test_decontamination_asks_about_source_and_target():
    made = frame(50, pictures=30)
    _, rows, values = made
    bad = {int(value_of(rows, values, "phash", "source", 3)), int(value_of(rows, values, "phash", "target", 7))}

    def lookup(hashes, folders):
        assert folders == ("eval",)
        return np.array([min((int(each) ^ other).bit_count() for other in bad) for each in hashes.tolist()])

    found = ask(made, {"name": "e", "kind": "decontaminate", "pictures": ["eval"], "distance": 1}, lookup=lookup)
    own = [
        min(
            (int(value_of(rows, values, "phash", role, row)) ^ other).bit_count()
            for role in ("source", "target")
            for other in bad
        )
        for row in range(50)
    ]
    picture = list(zip(rows["source"], rows["group"], strict=True))
    expected = [min(own[other] for other in range(50) if picture[other] == picture[row]) for row in range(50)]
    assert kept(found) == [row for row, bits in enumerate(expected) if bits > 1]
    assert {3, 7}.isdisjoint(kept(found))
    assert all(found.value[row] == bits for row, bits in enumerate(expected) if bits <= 1)
    assert any(bits <= 1 < own[row] for row, bits in enumerate(expected))  # told by another row of its picture


def test_decontamination_drops_the_crops_of_a_picture_that_another_source_shows_whole():
    made, rows, values = frame(30, groups=10_000)
    seen = made.score("phash", "source")[4]
    alike = {row for role in ("source", "target") for row in np.flatnonzero(made.score("phash", role) == seen).tolist()}
    crop = next(row for row in range(30) if row not in alike and rows["source"][row] != rows["source"][4])
    digests = [*rows["picture_sha256"]]
    digests[crop] = digests[4]
    table = made.table.drop_columns("picture_sha256").append_column("picture_sha256", pa.array(digests))

    def lookup(hashes, folders):
        return np.where(hashes == seen, 0, 40)

    rule = {"name": "e", "kind": "decontaminate", "pictures": ["eval"]}
    found = ask((Frame(table, made.lookup), rows, values), rule, lookup=lookup)
    assert set(range(30)) - set(kept(found)) == alike | {crop}


def test_the_first_rule_that_refuses_a_row_drops_it():
    made = frame(80)
    rules = [{"name": name, "kind": "threshold", "score": "noise", "min": 0.5} for name in ("one", "two")]
    found = ask(made, *rules)
    assert found.funnel[1].dropped == 0
    assert (found.rule == 1).sum() == 0
    assert found.funnel[0].left == found.funnel[1].left == len(kept(found))


def test_rules_of_some_tasks_leave_others_alone():
    made = frame(200)
    rule = {
        "name": "t",
        "kind": "threshold",
        "score": "seam",
        "of": "pair",
        "max": -1,
        "tasks": ["dots"],
        "sources": ["a"],
    }
    found = ask(made, rule)
    touched = [row for row in range(200) if (made[1]["task"][row], made[1]["source"][row]) == ("dots", "a")]
    assert np.flatnonzero(found.rule != KEPT).tolist() == touched


def test_misspelt_tasks_and_sources_are_told():
    made = frame(20)
    rule = {"name": "t", "kind": "threshold", "score": "noise", "max": 1, "tasks": ["removals"]}
    with pytest.raises(UsageError, match=r"rule t, tasks: the build has no task 'removals'. It has: addition"):
        check_names(made[0], RuleSet.model_validate({"rules": [rule]}))
    check_names(made[0], RuleSet.model_validate({"rules": [rule | {"tasks": ["dots"], "sources": ["b"]}]}))


def test_a_row_without_a_hash_is_an_error_not_a_zero():
    made = frame(5)
    made[0].lookup = lambda name: (made[0].table["source_sha256"].combine_chunks()[:1], np.zeros(1, np.uint64))
    with pytest.raises(UsageError, match="score phash"):
        made[0].score("phash", "target")
