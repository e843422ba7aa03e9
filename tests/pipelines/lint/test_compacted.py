"""An index that is not that of its units is found."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ieiw.pipelines.lint.run import Kind, lint
from tests.support.damage import expect
from tests.support.tiny_build import edit_state


@pytest.mark.parametrize("change", ["dropped row", "swapped rows", "another value", "added row"])
def test_a_stale_index(tiny, change):
    file = tiny.path / "index/rows-00000.parquet"
    rows = pq.read_table(file).to_pylist()
    if change == "dropped row":
        del rows[3]
    elif change == "swapped rows":
        rows[0], rows[1] = rows[1], rows[0]
    elif change == "added row":
        rows.append(rows[0])
    else:
        rows[2]["instruction"] += "!"
    pq.write_table(pa.Table.from_pylist(rows, schema=pq.read_schema(file)), file)
    expect(tiny, Kind.INDEX, "index/rows-00000.parquet")
    expect(tiny, Kind.DIGEST, "index/rows-00000.parquet")


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"rows": 1}, {"name": "index/other.parquet"}], ids=str)
def test_index_parts_of_build_json_are_not_trusted(tiny, change):
    edit_state(tiny, lambda values: values["index"][0].update(change))
    found = {finding.where for finding in lint(tiny.path).findings}
    assert found & {"index/rows-00000.parquet", "index/rejects-00000.parquet", "build.json"}


def test_an_index_that_build_json_forgot(tiny):
    edit_state(tiny, lambda values: values.update(index=[]))
    report = expect(tiny, Kind.ORPHAN, "index/rows-00000.parquet")
    assert Kind.INDEX in {finding.kind for finding in report.findings}
