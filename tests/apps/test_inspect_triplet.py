"""One key, all that the build knows of it: members against their rows, damage, pictures."""

import json
import tarfile

import pytest

from ieiw.apps.inspect_triplet import find, picture
from ieiw.apps.triplet_text import describe
from ieiw.triplets.errors import UsageError
from tests.support.builds import index
from tests.support.damage import flip
from tests.support.tiny_build import THINGS, rows


def test_every_triplet_is_found_with_its_row_its_json_and_whole_members(tiny):
    for row in rows(tiny):
        details = find(tiny.store, row["key"])
        assert (details.key, details.verdict, details.row) == (row["key"], "built", row)
        sample = json.loads(tiny.store.read_range(row["shard"], row["json_offset"], row["json_size"]))
        inner = {name: json.loads(sample[name]) for name in ("answer", "provenance")}
        assert details.sample == sample | inner
        assert [part.role for part in details.parts] == ["source", "target", "json"]
        for part in details.parts:
            assert part.fault == ""
            assert part.name == f"{row['key']}.{part.role}.jpg" or part.name == f"{row['key']}.json"
            assert (part.width, part.height) == ((0, 0) if part.role == "json" else (row["width"], row["height"]))
        assert details.planned["annotation"]["phrase"] in THINGS
        assert details.planned["unit"] == row["unit"]


def test_every_reject_is_found_with_its_reason_and_the_planned_annotation(tiny):
    rejects = index(tiny.path, "rejects")
    assert {row["reason"] for row in rejects} == {"empty_phrase", "region_too_small"}
    for row in rejects:
        details = find(tiny.store, row["key"])
        assert (details.verdict, details.row) == ("rejected", row)
        assert (details.sample, details.parts, details.pair) == ({}, (), {})
        number = details.planned["annotation"]["number"]
        assert number % 10 == (4 if row["reason"] == "empty_phrase" else 7)
        assert details.planned["files"] == {"picture": row["picture"]}


def test_damage_in_a_shard_is_named_member_by_member(tiny):
    row = rows(tiny, "removal")[0]
    flip(tiny.path / row["shard"], row["target_offset"] + 40)
    details = find(tiny.store, row["key"])
    assert [part.fault for part in details.parts] == ["", "other bytes than the row says", ""]
    assert "WRONG: other bytes than the row says" in describe(details)
    with (tiny.path / row["shard"]).open("r+b") as file:
        file.truncate(row["json_offset"] + 10)
    assert find(tiny.store, row["key"]).parts[2].fault == "the shard ends before it"
    assert find(tiny.store, row["key"]).sample == {}
    (tiny.path / row["shard"]).unlink()
    gone = find(tiny.store, row["key"])
    assert {part.fault for part in gone.parts} == {"the shard is missing"}
    assert "WRONG: the shard is missing" in describe(gone)


def test_a_row_that_points_at_another_member_is_told(tiny):
    row = rows(tiny, "removal")[0]
    shard, at = tiny.path / row["shard"], row["target_offset"] - 512
    data = shard.read_bytes()
    header = tarfile.TarInfo.frombuf(data[at : at + 512], "utf-8", "strict")
    header.name = "other.target.jpg"
    shard.write_bytes(data[:at] + header.tobuf(tarfile.USTAR_FORMAT) + data[at + 512 :])
    assert [part.fault for part in find(tiny.store, row["key"]).parts] == [
        "",
        "named 'other.target.jpg' in the shard",
        "",
    ]
    flip(shard, at)
    assert find(tiny.store, row["key"]).parts[1].fault == "no tar header before it"


def test_without_its_plan_a_build_still_answers(tiny):
    for part in (tiny.path / "plan").rglob("*.parquet"):
        part.unlink()
    details = find(tiny.store, rows(tiny)[0]["key"])
    assert details.planned is None
    assert "The plan was removed" in describe(details)


def test_its_json_is_json(tiny):
    for row in (rows(tiny)[0], index(tiny.path, "rejects")[0]):
        value = json.loads(json.dumps(find(tiny.store, row["key"]).as_json()))
        assert value["row"] == row
        assert set(value) == {"key", "verdict", "row", "sample", "parts", "pair", "planned"}


def test_what_cannot_be_drawn_is_told(tiny, tmp_path):
    with pytest.raises(UsageError, match="rejected, so there is no picture"):
        picture(tiny.store, find(tiny.store, index(tiny.path, "rejects")[0]["key"]), tmp_path / "one.png")
    row = rows(tiny)[0]
    details = find(tiny.store, row["key"])
    with pytest.raises(UsageError, match=r"one.tiff: give a file that ends in .png"):
        picture(tiny.store, details, tmp_path / "one.tiff")
    flip(tiny.path / row["shard"], row["source_offset"])
    with pytest.raises(UsageError, match=f"the source of {row['key']} cannot be shown"):
        picture(tiny.store, details, tmp_path / "one.png")
    with pytest.raises(UsageError, match="cannot be shown: other bytes than the row says"):
        picture(tiny.store, find(tiny.store, row["key"]), tmp_path / "one.png")
