"""What an audit looks at: every row of a build with its verdict, its scores, and every reject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.filters.composite import COMPOSITES
from ieiw.filters.frame import Frame
from ieiw.filters.registry import SCORES, better_of
from ieiw.filters.rule_set import RuleSet
from ieiw.filters.rules.base import Rule
from ieiw.pipelines.index.columns import read_columns, score_notes
from ieiw.pipelines.index.score_notes import fresh_note
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.build_state import BuildState, require_state
from ieiw.triplets.layout.cut_state import CutState, load_cut
from ieiw.triplets.layout.rows import REJECTS
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.store import Store

KEPT = -1
TRAIN, VALIDATION, NEITHER = 0, 1, 2
_COLUMNS = ["key", "source", "task", "unit", "picture_sha256", "source_sha256", "target_sha256"]
_REJECT_COLUMNS = ["key", "source", "task", "unit", "record", "reason", "stage", "detail"]
Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class ScoreInfo:
    """A score that the build has values of. ``roles`` are ``source`` and ``target``, or ``pair``."""

    name: str
    roles: tuple[str, ...]
    better: Better
    composite: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that is counted.

    Attributes:
        frame: the build's rows, columns and scores.
        rule: number of the rule that dropped each row, :data:`KEPT` where none did.
        value: what that rule looked at; NaN where it was undefined.
        side: ``TRAIN``, ``VALIDATION`` or ``NEITHER`` for each row.
        rules: the cut's rules in order; empty without a cut.
        rejects: one row an attempt that made no triplet.
        scores: what the rows are scored with.
    """

    state: BuildState
    cut: CutState | None
    frame: Frame
    rule: npt.NDArray[np.int16]
    value: npt.NDArray[np.float32]
    side: npt.NDArray[np.uint8]
    rules: tuple[Rule, ...]
    rejects: pa.Table
    scores: tuple[ScoreInfo, ...]

    def reaching(self, number: int) -> npt.NDArray[np.bool_]:
        """The rows that a rule was asked about: kept, or dropped by it or a later one."""
        return np.asarray((self.rule == KEPT) | (self.rule >= number), np.bool_)


def load(store: Store, cut_name: str | None) -> Ledger:
    """Read a build and, where one is named, a cut of it.

    Raises:
        UsageError: no complete build, no such cut, a cut or scores of other rows than the build has now.
    """
    state = require_state(store)
    if state.state != "complete":
        raise UsageError(f"{store.location}: the build is not complete; finish it first: ieiw build")
    cut = load_cut(store, cut_name) if cut_name else None
    if cut is not None:
        _check_fresh(store, state, cut)
    frame = load_frame(store, state)
    rule, value, side = _verdicts(store, cut, frame)
    rules = RuleSet.model_validate(cut.rules).rules if cut else ()
    rejects = _rejects(store, state)
    return Ledger(state, cut, frame, rule, value, side, rules, rejects, scores_of(store, state))


def load_frame(store: Store, state: BuildState) -> Frame:
    """The rows of a complete build, in the order of its index; scores are read when asked for."""

    def lookup(name: str) -> tuple[pa.Array, npt.NDArray[Any]]:
        with store.open(f"scores/{name}/values.parquet") as file:
            table = read_table(file)
        return table["id"].combine_chunks(), table["value"].to_numpy()

    return Frame(read_columns(store, state, _COLUMNS), lookup)


def scores_of(store: Store, state: BuildState) -> tuple[ScoreInfo, ...]:
    """Composites first, then every score with values, hashes left out.

    Raises:
        UsageError: a score was computed for other shards.
    """
    found: list[ScoreInfo] = []
    for name in sorted(set(store.folders("scores")) & SCORES.keys()):
        note = fresh_note(store, state, name)
        if note is None:
            raise UsageError(
                f"{store.location}/scores/{name}: the build or the score has changed since. "
                f"Score it again: ieiw score {store.location} --with {name}"
            )
        if name != "phash":
            roles = ("pair",) if note["kind"] == "pair" else ("source", "target")
            found.append(ScoreInfo(name, roles, better_of(name)))
    names = {each.name for each in found}
    made = [name for name, composite in COMPOSITES.items() if names >= set(composite.parts)]
    return (*(ScoreInfo(name, ("source", "target"), "higher", composite=True) for name in made), *found)


