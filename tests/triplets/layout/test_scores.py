"""Scores on disk: what is written is read, and the digest tells one file of values from another."""

import hashlib

import pyarrow as pa
import pytest

from ieiw.triplets.layout.scores import read_note, read_values, values_digest, write_note, write_values
from ieiw.triplets.storage.store import open_store

IDS = pa.array(["a", "b"])


def test_what_is_written_is_read(tmp_path):
    store = open_store(tmp_path)
    write_values(store, "seam", IDS, pa.array([0.5, float("nan")], pa.float32()))
    write_note(store, "seam", {"version": 2, "index": []})
    assert read_note(store, "seam") == {"version": 2, "index": []}
    assert read_values(store, "seam")["id"].to_pylist() == ["a", "b"]
    assert read_values(store, "seam", ["value"]).column_names == ["value"]
    file = tmp_path / "scores" / "seam" / "values.parquet"
    assert values_digest(store, "seam") == hashlib.sha256(file.read_bytes()).hexdigest()


def test_other_values_have_another_digest(tmp_path):
    store = open_store(tmp_path)
    digests = set()
    for value in (0.5, 0.6):
        write_values(store, "seam", IDS, pa.array([value, 1], pa.float32()))
        digests.add(values_digest(store, "seam"))
    assert len(digests) == 2


def test_a_score_that_was_never_computed_has_no_note(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_note(open_store(tmp_path), "seam")
