"""The index of a build, as all its readers see it."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import load_state
from ieiw.triplets.layout.index import Index, IndexWriter, open_build, part_file
from ieiw.triplets.layout.rows import ROWS
from ieiw.triplets.storage.store import open_store
from tests.support.builds import index
from tests.support.tiny_build import Wanted, tiny_build

SMALL = Wanted(pictures=6)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A build whose index has several parts of rows, of several row groups each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ieiw.triplets.layout.index.ROWS_PER_PART", 20)
        patch.setattr("ieiw.triplets.layout.index._ROWS_PER_GROUP", 8)
        return tiny_build(tmp_path_factory.mktemp("index") / "build", SMALL)


def test_all_parts_are_read_in_order(tiny):
    built = Index(tiny.store, tiny.state)
    names = [part.name for part in built.parts()]
    assert len(names) > 1 and names == [part_file("rows", number) for number in range(len(names))]
    assert built.digests() == tuple(part.sha256 for part in built.parts())
    assert {*built.parts(), *built.parts("rejects")} == set(tiny.state.index)
    for kind in ("rows", "rejects"):
        table = built.columns(["key", "source"], kind)
        assert table.to_pylist() == [{"key": row["key"], "source": row["source"]} for row in index(tiny.path, kind)]
    assert pa.types.is_dictionary(built.columns(["source"])["source"].type)
    assert built.rejects(["key"]).num_rows == sum(count.rejected for count in tiny.state.counts.values())


def test_an_index_of_nothing_still_has_its_columns(tiny):
    empty = Index(tiny.store, tiny.state.model_copy(update={"index": ()}))
    assert empty.columns(["key", "width"]).schema == pa.schema([ROWS.field("key"), ROWS.field("width")])
    assert list(empty.tables(["key"])) == []


def test_rows_are_taken_by_number_in_the_order_asked_for(tiny):
    rows = index(tiny.path, "rows")
    wanted = [len(rows) - 1, 0, 21, 21, 7]
    taken = Index(tiny.store, tiny.state).take(wanted, ["key", "task"])
    assert taken == [{"key": rows[row]["key"], "task": rows[row]["task"]} for row in wanted]
    assert Index(tiny.store, tiny.state).take([], ["key"]) == []


def test_rows_are_found_by_value(tiny):
    rows = index(tiny.path, "rows")
    found = Index(tiny.store, tiny.state).where("task", lambda values: pc.equal(values, "dots"), ["key"])
    assert [row["key"] for row in found] == [row["key"] for row in rows if row["task"] == "dots"]


@pytest.mark.parametrize("change", ["missing", "damaged", "shorter"])
def test_a_part_that_is_not_as_it_was_is_named_with_the_remedy(tmp_path, change):
    tiny = tiny_build(tmp_path / "build", SMALL)
    file = tiny.path / part_file("rows", 0)
    if change == "shorter":
        pq.write_table(pq.read_table(file).slice(1), file)
    elif change == "damaged":
        file.write_bytes(b"no Parquet")
    else:
        file.unlink()
    with pytest.raises(UsageError, match=r"index/rows-00000\.parquet: .*build with the same recipe again"):
        Index(tiny.store, tiny.state).columns(["key"])


def test_only_a_complete_build_is_opened(tmp_path):
    with pytest.raises(UsageError, match=r"no build\.json here"):
        open_build(open_store(tmp_path))
    half = tiny_build(tmp_path / "half", SMALL, leave=1)
    with pytest.raises(UsageError, match="the build is not complete") as caught:
        open_build(half.store)
    assert caught.value.step == Step("build", half.store.location)
    whole = tiny_build(tmp_path / "whole", SMALL)
    assert open_build(whole.store).state == whole.state == load_state(whole.store)


def test_a_writer_leaves_no_part_for_nothing(tmp_path):
    store = open_store(tmp_path)
    writer = IndexWriter(store, "rows")
    writer.add(ROWS.empty_table())
    writer.close()
    assert writer.parts == [] and store.sizes("index") == {}


def test_a_column_that_there_is_not_is_named_with_those_there_are(tiny):
    index = open_build(tiny.store)
    with pytest.raises(UsageError, match="no column 'record_id' in the rows. Known: key, .*instruction"):
        index.columns(["record_id"])
    with pytest.raises(UsageError, match="in the rejects"):
        index.rejects(["instruction"])
