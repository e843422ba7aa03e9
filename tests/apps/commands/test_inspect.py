"""One key, all that the build knows of it: complete, unfinished, retried and damaged builds."""

import json
import tarfile

import numpy as np
import pytest
from PIL import Image

from ieiw.apps.drawing import difference
from ieiw.apps.inspect_triplet import find, picture
from ieiw.apps.triplet_picture import OUTLINES
from ieiw.apps.triplet_text import describe
from ieiw.pipelines.planning.retry import plan_retries
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode
from ieiw.triplets.layout.plan import read_unit
from ieiw.triplets.storage.store import open_store
from tests.support.builds import index
from tests.support.damage import flip
from tests.support.tiny_build import THINGS, retry_round, tiny_build


def rows(tiny, task=None):
    return [row for row in index(tiny.path, "rows") if task in (None, row["task"])]


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


def test_an_index_that_is_gone_or_damaged_is_named(tiny):
    key = rows(tiny)[0]["key"]
    part = tiny.path / "index" / "rows-00000.parquet"
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(UsageError, match=r"rows-00000.parquet: cannot be read .*ieiw lint"):
        find(tiny.store, key)
    part.unlink()
    with pytest.raises(UsageError, match=r"rows-00000.parquet: is missing. `ieiw lint"):
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


def test_without_its_plan_a_build_still_answers(tiny):
    for part in (tiny.path / "plan").rglob("*.parquet"):
        part.unlink()
    details = find(tiny.store, rows(tiny)[0]["key"])
    assert details.planned is None
    assert "The plan was removed" in describe(details)


def test_the_text_holds_what_a_person_asks_for_and_fits_a_terminal(tiny):
    row = next(row for row in rows(tiny, "addition") if "café" in row["instruction"])
    details = find(tiny.store, row["key"])
    text = describe(details)
    wanted = [row["key"], row["instruction"], row["shard"], row["unit"], row["record"], "CC-BY-4.0", "telea", "48 × 32"]
    assert [part for part in [*wanted, *details.pair] if part not in text] == []
    assert text.count("digest right") == 3
    assert max(map(len, text.splitlines())) <= 100
    assert details.sample["answer"]["hole"]["counts"] not in text
    reject = next(row for row in index(tiny.path, "rejects") if row["reason"] == "empty_phrase")
    text = describe(find(tiny.store, reject["key"]))
    assert all(part in text for part in (reject["key"], "rejected", "empty_phrase", "stage plan", reject["picture"]))


def test_its_json_is_json(tiny):
    for row in (rows(tiny)[0], index(tiny.path, "rejects")[0]):
        value = json.loads(json.dumps(find(tiny.store, row["key"]).as_json()))
        assert value["row"] == row
        assert set(value) == {"key", "verdict", "row", "sample", "parts", "pair", "planned"}


def test_the_picture_shows_source_target_and_difference_with_outlines(tiny, tmp_path):
    row = rows(tiny, "removal")[0]
    details = find(tiny.store, row["key"])
    shown = np.asarray(Image.open(picture(tiny.store, details, tmp_path / "new" / "one.png")).convert("RGB"))
    source, target = (
        decode(tiny.store.read_range(row["shard"], row[f"{role}_offset"], row[f"{role}_size"])).pixels
        for role in ("source", "target")
    )
    scale = 10  # the shorter side has 32 pixels, a panel at least 320
    top, width = shown.shape[0] - 12 - 320, 480 + 12
    for place, pixels in enumerate((source, target, difference(source, target))):
        panel = shown[top : top + 320, 12 + place * width :][:, :480]
        same = np.all(panel[5::scale, 5::scale] == pixels, axis=2)  # outlines run along the borders of pixels
        assert same.mean() > 0.9
        found = [bool(np.all(panel == colour, axis=2).any()) for colour in OUTLINES.values()]
        assert found == [place != 1] * 2


def test_a_task_without_region_is_drawn_without_outlines(tiny, tmp_path):
    details = find(tiny.store, rows(tiny, "dots")[0]["key"])
    shown = np.asarray(Image.open(picture(tiny.store, details, tmp_path / "one.png")).convert("RGB"))
    assert not any(np.all(shown == colour, axis=2).any() for colour in OUTLINES.values())


def test_the_difference_is_amplified_and_cut():
    dark, light = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 10, np.uint8)
    assert (difference(dark, light) == 40).all()
    assert (difference(light, dark) == 40).all()
    assert (difference(dark, light + 200) == 255).all()


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
