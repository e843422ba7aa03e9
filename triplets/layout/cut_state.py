"""A cut on disk: what ``cut.json`` says, and the memory-mapped index that the training loader reads.

::

    cuts/NAME/cut.json                    rules, counts, funnel, fingerprint of what was chosen from. Written last: the commit mark
    cuts/NAME/index/train.npy             one :data:`SAMPLE` a kept row, by shard and offset; memory-mapped, never loaded
    cuts/NAME/index/validation.npy        the same for the other side of the split
    cuts/NAME/index/kept-00000.parquet    one :data:`KEPT_ROWS` row a kept row, in the order of the build's index
    cuts/NAME/index/dropped-00000.parquet one :data:`DROPPED_ROWS` row a dropped one: which rule, and the value that decided
    cuts/NAME/shards/train-000000.tar     if materialised
    cuts/NAME/README.md                   the data card
    cuts/NAME/rule.yaml                   the rules once more, if the live page saved them
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from pydantic import ValidationError

from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.settings.yaml_file import Strict
from ieiw.triplets.storage.store import Store

SAMPLE = np.dtype(
    [
        ("shard", "<u4"),
        ("source", "<u2"),
        ("task", "<u2"),
        ("pair", "<u8"),
        ("source_offset", "<u8"),
        ("target_offset", "<u8"),
        ("json_offset", "<u8"),
        ("source_size", "<u4"),
        ("target_size", "<u4"),
        ("json_size", "<u4"),
        ("width", "<u2"),
        ("height", "<u2"),
    ]
)
"""56 bytes a sample. ``shard``, ``source`` and ``task`` are numbers into the lists of that name in ``cut.json``; ``pair`` is the
first 64 bits of a hash of (source, pair): samples of one pair never share a batch. Offsets count bytes from the shard's start;
members are adjacent, so one read of [source_offset, json_offset + json_size) brings a sample."""

KEPT_ROWS = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("key", pa.string(), nullable=False),
        pa.field("side", pa.string(), nullable=False),
    ]
)
"""``row`` counts the build's index from 0; ``side`` is ``train`` or ``validation``."""
DROPPED_ROWS = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("key", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("value", pa.float32(), nullable=False),
    ]
)
"""``value`` is what the rule looked at; NaN where it was undefined or the rule looks at none."""


Verdict = Literal["kept", "dropped"]
Side = Literal["train", "validation"]

CUT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""Of cuts: they name folders and files, so nothing in them leads elsewhere."""
WHOLE_BUILD = "build"
"""No cut is called so: it is the name of the audit of all rows."""


class CutFile(Strict):
    """A file of the cut: name below the build, size in bytes and SHA-256 (hex)."""

    name: str
    size: int
    sha256: str


class ShardFile(Strict):
    """A shard that the cut's samples lie in: name below the build and size in bytes, which readers verify.

    ``xxh3_128`` (hex) is the digest of a materialised cut's own shard, against damage, not against forgers; empty for a build's,
    whose names carry their SHA-256.
    """

    name: str
    size: int
    xxh3_128: str = ""


class FunnelStep(Strict):
    """One rule's share in the cut: rows it dropped, how many of those had no value, and rows left after it.

    ``bounds`` are those in force, [least, most], by group of the rule's ``per`` (``all`` without one).
    """

    rule: str
    dropped: int
    undefined: int
    left: int
    bounds: dict[str, tuple[float | None, float | None]]

    def limits(self, most: int) -> str:
        """The first ``most`` bounds in words: ``removal: ≥ 0.2 and ≤ 0.9; addition: ≥ 0.3``."""
        return "; ".join(
            ("" if group == "all" else f"{group}: ")
            + " and ".join(f"{sign} {value:.4g}" for sign, value in (("≥", low), ("≤", high)) if value is not None)
            for group, (low, high) in list(self.bounds.items())[:most]
        )


class ScoreNote(Strict):
    """A score that the cut used: its version and the SHA-256 of its values."""

    version: int
    sha256: str


class CutState(Strict):
    """The whole of ``cut.json``.

    ``candidates`` = ``kept`` + the sum of what the funnel dropped; ``kept`` = ``train`` + ``validation``.
    ``index_sha256`` are the digests of the build's index parts that the cut chose from, ``pictures`` those of the places whose
    pictures it keeps out. ``emptied`` names the sources and tasks of the build of which no row is left.
    """

    format: Literal[1] = 1
    name: str
    kind: Literal["view", "materialised"]
    index_sha256: tuple[str, ...]
    backends: dict[str, dict[str, str]]
    rules: dict[str, Any]
    scores: dict[str, ScoreNote]
    pictures: tuple[str, ...] = ()
    candidates: int
    kept: int
    train: int
    validation: int
    funnel: tuple[FunnelStep, ...]
    licences: dict[str, int]
    shards: tuple[ShardFile, ...]
    sources: tuple[str, ...]
    tasks: tuple[str, ...]
    emptied: tuple[str, ...] = ()
    files: tuple[CutFile, ...]


def cut_file(name: str) -> str:
    """Where the cut's ``cut.json`` lies below the build."""
    return f"cuts/{name}/cut.json"


