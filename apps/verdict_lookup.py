"""Where the verdict on a key lies: in the index of a complete build, in the units' own files of one that is not finished."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import BuildState
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.plan import UnitRef, read_unit
from ieiw.triplets.layout.rows import read_mark
from ieiw.triplets.layout.tables import rows_where
from ieiw.triplets.storage.store import Store

Verdict = Literal["built", "rejected", "pending"]
_LISTED = 8
"""Keys named in a message at most."""
_MANY = 1000
"""Keys that begin alike are counted up to here."""
_COMPARED = 2000
"""Keys that a mistyped one is compared with at most; difflib takes some 20 µs for each."""


@dataclass(frozen=True, slots=True)
class Found:
    """One attempt as a build's tables know it.

    Attributes:
        verdict: ``pending`` where its unit is planned but not yet built.
        row: of :data:`~ieiw.triplets.layout.rows.ROWS` if built, of ``REJECTS`` if rejected, else empty.
        ref: the unit that the verdict comes from.
        others: keys of the other triplets of its pair -> their task.
    """

    key: str
    verdict: Verdict
    row: Mapping[str, Any]
    ref: UnitRef
    others: Mapping[str, str]


def look_up(store: Store, state: BuildState, key: str) -> Found:
    """The verdict on a key, or on the only key that begins so.

    Reads the key column, and of the other columns only the row group that holds the key.

    Raises:
        UsageError: no such key (the nearest are named), several keys begin so, or a table is damaged.
    """
    return _in_index(store, state, key) if state.state == "complete" else _in_units(store, state, key)


def planned_row(store: Store, found: Found) -> dict[str, Any] | None:
    """The attempt as planned, or None where the plan was removed from the build.

    Raises:
        UsageError: the plan is damaged.
    """
    try:
        rows = read_unit(store, found.ref)
    except FileNotFoundError:
        return None
    except (OSError, pa.ArrowException) as error:
        raise UsageError(f"{store.location}/{found.ref.part}: cannot be read ({error})") from error
    return next((dict(row) for row in rows if row["key"] == found.key), None)


def _in_index(store: Store, state: BuildState, wanted: str) -> Found:
    parts = [part.name for part in state.index]
    keys = _matching(store, parts, wanted)
    key = _the_one(wanted, set(keys), lambda: _nearest(wanted, (_column(store, part) for part in parts)))
    part = keys[key]
    row = next(table_rows(store, part, "key", _equals(key)))
    ref = _refs(state, key)[row["unit"]]
    built = [part.name for part in Index(store, state).parts()]
    if part not in built:
        return Found(key, "rejected", row, ref, {})
    return Found(key, "built", row, ref, _others(store, row, built))


def _in_units(store: Store, state: BuildState, wanted: str) -> Found:
    """The plan names the unit of every key: only its files are opened. The latest round that has a verdict counts."""
    refs = _refs(state, wanted)
    parts = list(dict.fromkeys(ref.part for ref in refs.values()))
    keys = _matching(store, parts, wanted)
    everywhere = dict.fromkeys(ref.part for ref in state.refs())
    key = _the_one(wanted, set(keys), lambda: _nearest(wanted, (_column(store, part) for part in everywhere)))
    units = {row["unit"] for part in parts for row in table_rows(store, part, "key", _equals(key), ["unit"])}
    taken_up = sorted((refs[unit] for unit in units), key=lambda ref: ref.round, reverse=True)
    verdicts = (_in_unit(store, ref, key) for ref in taken_up if store.exists(ref.rows))
    return next((found for found in verdicts if found), Found(key, "pending", {}, taken_up[0], {}))


def _in_unit(store: Store, ref: UnitRef, key: str) -> Found | None:
    """The verdict that a committed unit gives on a key."""
    for row in table_rows(store, ref.rows, "key", _equals(key)):
        return Found(key, "built", row, ref, _others(store, row, [ref.rows]))
    with open_table(store, ref.rows) as file:
        rejects = read_mark(file).rejects
    dead = table_rows(store, rejects, "key", _equals(key)) if rejects else iter(())
    return next((Found(key, "rejected", row, ref, {}) for row in dead), None)


def _others(store: Store, row: Mapping[str, Any], tables: Iterable[str]) -> dict[str, str]:
    """The other triplets of a row's pair: key -> task."""
    if not row["pair"]:
        return {}
    same = (
        other for table in tables for other in table_rows(store, table, "pair", _equals(row["pair"]), ["key", "task"])
    )
    return {other["key"]: other["task"] for other in same if other["key"] != row["key"]}


