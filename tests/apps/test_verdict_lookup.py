"""The verdict on a key: complete, unfinished, retried and damaged builds; keys cut short or mistyped."""

import pytest

from ieiw.apps.inspect_triplet import find
from ieiw.pipelines.planning.retry import plan_retries
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.plan import read_unit
from ieiw.triplets.storage.store import open_store
from tests.support.builds import index
from tests.support.tiny_build import retry_round, rows, tiny_build


def test_a_pair_names_its_other_key(tiny):
    by_key = {row["key"]: row for row in rows(tiny)}
    for row in by_key.values():
        details = find(tiny.store, row["key"])
        if row["task"] == "dots":
            assert details.pair == {}
            continue
        [(other, task)] = details.pair.items()
        assert {row["task"], task} == {"removal", "addition"}
        assert (by_key[other]["pair"], by_key[other]["task"], by_key[other]["source"]) == (
            row["pair"],
            task,
            row["source"],
        )


def test_the_beginning_of_a_key_will_do_where_only_one_begins_so(tiny):
    keys = sorted(row["key"] for row in [*rows(tiny), *index(tiny.path, "rejects")])
    assert find(tiny.store, keys[0][:-8]).key == keys[0]
    with pytest.raises(UsageError, match=r"tiles-2-: 60 keys begin so: .*, …. Give more"):
        find(tiny.store, "tiles-2-")
    with pytest.raises(UsageError, match=rf"s: {len(keys) // 2} keys begin so: shapes-"):
        find(tiny.store, "s")


@pytest.mark.parametrize("place", [-1, -10, -19])
def test_a_mistyped_key_is_answered_with_the_nearest(tiny, place):
    key = rows(tiny)[5]["key"]
    letters = list(key)
    letters[place] = "1"  # which is not of the alphabet
    with pytest.raises(UsageError, match="no such key in this build. Nearest: .*" + key):
        find(tiny.store, "".join(letters))


def test_a_key_of_another_source_is_answered_with_what_is_alike(tiny):
    key = rows(tiny)[0]["key"]
    with pytest.raises(UsageError, match=f"no such key in this build. Nearest: .*{key}"):
        find(tiny.store, "shape" + key[len("shapes") :])
    with pytest.raises(UsageError, match="no such key in this build. Keys are in the `key` column"):
        find(tiny.store, "qqqq")


def test_where_there_is_no_build_it_says_so(tmp_path):
    with pytest.raises(UsageError, match="no build.json here"):
        find(open_store(tmp_path), "x")


def test_an_unfinished_build_answers_from_its_units_as_the_finished_one_does(tiny, tmp_path):
    half = tiny_build(tmp_path / "half", leave=4)
    assert half.state.state == "planned"
    waiting = {ref.unit for ref in list(half.state.refs())[-4:]}
    seen = {"built": 0, "rejected": 0, "pending": 0}
    for row in [*rows(tiny), *index(tiny.path, "rejects")]:
        whole, part = find(tiny.store, row["key"]), find(half.store, row["key"])
        seen[part.verdict] += 1
        if row["unit"] in waiting:
            assert (part.verdict, part.row, part.parts) == ("pending", {}, ())
            assert part.planned == whole.planned
        else:
            assert part == whole
    assert min(seen.values()) > 0
    with pytest.raises(UsageError, match="Nearest"):
        find(half.store, rows(tiny)[-1]["key"][:-1] + "1")


@pytest.mark.parametrize("finish", [True, False])
def test_after_a_retry_the_last_verdict_counts(tiny, finish):
    rejects = index(tiny.path, "rejects")
    again = retry_round(tiny, finish=finish)
    assert again.state.state == ("complete" if finish else "planned")
    for row in rejects:
        details = find(again.store, row["key"])
        healed = row["reason"] == "region_too_small"
        assert details.verdict == ("built" if healed else "rejected")
        assert details.row["unit"] != row["unit"]
        assert details.planned["unit"] == details.row["unit"]
        assert not any(part.fault for part in details.parts)


def test_a_retry_that_waits_leaves_the_old_verdict(tiny):
    plan_retries(tiny.store, tiny.state, "region_too_small")
    for row in index(tiny.path, "rejects"):
        details = find(tiny.store, row["key"])
        assert (details.verdict, details.row) == ("rejected", row)


def test_an_index_that_is_gone_or_damaged_is_named(tiny):
    key = rows(tiny)[0]["key"]
    part = tiny.path / "index" / "rows-00000.parquet"
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(UsageError, match=r"rows-00000.parquet: cannot be read .*more damage"):
        find(tiny.store, key)
    part.unlink()
    with pytest.raises(UsageError, match=r"rows-00000.parquet: is missing; look for more damage"):
        find(tiny.store, key)


def test_a_damaged_unit_of_an_unfinished_build_is_named(tmp_path):
    half = tiny_build(tmp_path / "half", leave=1)
    ref = next(half.state.refs())
    key = find(half.store, read_unit(half.store, ref)[0]["key"]).key
    file = tmp_path / "half" / ref.rows
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(UsageError, match=f"{ref.rows}: cannot be read"):
        find(half.store, key)
    part = tmp_path / "half" / ref.part
    part.write_bytes(b"")
    with pytest.raises(UsageError, match=f"{ref.part}: cannot be read"):
        find(half.store, key)
