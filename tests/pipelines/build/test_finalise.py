"""The index that a finished build leaves: few large row groups and parts, whatever the size of its units."""

import pyarrow.parquet as pq
import pytest

from ieiw.triplets.layout.build_state import load_state
from ieiw.triplets.storage.store import open_store
from tests.support.builds import build_serially, index, run_build
from tests.support.phrasecut_folder import Folder, write_phrasecut


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Builds 24 pictures of 3 phrases in units of about one picture, with limits of the test's own; returns the folder."""
    build_serially(monkeypatch)
    root = write_phrasecut(tmp_path / "pc", Folder(pictures=24, phrases=3))

    def run(name="out", **limits):
        for limit, value in limits.items():
            monkeypatch.setattr(f"ieiw.triplets.layout.index.{limit}", value)
        run_build(root, tmp_path / name, changes={"unit_bytes": "30KB"})
        return tmp_path / name

    return run


def groups(out):
    """Rows of every row group of every part, in order."""
    files = [pq.ParquetFile(file) for file in sorted((out / "index").glob("rows-*.parquet"))]
    return [[file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)] for file in files]


def test_rows_of_many_units_share_a_row_group(build):
    out = build()
    units = len(list((out / "rows").glob("*.parquet")))
    assert units >= 20
    assert [len(part) for part in groups(out)] == [1]


def test_groups_and_parts_are_closed_at_their_limits_and_lose_nothing(build):
    whole = build("whole")
    parted = build("parted", _ROWS_PER_GROUP=20, ROWS_PER_PART=50)
    assert index(parted, "rows") == index(whole, "rows")
    found = groups(parted)
    assert len(found) > 1
    last = found[-1].pop()  # what was left
    assert all(20 <= rows < 30 for part in found for rows in part) and 0 < last < 30
    assert all(sum(part) >= 50 for part in found[:-1])
    state = load_state(open_store(parted))
    listed = [part.rows for part in state.index if "/rows-" in part.name]
    assert listed == [pq.read_metadata(file).num_rows for file in sorted((parted / "index").glob("rows-*.parquet"))]
