"""Damage that decodes: while training runs, every shard is compared once with the digest that its name or its cut carries.

A picture damaged within its data still decodes, to other pixels. Hashing each sample at every epoch would find it, and cost every
epoch; hashing each shard once, beside the first steps, costs a core half a second a gigabyte.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable
from functools import partial

from ieiw.train.data.dataset import OpenCut
from ieiw.train.data.kept_latents import KeptLatents
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.cut_index import OF_BUILD, expected_digest, is_as_cut
from ieiw.triplets.layout.cut_state import ShardFile
from ieiw.triplets.layout.latents import is_as_made
from ieiw.triplets.storage.store import Store

_LEAVE_S = 5.0
_Check = Callable[[threading.Event], UsageError | None]


class ShardWatch:
    """Checks a cut's shards in a thread of its own; ends with them, or when closed. Buckets keep digests of their own: not read.

    Args:
        cut: whose shards to check.
        kept: latents that are read in place of the shards' pictures, to check in place of them.

    Attributes:
        without: shards that carry no digest, those of cuts that were materialised by an older version: not checked.
    """

    def __init__(self, cut: OpenCut, kept: KeptLatents | None = None) -> None:
        store = cut.store
        shards = cut.state.shards if store.local is not None and kept is None else ()
        latents = kept.files if store.local is not None and kept is not None else ()
        self._checks: dict[str, _Check] = {
            shard.name: partial(damage, store, shard) for shard in shards if expected_digest(shard)
        }
        self.without = len(shards) - len(self._checks)
        self._checks |= {file: partial(latent_damage, store, file) for file in latents}
        self._store = store
        self._damage: UsageError | None = None
        self._checked = 0
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="shard-watch")
        self._thread.start()

    def check(self) -> None:
        """Raise what was found so far.

        Raises:
            UsageError: a shard is damaged; names it, and the first of its samples that are.
        """
        if self._damage:
            raise self._damage

    def wait(self) -> None:
        """Until all shards are checked; raises as :meth:`check`."""
        self._thread.join()
        self.check()

    @property
    def left(self) -> int:
        """Files that are not checked yet."""
        return len(self._checks) - self._checked

    def close(self) -> None:
        """Stop checking."""
        self._closed.set()
        self._thread.join(_LEAVE_S)

    def _run(self) -> None:
        for name, check in self._checks.items():
            try:
                self._damage = check(self._closed)
            except OSError as error:
                self._damage = UsageError(f"{self._store.location}/{name}: {error}")
            if self._damage or self._closed.is_set():
                return
            self._checked += 1


def damage(store: Store, shard: ShardFile, stop: threading.Event) -> UsageError | None:
    """What is wrong with a shard; None where nothing is, where its digest is not known, or where it was stopped.

    Args:
        store: of the build.
        shard: one of the build's, or one of a materialised cut's own.
        stop: set where nobody waits for the answer any more.
    """
    if is_as_cut(store, shard, stop):
        return None
    build = store.location
    found = OF_BUILD.fullmatch(shard.name)
    if found is None:
        what = (
            "its digest is not the one that the cut was made with, so some samples are damaged; remove it and cut again"
        )
        return UsageError(
            f"{build}/{shard.name}: {what}", Step("cut", build, {"name": shard.name.split("/")[1], "materialise": True})
        )
    sample = _first_damaged(store, shard.name, f"rows/{found['unit']}.parquet")
    what = "its SHA-256 is not the one in its name, so some samples are damaged; check the build for more"
    return UsageError(f"{build}/{shard.name}{sample}: {what}", Step("lint", build))


def latent_damage(store: Store, file: str, stop: threading.Event) -> UsageError | None:
    """What is wrong with a file of latents; None where nothing is, or where it was stopped."""
    if is_as_made(store, file, stop):
        return None
    return UsageError(
        f"{store.location}/{file}: its digest is not the one that it was made with. Remove it and make the latents again"
    )


def _first_damaged(store: Store, shard: str, rows: str) -> str:
    """The first sample that differs from its row, in words; empty without sound rows, or where only what lies between differs."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        listed = pq.read_table(io.BytesIO(store.read(rows))).to_pylist()
    except (FileNotFoundError, pa.ArrowException):
        return ""
    for row in listed:
        for role in ("source", "target", "json"):
            data = store.read_range(shard, row[f"{role}_offset"], row[f"{role}_size"])
            if hashlib.sha256(data).hexdigest() != row[f"{role}_sha256"]:
                return f", sample {row['key']} ({role})"
    return ""