def _refs(state: BuildState, key: str) -> dict[str, UnitRef]:
    """Unit id -> unit, of the sources that the key, or the beginning of one, can belong to."""
    names = [name for name in state.sources if key.startswith(f"{name}-") or f"{name}-".startswith(key)]
    return {ref.unit: ref for name in names for ref in state.sources[name].refs(name)}


def _matching(store: Store, parts: Iterable[str], beginning: str) -> dict[str, str]:
    """Keys that begin so -> the file that holds them; a few more than :data:`_MANY` at most."""
    found: dict[str, str] = {}
    for part in parts:
        for row in table_rows(store, part, "key", lambda keys: pc.starts_with(keys, beginning), ["key"]):
            found[row["key"]] = part
            if len(found) > _MANY and beginning not in found:
                return found
    return found


def _equals(value: str) -> Callable[[pa.ChunkedArray], pa.ChunkedArray]:
    return lambda values: pc.equal(values, value)


def table_rows(
    store: Store,
    name: str,
    column: str,
    chosen: Callable[[pa.ChunkedArray], pa.ChunkedArray],
    columns: list[str] | None = None,
) -> Iterator[dict[str, Any]]:
    """The rows of a file of the build whose value in ``column`` is chosen."""
    with open_table(store, name) as file:
        yield from rows_where(file, column, chosen, columns)


def _column(store: Store, name: str) -> Iterator[pa.Array]:
    """The key column of one file, some thousand at a time."""
    with open_table(store, name) as file:
        for batch in pq.ParquetFile(file).iter_batches(columns=["key"], use_threads=False):
            yield batch.column(0)


@contextmanager
def open_table(store: Store, name: str) -> Iterator[Any]:
    """A file of the build, open.

    Raises:
        UsageError: it is gone or damaged.
    """
    try:
        with store.open(name) as file:
            yield file
    except (OSError, pa.ArrowException, ValueError) as error:
        problem = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read ({error})"
        remedy = "look for more damage; the index is written again where it is deleted and the build run again"
        raise UsageError(f"{store.location}/{name}: {problem}; {remedy}", Step("lint", store.location)) from error


def _the_one(wanted: str, keys: set[str], nearest: Callable[[], list[str]]) -> str:
    """The key that was meant.

    Raises:
        UsageError: there is none, or more than one.
    """
    if wanted in keys:
        return wanted
    if len(keys) == 1:
        return keys.pop()
    if keys:
        listed = ", ".join(sorted(keys)[:_LISTED])
        more = ", …" if len(keys) > _LISTED else ""
        count = f"more than {_MANY:,}" if len(keys) > _MANY else f"{len(keys):,}"
        raise UsageError(f"{wanted}: {count} keys begin so: {listed}{more}. Give more of the key.")
    near = nearest()
    hint = f"Nearest: {', '.join(near)}" if near else "Keys are in the `key` column of index/, or on a contact sheet"
    raise UsageError(f"{wanted}: no such key in this build. {hint}.")


def _nearest(wanted: str, columns: Iterable[Iterator[pa.Array]]) -> list[str]:
    """Keys like a mistyped one: a slip leaves the first or the second half of its 20 characters as they were."""
    tail = wanted.rpartition("-")[2]
    halves = [half for half in (tail[: len(tail) // 2], tail[len(tail) // 2 :]) if len(half) > 1]
    alike: list[str] = []
    first: list[str] = []
    for keys in (keys for column in columns for keys in column):
        for half in halves:
            alike += keys.filter(pc.match_substring(keys, half)).to_pylist()[: _COMPARED - len(alike)]
        first += keys.slice(0, _COMPARED - len(first)).to_pylist()
    return difflib.get_close_matches(wanted, dict.fromkeys(alike or first), n=3, cutoff=0.6)
