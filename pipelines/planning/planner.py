"""The planner: which attempts there are and which unit makes each. Pure: the same records give the same plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ieiw.builders.protocols import Source
from ieiw.pipelines.planning.unique_ids import UniqueIds
from ieiw.triplets.layout.rows import clean_text
from ieiw.triplets.permutation import key_of, shuffled
from ieiw.triplets.records import Attempt, Fault, Record
from ieiw.triplets.rejects import Reason

BYTES_PER_PIXEL = {"jpg": 0.65, "png": 1.9}
"""Of an encoded picture: JPEG at quality 95 and 4:4:4, and PNG, mean of photographs; sizes units, nothing else."""
_SIDES = 4 / 3  # long side over short side of a usual photograph
_JSON_BYTES = 4_000
_MAX_SIDE = 2**31


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """The attempts of one work unit, in building order."""

    number: int
    attempts: Sequence[Attempt]


def triplet_bytes(short_side: int, extension: str) -> int:
    """Estimated bytes of one triplet in a shard: two pictures, a json and three tar headers."""
    pixels = short_side * short_side * _SIDES
    return int(2 * pixels * BYTES_PER_PIXEL[extension]) + _JSON_BYTES


def plan_units(
    source: Source, name: str, tasks: Sequence[str], *, variants: int, attempts_per_unit: int, key: str
) -> Iterator[PlannedUnit]:
    """Group a source's attempts into units.

    Picture groups come in the order of a keyed bijection and are never parted, so a unit is a random sample of the data set and
    decodes each picture once; a group larger than a unit makes a unit of its own. Holds one unit and a digest of each id at a time.

    Args:
        source: gives the records.
        name: of the source in the recipe.
        tasks: names, in the order in which a record's attempts are made.
        variants: attempts of each task on each record.
        attempts_per_unit: a unit is closed before the group that would take it above this.
        key: of the bijection.
    """
    number, unit, ids = 0, list[Attempt](), UniqueIds()
    for index in shuffled(source.group_count(), key_of(key)):
        group = [
            Attempt(name, record, task, variant)
            for record in map(ids.settle, map(storable, source.group(index)))
            for task in tasks
            for variant in range(variants)
        ]
        if unit and len(unit) + len(group) > attempts_per_unit:
            yield PlannedUnit(number, unit)
            number, unit = number + 1, []
        unit.extend(group)
    if unit:
        yield PlannedUnit(number, unit)


def storable(record: Record) -> Record:
    """The record as the plan can hold it: text in UTF-8 (broken JSON can carry lone surrogates), a size that a picture can have."""
    before = (record.id, record.group, record.split, record.licence)
    after = tuple(map(clean_text, before))
    if after != before:
        record = replace(record, id=after[0], group=after[1], split=after[2], licence=after[3])
    if record.size is None or all(type(side) is int and 0 < side < _MAX_SIDE for side in record.size):
        return record
    detail = f"width and height of the picture are {record.size[0]} and {record.size[1]}"
    return replace(record, size=None, fault=record.fault or Fault(Reason.INVALID_RECORD, detail))