def _rejects(store: Store, state: BuildState) -> pa.Table:
    tables = []
    for part in (part for part in state.index if part.name.startswith("index/rejects-")):
        with store.open(part.name) as file:
            tables.append(read_table(file, _REJECT_COLUMNS).replace_schema_metadata(None))
    if not tables:
        return pa.schema([REJECTS.field(name) for name in _REJECT_COLUMNS]).empty_table()
    return pa.concat_tables(tables)


def _check_fresh(store: Store, state: BuildState, cut: CutState) -> None:
    """A cut is audited against the very rows and scores that it was made from, or not at all."""
    present = {part.sha256 for part in state.index if part.name.startswith("index/rows-")}
    changed = "build" if present != set(cut.index_sha256) else ""
    if not changed and score_notes(store, state, RuleSet.model_validate(cut.rules)) != cut.scores:
        changed = "scores"
    if changed:
        raise UsageError(
            f"{store.location}: the {changed} changed since the cut {cut.name!r} was made. "
            f"Make it again: ieiw cut {store.location} --name {cut.name}"
        )


def _verdicts(
    store: Store, cut: CutState | None, frame: Frame
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    rule, side = np.full(len(frame), KEPT, np.int16), np.full(len(frame), NEITHER, np.uint8)
    value = np.full(len(frame), np.nan, np.float32)
    if cut is None:
        return rule, value, side
    seen = np.zeros(len(frame), np.int8)
    numbers = {step.rule: number for number, step in enumerate(cut.funnel)}
    for table in _cut_tables(store, cut.name, "dropped", ["row", "rule", "value"]):
        rows = table["row"].to_numpy()
        rule[rows] = _coded(table["rule"], numbers)
        value[rows] = table["value"].to_numpy()
        seen[rows] += 1
    for table in _cut_tables(store, cut.name, "kept", ["row", "side"]):
        rows = table["row"].to_numpy()
        side[rows] = _coded(table["side"], {"train": TRAIN, "validation": VALIDATION})
        seen[rows] += 1
    wrong = int((seen != 1).sum())
    if wrong:
        raise UsageError(
            f"{store.location}/cuts/{cut.name}/index: {wrong:,} rows of the build have no verdict, or two. "
            f"Make the cut again: ieiw cut {store.location} --name {cut.name}"
        )
    return rule, value, side


def _coded(column: pa.ChunkedArray, numbers: dict[str, int]) -> npt.NDArray[Any]:
    encoded = column.combine_chunks().dictionary_encode()
    table = np.array([numbers[name] for name in encoded.dictionary.to_pylist()] or [0], np.int16)
    return np.asarray(table[encoded.indices.to_numpy()])


def _cut_tables(store: Store, name: str, kind: str, columns: list[str]) -> list[pa.Table]:
    folder = f"cuts/{name}/index"
    files = sorted(each for each in store.sizes(folder) if each.startswith(f"{kind}-") and each.endswith(".parquet"))
    tables = []
    for each in files:
        with store.open(f"{folder}/{each}") as file:
            tables.append(read_table(file, columns))
    return tables


def take_rows(store: Store, state: BuildState, rows: Sequence[int], columns: list[str]) -> list[dict[str, Any]]:
    """Some rows of the index by number, in the order asked for; one part in memory at a time."""
    wanted = np.asarray(rows, np.int64)
    found: dict[int, dict[str, Any]] = {}
    start = 0
    for part in (each for each in state.index if each.name.startswith("index/rows-")):
        here = np.unique(wanted[(wanted >= start) & (wanted < start + part.rows)])
        if len(here):
            with store.open(part.name) as file:
                found |= dict(zip(here.tolist(), _take(pq.ParquetFile(file), here - start, columns), strict=True))
        start += part.rows
    return [found[row] for row in wanted.tolist()]


def _take(file: pq.ParquetFile, rows: npt.NDArray[np.int64], columns: list[str]) -> list[dict[str, Any]]:
    """Ascending rows of one file; only the row groups that hold them are read."""
    ends = np.cumsum([file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)])
    groups = np.searchsorted(ends, rows, side="right")
    taken: list[dict[str, Any]] = []
    for group in np.unique(groups):
        inside = rows[groups == group] - (ends[group - 1] if group else 0)
        table = file.read_row_group(int(group), columns=columns, use_threads=False)
        taken.extend(table.take(pa.array(inside)).to_pylist())
    return taken


def coded_text(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], list[str]]:
    """A column of text as numbers, and the text of each."""
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), [str(each) for each in encoded.dictionary.to_pylist()]
