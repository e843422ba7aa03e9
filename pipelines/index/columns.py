"""What a cut chooses from: columns of the build's index, and the scores."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy.typing as npt
import pyarrow as pa

from ieiw.filters.columns import numbers
from ieiw.filters.digests import packed
from ieiw.filters.frame import COLUMNS, Frame, Ids, Nearest
from ieiw.filters.registry import kind_of
from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.index.score_notes import fresh_note
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.build_state import BuildState, IndexPart
from ieiw.triplets.layout.cut_state import ScoreNote
from ieiw.triplets.layout.rows import ROWS
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.store import Store

_REPEATED = frozenset({"source", "task", "group", "pair", "licence", "shard", "picture_sha256"})
"""Columns whose values come often: read as numbers into a list of the distinct ones."""
_REMEDY = "Delete the build's index/ and run `ieiw build` again: it is compacted anew from rows/"


def index_parts(build: BuildState) -> tuple[IndexPart, ...]:
    """The parts of the index that hold rows, in order."""
    return tuple(part for part in build.index if part.name.startswith("index/rows-"))


def read_parts(store: Store, build: BuildState, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Columns of the index, part by part.

    Raises:
        UsageError: a part is missing, or has other rows than ``build.json`` says.
    """
    repeated = [name for name in columns if name in _REPEATED]
    for part in index_parts(build):
        try:
            with store.open(part.name) as file:
                table = read_table(file, columns, repeated)
        except (FileNotFoundError, pa.ArrowInvalid) as error:
            raise UsageError(f"{store.location}/{part.name}: {error}. {_REMEDY}") from error
        if table.num_rows != part.rows:
            raise UsageError(f"{store.location}/{part.name}: {table.num_rows:,} rows, not {part.rows:,}. {_REMEDY}")
        yield table.replace_schema_metadata(None)


def read_columns(store: Store, build: BuildState, columns: Sequence[str]) -> pa.Table:
    """Columns of the whole index; columns of few distinct values come dictionary-encoded.

    Raises:
        UsageError: as for :func:`read_parts`.
    """
    return _joined(list(read_parts(store, build, columns)), columns)


def _joined(tables: Sequence[pa.Table], columns: Sequence[str]) -> pa.Table:
    if not tables:
        return pa.schema([ROWS.field(name) for name in columns]).empty_table()
    return pa.concat_tables(tables).unify_dictionaries()


def score_notes(store: Store, build: BuildState, rules: RuleSet) -> dict[str, ScoreNote]:
    """Version and digest of each score that the rules read.

    Raises:
        UsageError: a score was not computed for this build as it is now.
    """
    wanted = sorted(rules.scores())
    notes = {name: fresh_note(store, build, name) for name in wanted}
    lacking = [name for name in wanted if notes[name] is None]
    if lacking:
        command = f"ieiw score {store.location} --with {','.join(lacking)}"
        raise UsageError(f"scores missing or older than the build: {', '.join(lacking)}. Compute them: {command}")
    return {
        name: ScoreNote(version=int(note["version"]), sha256=_digest(store, name))
        for name, note in notes.items()
        if note is not None
    }


def open_frame(store: Store, build: BuildState, nearest: Nearest | None = None) -> Frame:
    """All rows of the build, with its scores; ``nearest`` looks pictures up for rules that ask for it."""
    ids: dict[str, Ids] = {}

    def lookup(name: str) -> tuple[Ids, npt.NDArray[Any]]:
        note = fresh_note(store, build, name) or {}
        same = str(note.get("ids_sha256", name))  # scores of one pass share their ids
        with store.open(_values(name)) as file:
            table = read_table(file, ["value"] if same in ids else None)
        if same not in ids:
            ids[same] = table["id"] if kind_of(name) == "pair" else packed(table["id"])
        return ids[same], numbers(table["value"])

    parts = [_packed(part) for part in read_parts(store, build, COLUMNS)]
    frame = Frame(_joined(parts, COLUMNS), lookup, lambda column: read_columns(store, build, [column])[column])
    frame.nearest = nearest or frame.nearest
    return frame


def _packed(table: pa.Table) -> pa.Table:
    """The table with digests as bytes, which take a quarter of the memory."""
    for name in ("source_sha256", "target_sha256"):
        at = table.column_names.index(name)
        table = table.set_column(at, name, packed(table[name]))
    return table


def _values(name: str) -> str:
    return f"scores/{name}/values.parquet"


def _digest(store: Store, name: str) -> str:
    with store.open(_values(name)) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
