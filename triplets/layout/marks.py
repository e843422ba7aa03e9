"""Commit marks: which units are done, and what they came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import pyarrow.parquet as pq

from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.rows import Mark, read_mark
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.store import Store

_AT_ONCE = 16
SET_ASIDE = b"ieiw.set_aside"
"""Metadata key of a unit's file without values, whose unit killed its worker again and again."""


def committed(store: Store) -> set[str]:
    """Names of all row files, by one listing."""
    return {f"rows/{name}" for name in store.sizes("rows")}


def mark_of(store: Store, name: str) -> Mark:
    """The commit mark in a row file; reads the footer of the file where the store can seek."""
    with store.open(name) as file:
        return read_mark(file)


def set_aside(metadata: Mapping[bytes, bytes] | None) -> str:
    """Why a unit's file has no values, by its metadata; empty where it has."""
    return (metadata or {}).get(SET_ASIDE, b"").decode()


def count_of(store: Store, file: str, ref: UnitRef, word: str) -> dict[str, int]:
    """What a unit's file came to, for the progress: its rows under that word, or the triplets quarantined with their unit."""
    with store.open(file) as stream:
        part = pq.read_metadata(stream)
    return {"quarantined": mark_of(store, ref.rows).built} if set_aside(part.metadata) else {word: part.num_rows}


def fetch(store: Store, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Whole files in the order asked for, a few at once, so that a far store's latency is not paid file by file."""
    waiting = iter(names)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while batch := list(islice(waiting, _AT_ONCE)):
            yield from zip(batch, pool.map(store.read, batch), strict=True)


def read_reasons(store: Store, rejects: str) -> Counter[str]:
    """Reason -> count in one reject file."""
    with store.open(rejects) as file:
        return Counter(read_table(file, ["reason"])["reason"].to_pylist())


@dataclass(slots=True)
class Verdicts:
    """What the committed units of a source came to."""

    built: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def verdicts_so_far(store: Store, refs: Iterable[UnitRef]) -> dict[str, Verdicts]:
    """Source -> triplets and reasons of rejects, over the committed units among ``refs``."""
    done = committed(store)
    result: dict[str, Verdicts] = {}
    for ref in refs:
        if ref.rows in done:
            mark = mark_of(store, ref.rows)
            verdicts = result.setdefault(ref.source, Verdicts())
            verdicts.built += mark.built
            if mark.rejects:
                verdicts.reasons.update(read_reasons(store, mark.rejects))
    return result
