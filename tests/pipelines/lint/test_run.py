"""Lint of whole builds: what it counts, that it stays quiet, how it treats unfinished, retried and remote builds."""

import os
import tarfile
from collections import Counter

import fsspec
import pytest

from ieiw.pipelines.lint.run import Kind, lint
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.rows import read_mark
from tests.support.builds import build_serially, index, run_build
from tests.support.damage import flip, open_unit, seal, unit_names
from tests.support.phrasecut_folder import Folder, write_phrasecut
from tests.support.tiny_build import Wanted, retry_round, tiny_build


@pytest.fixture
def tiny(tmp_path):
    """A build of two sources, for what is counted."""
    return tiny_build(tmp_path / "build")


def kinds(report):
    return {finding.kind for finding in report.findings}


def test_counts_are_those_of_the_files(tiny):
    report = lint(tiny.path)
    assert report.ok
    assert report.findings == report.notes == ()
    built = Counter()
    for file in (tiny.path / "shards").glob("*.tar"):
        with tarfile.open(file) as tar:
            built[file.name.rsplit("-", 3)[0]] += sum(name.endswith(".json") for name in tar.getnames())
    dead = Counter((row["source"], row["reason"]) for row in index(tiny.path, "rejects"))
    for name, source in report.sources.items():
        assert source.built == built[name] == 48
        assert source.attempts == tiny.wanted.pictures * tiny.wanted.phrases * len(tiny.wanted.tasks)
        assert source.reasons == {reason: count for (of, reason), count in dead.items() if of == name}
        assert source.rejected == sum(source.reasons.values()) == 12
        assert source.records == 20
        files = list((tiny.path / "shards").glob(f"{name}-*.tar"))
        assert (source.shards, source.shard_bytes) == (len(files), sum(file.stat().st_size for file in files))


def test_a_real_build_is_quiet(tmp_path, monkeypatch):
    build_serially(monkeypatch)
    root = write_phrasecut(tmp_path / "pc", Folder(pictures=12, phrases=3, missing=frozenset({3})))
    run_build(root, tmp_path / "out")
    report = lint(tmp_path / "out")
    assert report.findings == ()
    assert report.sources["phrasecut"].reasons == {"picture_missing": 6}


def test_png_builds_are_quiet(tmp_path):
    assert lint(tiny_build(tmp_path / "out", Wanted(format="png")).path).ok


def test_worker_processes_report_the_same(tiny):
    flip(_a_shard(tiny), 700)
    alone, together = lint(tiny.path), lint(tiny.path, workers=2)
    assert not alone.ok
    assert alone == together


def test_progress_ends_at_the_last_unit(tiny):
    seen = []
    report = lint(tiny.path, report=seen.append)
    assert [step.done_units for step in seen] == list(range(1, seen[-1].units + 1))
    assert seen[-1].shard_bytes == sum(source.shard_bytes for source in report.sources.values())


def test_fast_skips_only_the_decoding(tiny):
    _spoil_a_picture(tiny)
    assert kinds(lint(tiny.path)) == {Kind.PICTURE}
    assert lint(tiny.path, fast=True).ok


def test_unfinished_builds_are_linted_as_far_as_they_are(tmp_path):
    tiny = tiny_build(tmp_path / "out", leave=3)
    tiny.store.publish_bytes("shards/left-by-a-killed-worker.tar", b"x")
    report = lint(tiny.path)
    assert kinds(report) == {Kind.UNFINISHED}
    assert [note.where for note in report.notes] == ["shards/left-by-a-killed-worker.tar"]
    assert sum(source.pending_units for source in report.sources.values()) == 3
    for source in report.sources.values():
        assert source.attempts == source.built + source.rejected + source.pending == 60
    assert report.sources["tiles-2"].pending > 0


def test_damage_in_an_unfinished_build_is_found(tmp_path):
    tiny = tiny_build(tmp_path / "out", leave=3)
    flip(_a_shard(tiny), 700)
    assert Kind.DIGEST in kinds(lint(tiny.path))


