"""What replacements keep of a picture: triplets that were painted from it, and all that their steps committed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from ieiw.pipelines.replacement.step import TASK
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.replacement import (
    FOLDER,
    Captioned,
    Outcome,
    Painted,
    Reference,
    Retrieved,
    Value,
    Written,
    read_outcomes,
    to_bytes,
)
from ieiw.triplets.layout.takedown import TakeDown
from ieiw.triplets.rejects import Place, Reason, Refusal
from ieiw.triplets.storage.store import Store

_KINDS: Mapping[str, type[Value]] = {"retrieve": Retrieved, "paint": Painted, "caption": Captioned, "write": Written}
_GONE = Refusal(Reason.TAKEN_DOWN)


def painted_from(index: Index) -> dict[str, str]:
    """Key of each replacement -> SHA-256 (hex) of the picture that its target shows a region of."""
    found = {}
    for table in index.tables(["key", "task", "shard", "json_offset", "json_size"]):
        for row in table.filter(pc.equal(table["task"].cast(pa.string()), TASK)).to_pylist():
            sample = json.loads(index.store.read_range(row["shard"], row["json_offset"], row["json_size"]))
            facts = json.loads(sample["provenance"])
            reference = facts["references"][facts["candidates"][facts["chosen"]]["reference"]]
            found[row["key"]] = reference["picture_sha256"]
    return found


def rewrite(store: Store, taken: TakeDown) -> None:
    """Rewrite what the steps committed. The same again changes nothing more.

    Attempts on the pictures, and those that were painted from them, keep nothing; from others, the pictures go as references.
    """
    pictures = frozenset(taken.pictures)
    for source in store.folders(FOLDER):
        folders = [f"{FOLDER}/{source}/{step}" for step in store.folders(f"{FOLDER}/{source}")]
        files = [f"{folder}/{name}" for folder in folders for name in sorted(store.sizes(folder))]
        keys = frozenset(taken.keys).union(*(_from(store, file, pictures) for file in files if _step(file) == "paint"))
        for file in files:
            _rewrite(store, file, keys, pictures)


def _step(file: str) -> str:
    return file.split("/")[-2].partition("-")[0]


def _from(store: Store, file: str, pictures: Collection[str]) -> Iterator[str]:
    """Keys of attempts that were painted from a picture, whatever became of them after that."""
    for outcome in read_outcomes(store, file, Painted, files=False):
        if isinstance(outcome.value, Painted) and _shown(outcome.value).picture_sha256 in pictures:
            yield outcome.key


def _shown(painted: Painted) -> Reference:
    return painted.retrieved.references[painted.candidates[painted.chosen].reference]


def _rewrite(store: Store, file: str, keys: Collection[str], pictures: Collection[str]) -> None:
    """Only a file that something goes from is read whole."""
    kind = _KINDS[_step(file)]
    outcomes: Iterable[Outcome] = read_outcomes(store, file, kind, files=False)
    if all(_without(each, keys, pictures) is each for each in outcomes):
        return
    outcomes = read_outcomes(store, file, kind)
    store.publish_bytes(file, to_bytes(_without(each, keys, pictures) for each in outcomes))


def _without(outcome: Outcome, keys: Collection[str], pictures: Collection[str]) -> Outcome:
    """An outcome without the pictures; the very same where it has nothing of them."""
    value = outcome.value
    if outcome.key in keys:
        known = isinstance(value, Refusal) and value.reason is _GONE.reason
        return outcome if known else Outcome(outcome.key, _GONE, stage=Place.PLAN)
    retrieved = value.retrieved if isinstance(value, Painted) else value
    if not isinstance(retrieved, Retrieved):
        return outcome
    stays = [at for at, each in enumerate(retrieved.references) if each.picture_sha256 not in pictures]
    if len(stays) == len(retrieved.references):
        return outcome
    if not stays:
        return Outcome(outcome.key, Refusal(Reason.NO_REFERENCE))
    left = msgspec.structs.replace(retrieved, references=tuple(retrieved.references[at] for at in stays))
    if isinstance(value, Painted):
        return _repainted(outcome, value, left, {old: new for new, old in enumerate(stays)})
    return Outcome(outcome.key, left)


def _repainted(outcome: Outcome, painted: Painted, left: Retrieved, number: Mapping[int, int]) -> Outcome:
    """A painting of which other candidates go: old number of a reference -> its new one."""
    before = painted.candidates
    stays = [at for at, each in enumerate(before) if each.reference in number]
    read = sorted({each.reference for each in before})
    value = msgspec.structs.replace(
        painted,
        retrieved=left,
        candidates=tuple(msgspec.structs.replace(before[at], reference=number[before[at].reference]) for at in stays),
        chosen=stays.index(painted.chosen),
    )
    files = outcome.files and (
        outcome.files[0],
        *(outcome.files[1 + at] for at in stays),
        *(outcome.files[1 + len(before) + at] for at, each in enumerate(read) if each in number),
    )
    return Outcome(outcome.key, value, files)
