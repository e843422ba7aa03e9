"""Embeds one unit: pictures are read from its shard and prepared in threads while the model is at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.models.roles import EMBED
from ieiw.triplets.errors import DamageError
from ieiw.triplets.images.codec import ANY_SIZE, decode
from ieiw.triplets.layout.embeddings import read_elsewhere, text_id, to_bytes, vector_table, vectors_file
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.samples import Member, read_samples, sample_columns
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.store import open_store

_PICTURES: tuple[Member, ...] = ("source", "target")
_BATCHES_AHEAD = 2

Prepared = Future[npt.NDArray[np.float32]]


class UnitEmbedder:
    """Embeds units of one build; made once a process.

    Args:
        location: the build.
        embedder: a backend of the role ``embed``.
        options: of that backend.
        mark: names the file that a unit's vectors of pictures go to.
    """

    def __init__(
        self, location: str, embedder: str, options: Mapping[str, Any], mark: Callable[[UnitRef], str]
    ) -> None:
        self._store, self._name, self._mark = open_store(location), embedder, mark
        self._embedder = EMBED.make(embedder, options)
        on_cpu = self._embedder.device == "cpu"  # there the model wants every core, and each worker has one
        self._threads = ThreadPoolExecutor(1 if on_cpu else 4)

    def work(self, ref: UnitRef) -> Mapping[str, int]:
        """Embed and commit one unit.

        Raises:
            DamageError: its shard is not what its rows say.
        """
        with self._store.open(ref.rows) as file:
            rows = read_table(file, [*sample_columns(_PICTURES), "instruction"])
        elsewhere = read_elsewhere(self._store, self._name, ref.unit)
        try:
            ids, vectors = self._pictures(rows, set(elsewhere["id"].to_pylist()))
        except DamageError as error:
            raise DamageError(f"{error} (rows: {ref.rows})") from error
        if self._embedder.has_texts:
            texts = list(dict.fromkeys(rows["instruction"].to_pylist()))
            table = vector_table([text_id(text) for text in texts], self._embedder.texts(texts))
            self._store.publish_bytes(vectors_file(self._name, "texts", ref), to_bytes(table))
        self._store.create(self._mark(ref), to_bytes(vector_table(ids, vectors)))
        return {"embedded": len(ids)}

    def _pictures(self, rows: Any, elsewhere: set[str]) -> tuple[list[str], npt.NDArray[np.float16]]:
        """Ids and vectors of the unit's own distinct pictures, in order. Batches depend on that order alone."""
        ids: list[str] = []
        found = [np.empty((0, self._embedder.dimension), np.float16)]
        waiting: list[Prepared] = []
        fresh = self._prepared(rows, elsewhere, ids)
        size = self._embedder.batch
        while waiting := [*waiting, *islice(fresh, (1 + _BATCHES_AHEAD) * size - len(waiting))]:
            found.append(self._embedder.images([each.result() for each in waiting[:size]]))
            waiting = waiting[size:]
        return ids, np.concatenate(found)

    def _prepared(self, rows: Any, elsewhere: set[str], ids: list[str]) -> Iterator[Prepared]:
        """Each distinct picture once, on its way; its id is noted."""
        known = set(elsewhere)
        for row, members in read_samples(self._store, rows, _PICTURES):
            for role in _PICTURES:
                if (digest := row[f"{role}_sha256"]) not in known:
                    known.add(digest)
                    ids.append(digest)
                    yield self._threads.submit(self._prepare, members[role])

    def _prepare(self, data: bytes) -> npt.NDArray[np.float32]:
        return self._embedder.prepare(np.ascontiguousarray(decode(data, ANY_SIZE).pixels))
