"""Parquet files are read whole or by row, and say what they lack."""

from __future__ import annotations

import io
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ieiw.triplets.layout.tables import read_row_group, read_table, rows_where
from tests.support.command_line import python

_TABLE = pa.table({"key": ["a", "b", "c", "d", "e"], "side": ["l", "r", "l", "l", "r"], "size": [1, 2, 3, 4, 5]})


@pytest.fixture
def file() -> io.BytesIO:
    sink = io.BytesIO()
    pq.write_table(_TABLE, sink, row_group_size=2)
    sink.seek(0)
    return sink


def test_a_table_comes_back_whole_or_in_columns(file: io.BytesIO) -> None:
    assert read_table(file).equals(_TABLE)
    assert read_table(file, ["size", "key"]).equals(_TABLE.select(["size", "key"]))
    encoded = read_table(file, ["side"], repeated=["side"])["side"]
    assert pa.types.is_dictionary(encoded.type)
    assert encoded.to_pylist() == _TABLE["side"].to_pylist()


def test_one_row_group(file: io.BytesIO) -> None:
    assert read_row_group(file, 1).equals(_TABLE.slice(2, 2))
    with pytest.raises((pa.ArrowException, IndexError)):
        read_row_group(file, 3)


@pytest.mark.parametrize("keys", [[], ["x"], ["a"], ["b", "e"], ["a", "b", "c", "d", "e"]])
def test_chosen_rows_keep_their_order(file: io.BytesIO, keys: list[str]) -> None:
    chosen = partial(pc.is_in, value_set=pa.array(keys, pa.string()))
    expected = [row for row in _TABLE.to_pylist() if row["key"] in keys]
    assert list(rows_where(file, "key", chosen)) == expected
    assert list(rows_where(file, "key", chosen, ["size"])) == [{"size": row["size"]} for row in expected]


def test_a_lacking_column_is_said(file: io.BytesIO) -> None:
    for read in (read_table, lambda file, columns: read_row_group(file, 0, columns)):
        with pytest.raises(pa.ArrowInvalid, match="'weight'"):
            read(file, ["key", "weight"])
    with pytest.raises(pa.ArrowInvalid, match="'weight'"):
        list(rows_where(file, "weight", pc.is_null))


def test_arrow_can_be_kept_from_loading_pandas_until_a_frame_is_asked_for() -> None:
    code = (
        "import sys; import pyarrow as pa; from ieiw.triplets.layout.tables import spare_pandas; spare_pandas()\n"
        "table = pa.Table.from_pylist([{'a': 1}]); assert 'pandas' not in sys.modules\n"
        "assert table.to_pandas()['a'].sum() == 1"
    )
    done, _ = python(code)
    assert done.returncode == 0, done.stderr
