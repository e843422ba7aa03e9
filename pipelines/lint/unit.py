"""One work unit: plan, rows, rejects and shard against each other. Runs in a worker process, returns a few bytes an attempt."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ieiw.pipelines.lint.files import as_dicts, mark_in, parquet, small_table, standing_tombstones, whole_table
from ieiw.pipelines.lint.report import Finding, Findings, Kind
from ieiw.pipelines.lint.shard import check_shard, printable
from ieiw.triplets.layout.plan import PLAN, UnitRef
from ieiw.triplets.layout.rows import REJECTS, ROWS, Mark
from ieiw.triplets.layout.takedown import Tombstones
from ieiw.triplets.records import sample_key
from ieiw.triplets.rejects import Place, Reason
from ieiw.triplets.storage.store import Store, open_store

PENDING, BUILT, REJECTED = 0, 1, 2
"""Verdicts as codes; a rejected attempt's code is ``REJECTED`` plus the place of its reason in ``REASONS``."""
REASONS = (*sorted(Reason), "unknown")
_CODES: Mapping[str, int] = {reason: REJECTED + place for place, reason in enumerate(REASONS)}
_UNKNOWN = REJECTED + len(REASONS) - 1
_STAGES = frozenset(Place)
_PLAN_COLUMNS = ["unit", "source", "task", "variant", "key", "record", "group", "split", "licence", "fault"]
_FROM_PLAN = ("task", "variant", "record", "group", "split")
_TAIL = re.compile(r"[a-z2-7]{20}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class UnitJob:
    """What to check. ``planned``: its part of the plan is there; ``committed``: its row file is."""

    ref: UnitRef
    planned: bool
    committed: bool
    keep_halves: bool


@dataclass(slots=True)
class UnitResult:
    """What a unit came to.

    Attributes:
        ref: which unit.
        tails: (attempts,) the last 20 bytes of each key, in planning order; source and tail make the key.
        verdicts: (attempts,) codes, see :data:`PENDING`.
        records: records in the plan, and ``faults``: attempts that the plan knows to be faulty.
        mark_read: whether its row file and commit mark could be read, and ``rejects_read`` its rejects.
        shard: names below the build, as ``rejects``; empty where the unit made none.
        shard_bytes: of the file that is really there.
        halves: pair -> digest of the untouched picture, for pairs of which the unit built one direction only.
        findings: what is wrong.
    """

    ref: UnitRef
    tails: npt.NDArray[np.bytes_] = field(default_factory=lambda: np.empty(0, "S20"))
    verdicts: npt.NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))
    records: int = 0
    faults: int = 0
    mark_read: bool = False
    rejects_read: bool = False
    shard: str = ""
    rejects: str = ""
    shard_bytes: int = 0
    halves: dict[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class _Committed:
    """A unit's published verdicts; ``dead`` is None where its reject file cannot be used."""

    mark: Mark
    rows: list[dict[str, Any]]
    dead: list[dict[str, Any]] | None


class UnitLinter:
    """Checks units of one build; made once a process.

    Args:
        location: folder or URL of the build.
        fast: decode no picture.
        mirrors: task -> the task whose pictures it shows in the opposite direction.
    """

    def __init__(self, location: str, fast: bool, mirrors: Mapping[str, str]) -> None:
        self._store: Store = open_store(location)
        self._fast, self._mirrors = fast, mirrors
        self._gone = standing_tombstones(self._store, Findings())

    def check(self, job: UnitJob) -> UnitResult:
        """Everything that one unit's files can tell."""
        found = Findings()
        result = UnitResult(job.ref)
        plan = self._plan(job.ref, found) if job.planned else None
        done = self._committed(job.ref, found) if job.committed else None
        if plan is not None:
            result.records = sum(1 for at, row in enumerate(plan) if at == 0 or plan[at - 1]["record"] != row["record"])
            result.faults = sum(1 for row in plan if row["fault"])
        if done is not None:
            result.mark_read, result.rejects_read = True, done.dead is not None
            result.shard, result.rejects = done.mark.shard, done.mark.rejects
            _check_mark(job.ref, done, found)
            _check_rows(job.ref, done, found)
            _check_gone(job.ref, done, self._gone, found)
            if done.mark.shard:
                result.shard_bytes = check_shard(self._store, done.mark, done.rows, self._fast, found)
            halves = _check_pairs(job.ref, done.rows, self._mirrors, found)
            result.halves = halves if job.keep_halves else {}
        _settle(job.ref, result, plan, done, found)
        result.findings = found.all()
        return result

    def _plan(self, ref: UnitRef, found: Findings) -> list[dict[str, Any]] | None:
        with parquet(self._store, ref.part, PLAN, found) as file:
            if file is None:
                return None
            if ref.row_group >= file.num_row_groups:
                found.add(Kind.PLAN, ref.part, f"holds {file.num_row_groups} units, so none is {ref.unit}")
                return None
            table = whole_table(file, ref.part, found, _PLAN_COLUMNS, ref.row_group)
        if table is None:
            return None
        rows = as_dicts(table)
        for row in rows:
            name = printable(row["key"])
            if row["source"] != ref.source or row["unit"] != ref.unit:
                detail = f"row {name} belongs to {row['source']} {row['unit']}, its row group to unit {ref.unit}"
                found.add(Kind.PLAN, ref.part, detail)
            if row["key"] != sample_key(ref.source, row["record"], row["task"], row["variant"]):
                record = f"record {row['record']!r}, task {row['task']}, variant {row['variant']}"
                found.add(Kind.KEY, ref.part, f"{name} is not the key of {record}")
        for key, count in Counter(row["key"] for row in rows).items():
            if count > 1:
                found.add(Kind.DUPLICATE, ref.part, f"{key} is planned {count} times in unit {ref.unit}")
        return rows

    def _committed(self, ref: UnitRef, found: Findings) -> _Committed | None:
        read = small_table(self._store, ref.rows, ROWS, found)
        mark = mark_in(read[1], ref.rows, found) if read else None
        if read is None or mark is None:
            return None
        dead: pa.Table | None = REJECTS.empty_table()
        if mark.rejects:
            rejects = small_table(self._store, mark.rejects, REJECTS, found)
            dead = rejects[0] if rejects else None
            if rejects and hashlib.sha256(rejects[1]).hexdigest() != mark.rejects_sha256:
                found.add(Kind.DIGEST, mark.rejects, f"SHA-256 differs from the commit mark's in {ref.rows}")
        return _Committed(mark, as_dicts(read[0]), None if dead is None else as_dicts(dead))


def _check_mark(ref: UnitRef, done: _Committed, found: Findings) -> None:
    """Compare a commit mark with its unit and with what was counted."""
    mark, built = done.mark, len(done.rows)
    rejected = mark.rejected if done.dead is None else len(done.dead)
    stem = f"{ref.source}-{ref.unit}"
    shard = f"shards/{stem}-{mark.shard_sha256[:12]}.tar" if built else ""
    rejects = f"rejects/{stem}-{mark.rejects_sha256[:12]}.parquet" if rejected else ""
    wanted: dict[str, object] = {
        "unit": ref.unit,
        "source": ref.source,
        "built": built,
        "rejected": rejected,
        "attempts": built + rejected,
        "shard": shard,
        "rejects": rejects,
    }
    for name, value in wanted.items():
        said = getattr(mark, name)
        if said != value:
            found.add(Kind.MARK, ref.rows, f"{name} is {said!r}, by its files it is {value!r}")
    if not built and (mark.shard_size or mark.shard_sha256):
        found.add(Kind.MARK, ref.rows, "speaks of a shard although nothing was built")


def _check_rows(ref: UnitRef, done: _Committed, found: Findings) -> None:
    """Values that a row or a reject can be wrong in by itself."""
    for row in done.rows:
        wrong = _who_fault(ref, row) or _row_fault(row, done.mark.shard)
        if wrong:
            found.add(Kind.KEY if "key" in wrong else Kind.MARK, ref.rows, f"{printable(row['key'])}: {wrong}")
    for row in done.dead or ():
        wrong = _who_fault(ref, row)
        if row["reason"] not in _CODES or row["reason"] == REASONS[-1] or row["stage"] not in _STAGES:
            wrong = f"{row['reason']!r} at stage {row['stage']!r} is not on the closed list"
        if wrong:
            found.add(Kind.KEY if "key" in wrong else Kind.MARK, done.mark.rejects, f"{printable(row['key'])}: {wrong}")


def _check_gone(ref: UnitRef, done: _Committed, gone: Tombstones, found: Findings) -> None:
    """Triplets of pictures that were taken down, brought back by other hands."""
    for row in done.rows:
        if row["key"] in gone.keys or row["picture_sha256"] in gone.pictures:
            found.add(Kind.TAKEN_DOWN, ref.rows, f"{printable(row['key'])} was taken down and is here again")


def _who_fault(ref: UnitRef, row: Mapping[str, Any]) -> str:
    if not row["key"].startswith(f"{ref.source}-") or not _TAIL.fullmatch(row["key"][len(ref.source) + 1 :]):
        return f"a key is {ref.source}- and 20 of a-z, 2-7"
    if row["source"] != ref.source or row["unit"] != ref.unit:
        return f"belongs to {row['source']} {row['unit']}, its file to unit {ref.unit}"
    return ""


def _row_fault(row: Mapping[str, Any], shard: str) -> str:
    if row["shard"] != shard:
        return f"names shard {row['shard']!r}, its commit mark {shard!r}"
    if row["width"] < 1 or row["height"] < 1:
        return f"{row['width']} x {row['height']} pixels"
    if not (math.isfinite(row["region_share"]) and 0 <= row["region_share"] <= 1):
        return f"region_share {row['region_share']} is not a share"
    digests = ("picture_sha256", "source_sha256", "target_sha256", "json_sha256")
    return next((f"{name} is no SHA-256" for name in digests if not _SHA256.fullmatch(row[name])), "")


def _check_pairs(
    ref: UnitRef, rows: Sequence[Mapping[str, Any]], mirrors: Mapping[str, str], found: Findings
) -> dict[str, str]:
    """Both directions of a pair swap source and target, byte for byte. Returns pairs of one direction, see ``halves``."""
    pairs: dict[str, dict[str, set[tuple[str, str]]]] = {}
    tasks = {*mirrors, *mirrors.values()}
    for row in rows:
        if row["task"] in tasks:
            pictures = (row["source_sha256"], row["target_sha256"])
            kept = pictures[::-1] if row["task"] in mirrors else pictures
            pairs.setdefault(row["pair"], {}).setdefault(row["task"], set()).add(kept)
    halves: dict[str, str] = {}
    for pair, sides in pairs.items():
        if len(sides) == 1:
            halves[pair] = min(next(iter(sides.values())))[0]
        elif any(side != next(iter(sides.values())) for side in sides.values()):
            detail = f"pair {printable(pair)}: source of one is not the target of the other"
            found.add(Kind.PAIR, ref.rows, detail)
    return halves


def _settle(
    ref: UnitRef,
    result: UnitResult,
    plan: list[dict[str, Any]] | None,
    done: _Committed | None,
    found: Findings,
) -> None:
    """Give every planned attempt its verdict, and tell where there is none, two, or one without an attempt."""
    rows, dead = (done.rows, done.dead or []) if done else ([], [])
    codes = {row["key"]: _CODES.get(row["reason"], _UNKNOWN) for row in dead}
    for key in codes.keys() & {row["key"] for row in rows}:
        found.add(Kind.BOOKS, ref.rows, f"{printable(key)} is both built and rejected")
    codes |= {row["key"]: BUILT for row in rows}
    _check_repeats(ref, rows, found)
    _check_repeats(ref, dead, found)
    if plan is not None and done is not None:
        _check_against_plan(ref, plan, done, codes, found)
    keys = [row["key"] for row in (plan if plan is not None else [*rows, *dead])]
    result.tails = np.array([key[-20:].encode("ascii", "replace") for key in keys], "S20")
    result.verdicts = np.array([codes.get(key, PENDING) for key in keys], np.uint8)


def _check_repeats(ref: UnitRef, rows: Sequence[Mapping[str, Any]], found: Findings) -> None:
    for key, count in Counter(row["key"] for row in rows).items():
        if count > 1:
            found.add(Kind.DUPLICATE, ref.rows, f"{printable(key)} has {count} verdicts in unit {ref.unit}")


def _check_against_plan(
    ref: UnitRef, plan: list[dict[str, Any]], done: _Committed, codes: Mapping[str, int], found: Findings
) -> None:
    places = {row["key"]: place for place, row in enumerate(plan)}
    for key in codes.keys() - places.keys():
        found.add(Kind.BOOKS, ref.rows, f"{printable(key)} has a verdict and was never planned in unit {ref.unit}")
    if done.dead is not None:
        for key in places.keys() - codes.keys():
            found.add(Kind.BOOKS, ref.rows, f"{printable(key)} was planned and has no verdict")
    for where, verdicts in ((ref.rows, done.rows), (done.mark.rejects, done.dead or [])):
        known = [(places[row["key"]], row) for row in verdicts if row["key"] in places]
        if any(before[0] >= after[0] for before, after in zip(known, known[1:], strict=False)):
            found.add(Kind.BOOKS, where, "rows stand in another order than the plan")
        for place, row in known:
            differing = [name for name in _FROM_PLAN if row[name] != plan[place][name]]
            if differing:
                detail = f"{printable(row['key'])}: {', '.join(differing)} not as planned in {ref.part}"
                found.add(Kind.PLAN, where, detail)
