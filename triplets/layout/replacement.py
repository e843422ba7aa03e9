"""What is committed on the way to a replacement, before the build assembles triplets of it.

::

    replacement/SOURCE/STEP-DIGEST12/UNIT.parquet             a unit's attempts after a step. THE COMMIT MARK OF THE STEP'S UNIT
    replacement/SOURCE/STEP-DIGEST12/work/UNIT-0-8.parquet    attempts 0 to 7 of it, while it is under way; removed once it is done

The digest is of all that decides what a step makes, the steps before it included: so another prompt paints nothing again.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ieiw.triplets.images.masks import Rle
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.rows import clean_text
from ieiw.triplets.layout.tables import read_table, rows_where
from ieiw.triplets.rejects import Place, Reason, Refusal
from ieiw.triplets.storage.store import Store

FOLDER = "replacement"
STEPS = ("retrieve", "paint", "caption", "write")
"""In the order in which they are done."""
Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""
_SCHEMA = pa.schema(
    [
        *(pa.field(name, pa.string(), nullable=False) for name in ("key", "reason", "stage", "detail")),
        pa.field("value", pa.binary(), nullable=False),
        pa.field("files", pa.list_(pa.binary()), nullable=False),
    ]
)
_REFUSED = b"ieiw.refused"
_ROWS_PER_GROUP = 64  # so that who looks at one reads little more than its files


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A region of the gallery: where it lies, and how near it came.

    Attributes:
        id: in the gallery.
        source: name of its data set in the gallery.
        picture: file below that data set's root.
        picture_sha256: of that file.
        label: what its data set calls it; empty where it has no name.
        box: of the region, in the upright picture.
        outline: of the region, within its box.
        similarity: cosine to the query.
        rank: among all that the search found, from 1.
    """

    id: str
    source: str
    picture: str
    picture_sha256: str
    label: str
    box: Box
    outline: Rle
    similarity: float
    rank: int


class Retrieved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After *retrieve*: which region is replaced, and by what it may be.

    Attributes:
        picture_sha256: of the attempt's picture file.
        region: id of the region in its record.
        label: what its data set calls it.
        alike: other things of this name in the picture.
        place: where it is, as far as that tells it from them.
        box: of the region, in the upright picture.
        outline: of the region, within its box.
        references: the nearest first.
    """

    picture_sha256: str
    region: str
    label: str
    alike: int
    place: str
    box: Box
    outline: Rle
    references: tuple[Reference, ...]


class Candidate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One painting: by which reference (its number among them) and seed, and its scores."""

    reference: int
    seed: int
    scores: dict[str, float]


class Painted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After *paint*: the pixels that change.

    ``files`` are the patch (PNG), then a small JPEG of each candidate, then one of each reference.

    Attributes:
        retrieved: of the step before.
        patch: where the patch goes, in the picture at output size.
        region: what was replaced, at output size.
        hole: where pixels may differ, at output size; within the patch.
        candidates: in order of reference and seed.
        chosen: number of the candidate whose patch is kept.
    """

    retrieved: Retrieved
    patch: Box
    region: Rle
    hole: Rle
    candidates: tuple[Candidate, ...]
    chosen: int


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is seen in a region: caption of it and of the whole picture, its colour where that is clear."""

    caption: str
    whole: str
    colour: str


class Captioned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After *caption*: what is seen where something was replaced, before and after."""

    source: Seen
    target: Seen


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After *write*: the instruction, other wordings of it, the names of both things, and how often the writer was asked."""

    instruction: str
    alternatives: tuple[str, ...]
    replaced: str
    phrase: str
    tries: int


Value = Retrieved | Painted | Captioned | Written
V = TypeVar("V", bound=Value)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt in a step: a value with its files, or why it goes no further."""

    key: str
    value: Value | Refusal
    files: tuple[bytes, ...] = ()
    stage: Place = Place.TASK


def unit_file(folder: str, ref: UnitRef) -> str:
    """A step's file of a unit. It is named by number: a step that does not feel a change of the recipe keeps its files."""
    return f"{folder}/{_stem(ref)}.parquet"


def batch_file(folder: str, ref: UnitRef, start: int, size: int) -> str:
    """A batch of a unit under way. A run with batches of another size takes none of them for its own."""
    return f"{folder}/work/{_stem(ref)}-{start}-{start + size}.parquet"


def _stem(ref: UnitRef) -> str:
    turn = f"r{ref.round:02d}-{ref.fingerprint[:6]}-" if ref.round else ""
    return f"{turn}{ref.number:06d}"


def to_bytes(outcomes: Iterable[Outcome]) -> bytes:
    """Outcomes as a file."""
    rows = [_row(outcome) for outcome in outcomes]
    refused = str(sum(bool(row["reason"]) for row in rows))
    sink = io.BytesIO()
    compression = dict.fromkeys(("key", "reason", "stage", "detail", "value"), "zstd")
    table = pa.Table.from_pylist(rows, schema=_SCHEMA.with_metadata({_REFUSED: refused}))
    compression |= {"files.list.element": "none"}
    pq.write_table(table, sink, _ROWS_PER_GROUP, compression=compression, use_dictionary=False)
    return sink.getvalue()


def _row(outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {"key": outcome.key, "reason": "", "stage": "", "detail": "", "value": b"", "files": []}
    if isinstance(outcome.value, Refusal):
        detail = clean_text(outcome.value.detail)[:500]
        return row | {"reason": outcome.value.reason.value, "stage": outcome.stage.value, "detail": detail}
    return row | {"value": msgspec.json.encode(outcome.value), "files": list(outcome.files)}


def read_outcomes(
    store: Store, file: str, kind: type[V], files: bool = True, keys: Collection[str] | None = None
) -> Iterator[Outcome]:
    """The outcomes of a file, in order, or of some keys alone; without their files where those are not asked for.

    Raises:
        FileNotFoundError: the step was not done.
        msgspec.DecodeError: values of another step, or of another version.
    """
    decoder = msgspec.json.Decoder(kind)
    columns = [name for name in _SCHEMA.names if files or name != "files"]
    with store.open(file) as stream:
        if keys is None:
            rows = read_table(stream, columns).to_pylist()
        else:
            rows = list(rows_where(stream, "key", partial(pc.is_in, value_set=pa.array(keys, pa.string())), columns))
    for row in rows:
        if row["reason"]:
            yield Outcome(row["key"], Refusal(Reason(row["reason"]), row["detail"]), stage=Place(row["stage"]))
        else:
            yield Outcome(row["key"], decoder.decode(row["value"]), tuple(row.get("files", ())))


def count_outcomes(store: Store, file: str) -> tuple[int, int]:
    """How many attempts a step left standing, and how many are refused, in it or before."""
    with store.open(file) as stream:
        found = pq.read_metadata(stream)
    refused = int((found.metadata or {}).get(_REFUSED, b"0"))
    return found.num_rows - refused, refused


def read_reasons(store: Store, file: str) -> dict[str, str]:
    """Key of each attempt -> reason for which it is refused, in this step or before; empty where it stands."""
    with store.open(file) as stream:
        table = read_table(stream, ["key", "reason"])
    return dict(zip(table["key"].to_pylist(), table["reason"].to_pylist(), strict=True))
