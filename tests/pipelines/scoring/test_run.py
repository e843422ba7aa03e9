"""Scoring: what a shard holds is held against its rows; damage is told, and costs no other unit its scores."""

import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest

from ieiw.filters.registry import embedded
from ieiw.pipelines.engine.errors import WorkerDiedError
from ieiw.pipelines.index.frame import open_frame
from ieiw.pipelines.scoring.run import score
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.marks import mark_of
from ieiw.triplets.layout.rows import read_mark
from ieiw.triplets.storage.failpoints import VARIABLE
from ieiw.triplets.storage.store import open_store
from tests.support.builds import ROOT, build_serially, drive_here
from tests.support.scored import score_serially
from tests.support.tiny_build import Wanted, tiny_build


@pytest.fixture
def tiny(tmp_path):
    return tiny_build(tmp_path / "build", Wanted(pictures=6, size=(48, 32), sources=("shapes",)))


def shards(tiny):
    marks = [read_mark(tiny.store.read(ref.rows)) for ref in tiny.state.refs()]
    return [tiny.path / mark.shard for mark in marks if mark.shard]


def flip(file, at):
    data = bytearray(file.read_bytes())
    data[at] ^= 0xFF
    file.write_bytes(data)


def left_over(tiny):
    return sorted(name.rpartition(".")[2] for name in tiny.store.sizes("scores/parts"))


@pytest.mark.parametrize("place", [0.3, 0.5, 0.7])
def test_a_damaged_shard_is_told_by_sample_and_the_others_are_scored(tiny, place):
    file = shards(tiny)[0]
    data = file.read_bytes()
    picture = data.index(b"\xff\xd8\xff", int(len(data) * place))
    flip(file, picture + 700)  # within the picture data: it decodes, to other pixels
    with pytest.raises(UsageError, match=rf"shards/{file.name}, sample shapes-\w+: its (source|target) differs"):
        score_serially(tiny.path)
    assert left_over(tiny) == ["parquet"] * (len(shards(tiny)) - 1)
    assert not tiny.store.exists("scores/sharpness/score.json")
    file.write_bytes(data)
    score_serially(tiny.path)
    assert left_over(tiny) == []
    assert all(tiny.store.exists(f"scores/{name}/score.json") for name in embedded())


def test_a_cut_and_a_missing_shard_are_told_at_once(tiny):
    first, second = shards(tiny)[:2]
    first.write_bytes(first.read_bytes()[:2000])
    second.unlink()
    with pytest.raises(
        UsageError, match=f"(?s)(?=.*{second.name} is missing)(?=.*{first.name}, sample).*delete their row"
    ):
        score_serially(tiny.path)


def test_a_damaged_json_is_told(tiny):
    file = shards(tiny)[0]
    flip(file, file.read_bytes().index(b'"answer"') + 12)
    with pytest.raises(UsageError, match="its json differs"):
        score_serially(tiny.path)


def test_a_unit_that_kills_the_scorer_is_set_aside_and_told(tiny, monkeypatch):
    def die(store, stage, refs, flags, log, on_poll):
        if refs[0] == deadly:
            raise WorkerDiedError([deadly], "a worker died")
        drive_here(store, stage, [ref for ref in refs if ref != deadly], flags, log, on_poll)
        if deadly in refs:
            raise WorkerDiedError([deadly], "a worker died")

    deadly = [ref for ref in tiny.state.refs() if mark_of(tiny.store, ref.rows).built][1]
    monkeypatch.setattr("ieiw.pipelines.engine.run.run_driver", die)
    with pytest.raises(WorkerDiedError):
        score(str(tiny.path))
    result = score(str(tiny.path))
    assert result.progress.quarantined == 1
    keys = set(pq.read_table(tiny.path / deadly.rows)["key"].to_pylist())
    assert result.progress.counts == {"quarantined": len(keys)}  # the others were scored by the first run
    statement = f"shapes: unit {deadly.unit} killed its worker 2 times when it ran alone; its {len(keys)} triplets have no values"
    assert result.set_aside == (statement,)
    assert json.loads((tiny.path / "scores/seam/score.json").read_text())["set_aside"] == [statement]
    scored = set(pq.read_table(tiny.path / "scores/seam/values.parquet")["id"].to_pylist())
    assert keys and not keys & scored
    frame = open_frame(Index(tiny.store, tiny.state))
    undefined = np.isnan(frame.score("seam", "pair"))
    assert {key for key, nan in zip(frame.table["key"].to_pylist(), undefined, strict=True) if nan} >= keys


PASS = ("seam", "sharpness")
KILLED = """
import os, sys
from ieiw.pipelines.engine.run import RunOptions
from ieiw.pipelines.scoring.run import score
out, workers, scores, kill = sys.argv[1:]
score(out, scores.split(","), RunOptions(int(workers)), lambda progress: kill and progress.done_units and os.kill(os.getpid(), 9))
"""


def files(folder):
    return {path.name: path.read_bytes() for name in PASS for path in (folder / "scores" / name).iterdir()}


@pytest.mark.parametrize(
    ("workers", "point"),
    [("2", "unit-started:2"), ("1", "rows-spooled:3"), ("2", "")],
    ids=["worker", "driver", "supervisor"],
)
def test_whoever_is_killed_the_next_run_ends_with_the_same_values(tiny, tmp_path, monkeypatch, workers, point):
    shutil.copytree(tiny.path, tmp_path / "undisturbed")
    environment = os.environ | ({VARIABLE: f"{point}:{tmp_path / 'visits'}"} if point else {})
    command = [sys.executable, "-c", KILLED, str(tiny.path), workers, ",".join(PASS), "" if point else "kill"]
    killed = subprocess.run(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, check=False, timeout=240
    )
    assert killed.returncode == (1 if point else -signal.SIGKILL), killed.stderr
    assert ("WorkerDiedError: " in killed.stderr) == bool(point)
    assert not (tiny.path / "scores" / "seam").exists()
    build_serially(monkeypatch)
    assert score(str(tiny.path), PASS).progress.quarantined == 0
    score(str(tmp_path / "undisturbed"), PASS)
    assert files(tiny.path) == files(tmp_path / "undisturbed")


def test_a_kill_while_values_are_brought_together_costs_no_unit_its_scores(tiny, monkeypatch):
    def stop(name, data):
        raise KeyboardInterrupt

    build_serially(monkeypatch)
    store = open_store(tiny.path)
    monkeypatch.setattr("ieiw.pipelines.scoring.run.open_store", lambda _: store)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(store, "publish_bytes", stop)  # the first note
        score(str(tiny.path), PASS)
    assert [(tiny.path / "scores" / name / "values.parquet").exists() for name in PASS] == [True, True]
    assert score(str(tiny.path), PASS).progress.units == 0
    assert left_over(tiny) == []
