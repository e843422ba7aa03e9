"""Commit marks: which units are done, and what they came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from ieiw.pipelines.layout.plan_files import UnitRef
from ieiw.triplets.layout.rows import Mark, read_mark
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.store import Store

_AT_ONCE = 16


def committed(store: Store) -> set[str]:
    """Names of all row files, by one listing."""
    return {f"rows/{name}" for name in store.sizes("rows")}


def pending(store: Store, refs: Iterable[UnitRef]) -> list[UnitRef]:
    """The units that have no commit mark yet."""
    done = committed(store)
    return [ref for ref in refs if ref.rows not in done]


def mark_of(store: Store, name: str) -> Mark:
    """The commit mark in a row file; reads the footer of the file where the store can seek."""
    with store.open(name) as file:
        return read_mark(file)


def fetch(store: Store, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Whole files in the order asked for, a few at once, so that a far store's latency is not paid file by file."""
    waiting = iter(names)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while batch := list(islice(waiting, _AT_ONCE)):
            yield from zip(batch, pool.map(store.read, batch), strict=True)


class Watch:
    """Follows a build by its commit marks: each is read once."""

    def __init__(self, store: Store, refs: Iterable[UnitRef]) -> None:
        self._store = store
        self._waiting = {ref.rows for ref in refs}
        self.total = len(self._waiting)
        self.marks: list[Mark] = []

    def poll(self) -> list[Mark]:
        """The marks that have appeared since the last call."""
        fresh = sorted(self._waiting & committed(self._store))
        self._waiting.difference_update(fresh)
        found = [mark_of(self._store, name) for name in fresh]
        self.marks.extend(found)
        return found


def read_reasons(store: Store, rejects: str) -> Counter[str]:
    """Reason -> count in one reject file."""
    with store.open(rejects) as file:
        return Counter(read_table(file, ["reason"])["reason"].to_pylist())


def reasons_so_far(store: Store, refs: Iterable[UnitRef]) -> dict[str, Counter[str]]:
    """Source -> reason -> count over the committed units among ``refs``; the empty reason counts what was built."""
    done = committed(store)
    found: dict[str, Counter[str]] = {}
    for ref in refs:
        if ref.rows in done:
            mark = mark_of(store, ref.rows)
            count = found.setdefault(ref.source, Counter())
            count[""] += mark.built
            if mark.rejects:
                count.update(read_reasons(store, mark.rejects))
    return found