def test_retried_rejects_are_superseded(tiny):
    again = retry_round(tiny, reason="region_too_small")
    report = lint(again.path)
    assert report.findings == ()
    assert report.sources["shapes"].reasons == {"empty_phrase": 6}
    assert report.sources["shapes"].built == 54
    assert report.sources["shapes"].attempts == 60


def test_rejects_may_be_tried_again_and_again(tiny):
    for _ in range(2):
        tiny = retry_round(tiny, heal=False)
    report = lint(tiny.path)
    assert report.findings == ()
    assert report.sources["shapes"].rejected == 12


def test_a_round_under_way_leaves_its_attempts_pending(tiny):
    again = retry_round(tiny, finish=False)
    for name in [ref.rows for ref in again.state.refs() if ref.round]:
        tiny.store.delete(name)
    report = lint(tiny.path)
    assert kinds(report) == {Kind.UNFINISHED}
    assert report.sources["shapes"].pending == 12


def test_pairs_of_two_rounds_must_share_the_untouched_picture(tmp_path):
    tiny = tiny_build(tmp_path / "out", Wanted(sources=("shapes",)))
    again = retry_round(tiny)
    assert lint(again.path).ok
    _part_a_pair(again)
    assert Kind.PAIR in kinds(lint(again.path))


def test_a_build_in_a_bucket(tmp_path):
    location = f"memory://lint-{tmp_path.name}"
    tiny = tiny_build(tmp_path, location=location)
    assert lint(location).ok
    name = f"shards/{next(iter(tiny.store.sizes('shards')))}"
    data = bytearray(tiny.store.read(name))
    data[700] ^= 1
    tiny.store.publish_bytes(name, bytes(data))
    tiny.store.publish_bytes("rejects/stray.parquet", b"x")
    found = {(finding.kind, finding.where) for finding in lint(location).findings}
    assert {(Kind.DIGEST, name), (Kind.MEMBER, name), (Kind.ORPHAN, "rejects/stray.parquet")} <= found
    fsspec.filesystem("memory").rm(location, recursive=True)


def test_other_programs_indexes_beside_a_shard_are_no_orphans(tiny):
    shard = _a_shard(tiny)
    shard.with_name(f"{shard.name}.idx").write_bytes(b"1")
    assert lint(tiny.path).ok
    shard.with_name("other.tar.idx").write_bytes(b"1")
    assert kinds(lint(tiny.path)) == {Kind.ORPHAN}


def test_no_build_at_all_is_the_users_to_mend(tmp_path):
    with pytest.raises(UsageError, match="build.json"):
        lint(tmp_path)


def test_a_dead_worker_process_is_told(tiny, monkeypatch):
    monkeypatch.setattr("ieiw.pipelines.lint.run._start", _die)
    report = lint(tiny.path, workers=2)
    assert Kind.CHECK in kinds(report)


def _die(*_):
    os._exit(9)


def _a_shard(tiny):
    return tiny.path / read_mark(tiny.store.read(unit_names(tiny)[0])).shard


def _spoil_a_picture(tiny):
    name = unit_names(tiny)[0]
    unit = open_unit(tiny, name)
    number = unit.first("dots")
    unit.piece(number, "target").data = unit.piece(number, "target").data[:200]
    seal(tiny, name, unit)


def _part_a_pair(tiny):
    """Leave one direction of a pair to round 0 and the other to round 1, with another picture."""
    late = next(name for name in unit_names(tiny, need_rejects=False) if "r01-" in name)
    unit = open_unit(tiny, late)
    place = unit.first("removal")
    pair = unit.rows[place]["pair"]
    other = next(row for row in unit.rows if row["pair"] == pair and row["task"] == "addition")
    early = unit_names(tiny, need_rejects=False)[0]
    first = open_unit(tiny, early)
    lone = next(row for row in first.rows if row["task"] == "addition")
    first.rows = [row for row in first.rows if not (row["pair"] == lone["pair"] and row["task"] == "removal")]
    lone["pair"] = pair
    unit.rows.remove(other)
    seal(tiny, late, unit)
    seal(tiny, early, first)
