"""``takedown/ID.json``: the proof that a picture was taken down, and the tombstone that keeps it from being made again.

It holds digests, keys and counts, and nothing of the picture. Written before anything else of the take-down (``planned``), and
once more when all is done (``done``). A build that is made anew elsewhere heeds it too, once ``takedown/`` lies in its folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.plan import PlanRow
from ieiw.triplets.rejects import Reason
from ieiw.triplets.settings.yaml_file import Strict
from ieiw.triplets.storage.store import Store

FOLDER = "takedown"


class TakeDown(Strict):
    """One take-down.

    Attributes:
        id: of the file, made of what was found.
        time: when it was planned, UTC.
        asked: SHA-256 (hex) of each thing asked for, the kind included: ``sha256``, ``url`` or ``record``, a colon, the value.
        pictures: SHA-256 (hex) of the official files, and of what was asked for by digest.
        made: SHA-256 (hex) of the pictures in shards that no triplet shows any more.
        keys: of all attempts on the picture, and of replacements that show a region of it.
        triplets, rejects: how many of the attempts were built, and how many were not.
        units: what is rewritten, as :meth:`~ieiw.triplets.layout.plan.UnitRef.encoded`.
        faults: source -> attempts that the plan did not know to be faulty, and does now.
        shards: shard that loses samples -> [first byte, byte after the last) of each, in order.
        rows: numbers of the rows in the index before.
        index: digests of the parts of that index, :attr:`~ieiw.triplets.layout.build_state.BuildState.index`.
        scores: score -> digest of its values before.
        beside: what else was gone through, rewritten or removed: scores, embeddings, steps, cuts, pages.
        galleries: full path of each gallery that was named -> how many of its vectors were of the pictures.
    """

    format: Literal[1] = 1
    state: Literal["planned", "done"] = "planned"
    id: str
    time: str
    asked: tuple[str, ...]
    pictures: tuple[str, ...]
    made: tuple[str, ...]
    keys: tuple[str, ...]
    triplets: int
    rejects: int
    units: tuple[str, ...]
    faults: dict[str, int]
    shards: dict[str, tuple[tuple[int, int], ...]]
    rows: tuple[int, ...]
    index: tuple[str, ...]
    scores: dict[str, str]
    beside: tuple[str, ...]
    galleries: dict[str, int] = {}

    @property
    def file(self) -> str:
        """Its name below the build."""
        return f"{FOLDER}/{self.id}.json"

    @property
    def folder(self) -> str:
        """Where it keeps, while it is at work, what must outlive a kill."""
        return f"{FOLDER}/{self.id}"


def save(store: Store, taken: TakeDown) -> None:
    """Publish a take-down's file; the bytes depend on its values alone."""
    store.publish_bytes(taken.file, (taken.model_dump_json(indent=1) + "\n").encode())


def read_all(store: Store) -> Iterator[TakeDown]:
    """All take-downs of a build, in the order of their ids.

    Raises:
        UsageError: a file is damaged: without it, the picture could come back.
    """
    for name in sorted(store.sizes(FOLDER)):
        try:
            yield TakeDown.model_validate_json(store.read(f"{FOLDER}/{name}"))
        except ValidationError as error:
            problem = f"not a take-down of this version ({error.errors()[0]['msg']})"
            raise UsageError(f"{store.location}/{FOLDER}/{name}: {problem}. Bring the file back as it was") from error


@dataclass(frozen=True, slots=True)
class Tombstones:
    """What must not be made: keys of attempts, and digests (SHA-256, hex) of official pictures."""

    keys: frozenset[str]
    pictures: frozenset[str]

    def over(self, rows: Iterable[PlanRow]) -> list[PlanRow]:
        """Rows of a plan; those of attempts that were taken down are :func:`blank`."""
        return [blank(row) if row["key"] in self.keys else row for row in rows]


def tombstones(store: Store) -> Tombstones:
    """Those of all take-downs of a build."""
    taken = list(read_all(store))
    keys = frozenset(key for each in taken for key in each.keys)
    return Tombstones(keys, frozenset(picture for each in taken for picture in each.pictures))


def blank(row: PlanRow) -> PlanRow:
    """An attempt of the plan without all that tells of its picture, but for the record's id, of which its key is made."""
    gone = {"files": b"{}", "annotation": b"{}", "width": 0, "height": 0, "licence": "", "fault_detail": ""}
    return row | gone | {"fault": Reason.TAKEN_DOWN.value}
