"""Rows are scored in batches, each picture once; what comes out does not depend on the batch."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ieiw.filters.registry import SCORES
from ieiw.filters.scores.base import PairScore, PictureScore
from ieiw.pipelines.index.score_notes import fresh_note
from ieiw.pipelines.scoring.worker import no_values, score_rows, scorers
from ieiw.triplets.layout.rows import ROWS
from ieiw.triplets.layout.scores import read_note, read_values
from tests.support.replaced_steps import replaced_build
from tests.support.scored import score_serially
from tests.support.tiny_build import Wanted, tiny_build

asked = []


class Mean(PictureScore):
    name = "mean"
    batch = 5

    def of_picture(self, picture):
        return float(picture.mean())

    def of_pictures(self, pictures):
        asked.append(len(pictures))
        return super().of_pictures(pictures)

    def describe(self):
        return {"weights": "abc"}


class Change(PairScore):
    name = "change"

    def of_pair(self, pair):
        return float(np.abs(pair.source.astype(int) - pair.target).mean())


@pytest.fixture
def rows(tmp_path, monkeypatch):
    asked.clear()
    monkeypatch.setitem(SCORES, "mean", f"{__name__}:Mean")
    monkeypatch.setitem(SCORES, "change", f"{__name__}:Change")
    tiny = tiny_build(tmp_path / "build", Wanted(pictures=6, size=(48, 32), sources=("shapes",), format="png"))
    ref = next(iter(tiny.state.refs()))
    return tiny, pq.read_table(pa.BufferReader(tiny.store.read(ref.rows)), schema=ROWS)


@pytest.mark.parametrize("names", [("mean",), ("change", "mean"), ("change",)])
def test_batches_change_no_value(rows, names, monkeypatch):
    tiny, table = rows
    monkeypatch.setattr(Mean, "batch", 1)
    one_by_one = score_rows(tiny.store, table, scorers(names, {}))
    singly = list(asked)
    monkeypatch.setattr(Mean, "batch", 5)
    assert score_rows(tiny.store, table, scorers(names, {})).equals(one_by_one)
    assert one_by_one["key"].equals(table["key"])
    if "mean" in names:
        distinct = {*table["source_sha256"].to_pylist(), *table["target_sha256"].to_pylist()}
        assert max(singly) <= 2 < max(asked)
        assert sum(singly) == sum(asked) / 2 == len(distinct)


def test_a_unit_set_aside_has_the_same_columns(rows):
    tiny, table = rows
    names = ("mean", "change", "phash")
    assert no_values(names, {}).schema.equals(score_rows(tiny.store, table, scorers(names, {})).schema)


def test_settings_are_in_the_note_and_a_score_with_others_is_computed_again(rows, monkeypatch):
    tiny, _ = rows
    score_serially(tiny.path, ["mean"])
    assert read_note(tiny.store, "mean")["settings"] == {"weights": "abc"}
    asked.clear()
    score_serially(tiny.path, ["mean"])
    assert not asked
    monkeypatch.setattr(Mean, "describe", lambda self: {"weights": "def"})
    score_serially(tiny.path, ["mean"])
    assert asked and read_note(tiny.store, "mean")["settings"] == {"weights": "def"}


def test_values_are_read_without_the_weights_that_made_them(rows, monkeypatch):
    tiny, _ = rows
    score_serially(tiny.path, ["mean"])
    monkeypatch.setattr(Mean, "__init__", lambda self: pytest.fail("made"))
    assert fresh_note(tiny.store, tiny.state, "mean") is not None


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_what_is_not_finite_has_no_value(rows, monkeypatch, value):
    monkeypatch.setattr(Mean, "of_picture", lambda self, picture: value)
    result = score_serially(rows[0].path, ["mean"])
    assert result.undefined["mean"] == result.values["mean"] > 0
    assert np.isnan(read_values(rows[0].store, "mean")["value"].to_numpy()).all()


def test_a_replacement_is_scored_by_its_hole(tmp_path, monkeypatch):
    made = replaced_build(tmp_path / "build", monkeypatch)
    rows = pq.read_table(made.path / next(iter(made.state.refs())).rows)
    assert np.isfinite(score_rows(made.store, rows, scorers(["seam"], {}))["pair.seam"].to_numpy()).all()
