"""Scores and pages of audits without what was taken down, and with them the embeddings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ieiw.filters.columns import numbers
from ieiw.pipelines.scoring.run import ids_digest
from ieiw.pipelines.takedown import embeddings
from ieiw.triplets.layout.build_state import BuildState
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.scores import PARTS, read_note, read_values, write_note, write_values
from ieiw.triplets.layout.takedown import TakeDown
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import Store


def score_names(store: Store) -> list[str]:
    """Scores that count: those with a note."""
    return [name for name in store.folders("scores") if store.exists(f"scores/{name}/score.json")]


def pages(store: Store) -> list[str]:
    """All files of audits: any page may show the picture, and all of them count it."""
    folders = ["audit", *(f"audit/{name}" for name in store.folders("audit"))]
    return [f"{folder}/{file}" for folder in folders for file in sorted(store.sizes(folder))]


def rewrite(store: Store, taken: TakeDown, before: BuildState, after: BuildState) -> None:
    """Rewrite the scores and embeddings and remove the pages. The same again changes nothing more."""
    gone = pa.array(sorted({*taken.made, *taken.keys, *taken.pictures}), pa.string())
    for name in score_names(store):
        _rewrite_score(store, name, taken, after, gone)
        reach("takedown-score")
    for part in _parts(store, taken):
        store.delete(part)
    embeddings.rewrite(store, taken, Index(store, before), Index(store, after), gone)
    for page in pages(store):
        store.delete(page)


def _rewrite_score(store: Store, name: str, taken: TakeDown, after: BuildState, gone: pa.Array) -> None:
    """Values first, note last; one that held for the index before holds for the index after."""
    note, index = read_note(store, name), [part.sha256 for part in after.index]
    if note.get("index") == index:
        return
    table = read_values(store, name)
    table = table.filter(pc.invert(pc.is_in(table["id"], gone)))
    ids, values = (table[column].combine_chunks() for column in ("id", "value"))
    write_values(store, name, ids, values)
    undefined = int(np.isnan(numbers(values).astype(np.float64)).sum())
    note |= {"ids_sha256": ids_digest(ids), "values": len(values), "undefined": undefined}
    if note.get("index") == list(taken.index):
        note["index"] = index
    write_note(store, name, note)


def _parts(store: Store, taken: TakeDown) -> Iterator[str]:
    """What scorings under way have come to on the units: they are scored again."""
    units = [UnitRef.decoded(text) for text in taken.units]
    ends = tuple(f"-{ref.source}-{ref.unit}.parquet" for ref in units)
    return (f"{PARTS}/{file}" for file in store.sizes(PARTS) if file.endswith(ends))
