"""All rows of a build as columns, with scores looked up when a rule asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ieiw.filters.columns import coded, column, numbers
from ieiw.filters.composite import COMPOSITES
from ieiw.filters.digests import Halves, as_uint64, positions
from ieiw.filters.duplicates import combined_codes
from ieiw.triplets.errors import UsageError

COLUMNS = ("key", "source", "task", "group", "licence", "source_sha256", "target_sha256")
"""Columns of the index that rules may read."""
Ids: TypeAlias = "pa.Array | pa.ChunkedArray"
Lookup = Callable[[str], tuple[Ids, npt.NDArray[Any]]]
Nearest = Callable[[npt.NDArray[np.uint64], Sequence[Any]], npt.NDArray[Any]]
"""Hashes and places -> for each hash the least distance in bits to a picture of the places; 65 where there is none."""


Embedded = Callable[[str], tuple[Ids, npt.NDArray[np.float16]]]


def _absent(*what: object) -> Any:
    raise KeyError(*what)


@dataclass(slots=True)
class Frame:
    """Rows to choose from.

    Attributes:
        table: :data:`COLUMNS` of the index, one row a triplet; digests in hex or packed (:func:`ieiw.filters.digests.packed`).
        lookup: score name -> its ids (digests of pictures in hex, or keys; one object for scores that share them) and values.
        read_column: name of another column of the index -> the column; few rules ask, so it is not kept.
        nearest: looks pictures up for decontamination.
        embedded: embedder -> ids of the pictures that it embedded, and their vectors.
    """

    table: pa.Table
    lookup: Lookup
    read_column: Callable[[str], pa.ChunkedArray] = _absent
    nearest: Nearest = _absent
    embedded: Embedded = _absent
    _scores: dict[tuple[str, str], npt.NDArray[Any]] = field(default_factory=dict)
    _found: dict[tuple[str, int], npt.NDArray[np.int64]] = field(default_factory=dict)
    _loaded: dict[str, tuple[Ids, npt.NDArray[Any]]] = field(default_factory=dict)
    _halves: dict[int, Halves] = field(default_factory=dict)
    _codes: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    _digests: dict[str, Halves] = field(default_factory=dict)
    _among: dict[tuple[str, tuple[str, ...]], npt.NDArray[np.bool_]] = field(default_factory=dict)
    _dictionaries: dict[str, pa.Array] = field(default_factory=dict)

    def __len__(self) -> int:
        """Number of rows."""
        return int(self.table.num_rows)

    def codes(self, column: str) -> npt.NDArray[np.int64]:
        """A column as small numbers, equal where the values are; ``source+task`` joins two."""
        if column not in self._codes:
            first, plus, second = column.partition("+")
            if plus:
                others = self.codes(second)
                self._codes[column] = self.codes(first) * (int(others.max(initial=0)) + 1) + others
            elif column.endswith("_sha256"):
                self._codes[column] = combined_codes(*self.digests(column.removesuffix("_sha256")))
            else:
                codes, self._dictionaries[column] = coded(self.table[column])
                self._codes[column] = codes.astype(np.int64)
        return self._codes[column]

    def digests(self, role: str) -> Halves:
        """The digests of all sources or targets, as :func:`ieiw.filters.digests.as_uint64` gives them."""
        if role not in self._digests:
            name = f"{role}_sha256"
            self._digests[role] = as_uint64(
                self.table[name] if name in self.table.column_names else self.read_column(name)
            )
        return self._digests[role]

    def vectors(self, embedder: str, role: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float16]]:
        """Each row's position among the vectors of an embedder, -1 where it has none, and those: (pictures, dimension)."""
        ids, vectors = self.embedded(embedder)
        halves = as_uint64(ids)
        order = np.lexsort((halves[1], halves[0]))
        at = positions(self.digests(role), halves[:, order])
        return np.where(at >= 0, order[at] if len(order) else at, -1), vectors

    def forget_scores(self) -> None:
        """Free what was read for scores, once no rule will ask for more."""
        for cache in (self._scores, self._found, self._loaded, self._halves, self._digests):
            cache.clear()
        pa.default_memory_pool().release_unused()

    def names(self, column: str) -> list[str]:
        """The distinct values of a column, which its :meth:`codes` count."""
        self.codes(column)
        return [str(name) for name in self._dictionaries[column].to_pylist()]

    def among(self, column: str, wanted: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Which rows have one of some values in a column; several rules ask the same, so it is kept."""
        if (column, wanted) not in self._among:
            known = np.isin(self.names(column), wanted)
            self._among[column, wanted] = known[self.codes(column)]
        return self._among[column, wanted]

    def score(self, name: str, role: str) -> npt.NDArray[Any]:
        """A score of every row's source, target or pair, or its ``gap`` (source minus target); NaN where it has none."""
        if role == "gap":
            return np.asarray(self.score(name, "source") - self.score(name, "target"))
        if (name, role) not in self._scores:
            if name in COMPOSITES:
                parts = {part: self.score(part, role) for part in COMPOSITES[name].parts}
                self._scores[name, role] = COMPOSITES[name].compute(parts)
            else:
                self._scores[name, role] = self._stored(name, role)
        return self._scores[name, role]

    def _stored(self, name: str, role: str) -> npt.NDArray[Any]:
        if name not in self._loaded:
            self._loaded[name] = self.lookup(name)
        ids, values = self._loaded[name]
        at = self._positions(role, ids)
        if values.dtype.kind == "u" and (at < 0).any():  # no number of 64 bits could say "none"
            raise UsageError(
                f"score {name}: {int((at < 0).sum()):,} rows have none, of units that were set aside, say; compute it again, or "
                "take its rules out"
            )
        if values.dtype.kind == "u":
            return values[at]
        found = values[at] if len(values) else np.empty(len(at), np.float32)
        found[at < 0] = np.nan
        return found

    def _positions(self, role: str, ids: Ids) -> npt.NDArray[np.int64]:
        """Each row's position among the ids, -1 where it has none. Scores of one pass share one object: looked up once."""
        number = id(ids)
        if (role, number) not in self._found:
            if role == "pair":
                nowhere = column(np.array([-1], np.int32))[0]  # for a plain -1 Arrow would import pandas
                found = numbers(pc.fill_null(pc.index_in(self.table["key"], value_set=ids), nowhere))
                self._found[role, number] = found.astype(np.int64)
            else:
                if number not in self._halves:
                    self._halves[number] = as_uint64(ids)
                self._found[role, number] = positions(self.digests(role), self._halves[number])
        return self._found[role, number]