def rule_file(name: str) -> str:
    """Where the rules of a cut that was saved from the live page lie below the build, as YAML."""
    return f"cuts/{name}/rule.yaml"


def sample_file(name: str, side: Side) -> str:
    """Where one side's memory-mapped index lies below the build."""
    return f"cuts/{name}/index/{side}.npy"


def verdict_file(name: str, kind: Verdict, number: int) -> str:
    """Where a part of the cut's :data:`KEPT_ROWS` or :data:`DROPPED_ROWS` rows lies below the build."""
    return f"cuts/{name}/index/{kind}-{number:05d}.parquet"


def read_verdicts(store: Store, cut: CutState, kind: Verdict, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Columns of the cut's kept or dropped rows, part by part; ``side`` and ``rule`` come dictionary-encoded."""
    for file in cut.files:
        if file.name.startswith(f"cuts/{cut.name}/index/{kind}-"):
            with store.open(file.name) as stream:
                yield read_table(stream, columns, repeated=[name for name in columns if name in ("side", "rule")])


def load_cut(store: Store, name: str) -> CutState:
    """The state of a cut.

    Raises:
        UsageError: there is no such cut, or its file is damaged.
    """
    try:
        if not CUT_NAME.fullmatch(name):  # no cut can be called so, and no path may be
            raise FileNotFoundError(name)
        data = store.read(cut_file(name))
    except FileNotFoundError as error:
        known = ", ".join(sorted(store.folders("cuts"))) or "none yet"
        problem = f"{store.location}: no cut {name!r} here (known: {known}). Name one of these, or make it"
        raise UsageError(problem, Step("cut", store.location, {"name": name})) from error
    try:
        return CutState.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(step) for step in first["loc"]) or "the file"
        raise UsageError(
            f"{store.location}/{cut_file(name)}, {field}: {first['msg']}. Is it a cut of this version?"
        ) from error


def verify_shards(store: Store, shards: Iterable[ShardFile]) -> None:
    """Check that shards are there in their sizes; one listing a folder, no shard is opened.

    Raises:
        UsageError: some are missing or changed; names the first ones.
    """
    listed = list(shards)
    folders = {shard.name.rpartition("/")[0] for shard in listed}
    sizes = {f"{folder}/{name}": size for folder in folders for name, size in store.sizes(folder).items()}
    wrong = [
        f"{shard.name} is missing"
        if shard.name not in sizes
        else f"{shard.name} has {sizes[shard.name]:,} bytes, not {shard.size:,}"
        for shard in listed
        if sizes.get(shard.name) != shard.size
    ]
    if wrong:
        more = f" (and {len(wrong) - 3:,} more)" if len(wrong) > 3 else ""
        problem = f"{store.location}: {'; '.join(wrong[:3])}{more}. Find what else is damaged, then make the cut again"
        raise UsageError(problem, Step("lint", store.location))
