"""The scores of a build: one value for each distinct picture, or for each key where a score looks at pairs.

::

    scores/NAME/values.parquet   ``id`` (SHA-256 of a picture in hex, or a key; sorted, distinct) and ``value``
    scores/NAME/score.json       the note: what the values depend on, and how many there are. Written last
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.store import Store

TALLY = b"ieiw.tally"
"""Metadata key of a part: score -> what it tells of the work."""
PARTS = "scores/parts"
"""What a scoring under way has come to, a file a unit; gone when it is done."""


def _values_file(name: str) -> str:
    return f"scores/{name}/values.parquet"


def _note_file(name: str) -> str:
    return f"scores/{name}/score.json"


def write_values(store: Store, name: str, ids: pa.Array, values: pa.Array) -> None:
    """Publish a score's values; it counts once its note is there."""
    file = store.spooled()
    pq.write_table(pa.table({"id": ids, "value": values}), file, compression="zstd")
    store.publish(_values_file(name), file)


def write_note(store: Store, name: str, note: Mapping[str, Any]) -> None:
    """Publish a score's note."""
    store.publish_bytes(_note_file(name), (json.dumps(note, indent=2, sort_keys=True) + "\n").encode())


def read_note(store: Store, name: str) -> dict[str, Any]:
    """What ``score.json`` says.

    Raises:
        FileNotFoundError: the score was never computed.
    """
    return dict(json.loads(store.read(_note_file(name))))


def read_values(store: Store, name: str, columns: Sequence[str] = ("id", "value")) -> pa.Table:
    """Ids and values, in the order of the ids."""
    with store.open(_values_file(name)) as file:
        return read_table(file, columns)


def values_digest(store: Store, name: str) -> str:
    """SHA-256 (hex) of the values' file."""
    with store.open(_values_file(name)) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
