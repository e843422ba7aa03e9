"""The frame of a build: its rows in order, extra columns, and scores that find their rows."""

import numpy as np
import pytest

from ieiw.pipelines.index.frame import open_frame
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.scores import read_values
from tests.support.builds import index
from tests.support.scored import score_serially
from tests.support.tiny_build import Wanted, tiny_build


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    tiny = tiny_build(tmp_path_factory.mktemp("frame") / "build", Wanted(pictures=3))
    score_serially(tiny.path, ["contrast", "change-inside"])
    return tiny


def test_rows_come_in_the_order_of_the_index(tiny):
    frame, rows = open_frame(Index(tiny.store, tiny.state), extra=["unit"]), index(tiny.path, "rows")
    for column in ("key", "source", "unit"):
        assert frame.table[column].to_pylist() == [row[column] for row in rows]
    assert frame.names("task") == list(dict.fromkeys(row["task"] for row in rows))


def test_each_row_gets_the_values_of_its_pictures_and_of_its_pair(tiny):
    frame, rows = open_frame(Index(tiny.store, tiny.state)), index(tiny.path, "rows")
    for name, role, column in (
        ("contrast", "source", "source_sha256"),
        ("contrast", "target", "target_sha256"),
        ("change-inside", "pair", "key"),
    ):
        values = read_values(tiny.store, name)
        by_id = dict(zip(values["id"].to_pylist(), values["value"].to_pylist(), strict=True))
        wanted = np.array([by_id[row[column]] for row in rows], np.float32)
        np.testing.assert_array_equal(frame.score(name, role), wanted)
