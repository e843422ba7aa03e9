"""Contact sheets: spread evenly, always the same, and drawn without an accident."""

import os
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from ieiw.apps.sheet import changed, choose, contact_sheet
from ieiw.triplets.errors import UsageError
from tests.support.tiny_build import tiny_build


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    tiny = tiny_build(tmp_path_factory.mktemp("tiny"))
    return tiny.store, tiny.state


def test_rows_are_spread_over_tasks_and_pictures(built):
    rows = choose(*built, 6, 0)
    assert len(rows) == 6
    assert len({row["key"] for row in rows}) == 6
    tasks = Counter((row["source"], row["task"]) for row in rows)
    assert max(tasks.values()) - min(tasks.values()) <= 1


def test_the_seed_decides(built):
    assert choose(*built, 6, 1) == choose(*built, 6, 1)
    assert choose(*built, 6, 1) != choose(*built, 6, 2)


def test_more_than_there_are_gives_all_there_are(built):
    rows = choose(*built, 10_000, 0)
    keys = [row["key"] for row in rows]
    assert len(keys) == len(set(keys)) == sum(count.built for count in built[1].counts.values())


@pytest.mark.parametrize("damage", [b"PAR1 not any more", None])
def test_a_damaged_index_is_told_with_its_remedy(tmp_path, damage):
    tiny = tiny_build(tmp_path / "tiny")
    part = next(tiny.path.glob("index/rows-*.parquet"))
    part.write_bytes(damage) if damage else part.unlink()
    with pytest.raises(UsageError, match=f"{part.name}: (is missing|cannot be read).*more damage"):
        choose(tiny.store, tiny.state, 6, 0)


@pytest.mark.parametrize("damage", ["cut", "zeros", "gone"])
def test_a_damaged_shard_is_told_with_its_remedy(tmp_path, damage):
    tiny = tiny_build(tmp_path / "tiny")
    rows = choose(tiny.store, tiny.state, 4, 0)
    for shard in tiny.path.glob("shards/*.tar"):
        size = shard.stat().st_size
        shard.write_bytes(bytes(size)) if damage == "zeros" else os.truncate(shard, 600)
        if damage == "gone":
            shard.unlink()
    with pytest.raises(UsageError, match="shards/.*tar: (is missing|damaged at).*more damage"):
        contact_sheet(tiny.store, tiny.state, rows, tmp_path / "sheet.png")


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_a_sheet_is_a_picture(built, tmp_path, ending):
    written = contact_sheet(*built, choose(*built, 5, 0), tmp_path / "new" / f"sheet.{ending}")
    sheet = np.asarray(Image.open(written))
    assert sheet.shape[0] > 300 and sheet.shape[1] > 1000
    assert sheet.std() > 10


def test_an_instruction_of_any_length_and_script_is_drawn(built, tmp_path):
    rows = choose(*built, 2, 0)
    rows[0] = rows[0] | {"instruction": "remove the very long " * 40}
    rows[1] = rows[1] | {"instruction": "entferne den großen Bären – ‘<b>’ \u4e2d\u6587 \x00"}
    assert contact_sheet(*built, rows, tmp_path / "sheet.png").exists()


def test_the_difference_is_white_where_nothing_changed():
    source = np.full((4, 4, 3), 90, np.uint8)
    target = source.copy()
    target[1, 2] = (90, 100, 85)
    shown = changed(source, target)
    assert (shown[1, 2] == 255 - 40).all()
    assert (np.delete(shown.reshape(-1, 3), 6, axis=0) == 255).all()
