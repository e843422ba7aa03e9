"""Every record of a plan has an id of its own: keys are made of ids, and two triplets of one key would be one sample."""

from __future__ import annotations

from array import array
from dataclasses import replace
from hashlib import blake2b

from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason

_FIRST_SLOTS = 1024


class UniqueIds:
    """The ids of one source, as they are planned.

    Holds 64-bit digests in open addressing, 12 to 24 bytes an id where a set of Python's takes a hundred. That two of ten million
    ids share a digest, so that a sound record is refused, happens once in 400,000 plans.
    """

    def __init__(self) -> None:
        self._slots = array("Q", [0]) * _FIRST_SLOTS  # 0: free
        self._count = 0
        self._asked = 0

    def settle(self, record: Record) -> Record:
        """The record; where its id was used before, one of another id that makes no triplet and says why."""
        self._asked += 1
        if self._is_new(record.id):
            return record
        renamed, at = record.id, self._asked
        while not self._is_new(renamed):
            renamed, at = f"{record.id}#{at}", at + 1
        fault = record.fault or Fault(Reason.DUPLICATE_RECORD, f"id {record.id!r} was used before")
        return replace(record, id=renamed, fault=fault)

    def _is_new(self, name: str) -> bool:
        """Whether the id was not asked for before; it is from now on."""
        digest = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little") or 1
        place = _place(self._slots, digest)
        if self._slots[place] == digest:
            return False
        self._slots[place] = digest
        self._count += 1
        if 3 * self._count > 2 * len(self._slots):
            full, self._slots = self._slots, array("Q", [0]) * (2 * len(self._slots))
            for digest in filter(None, full):
                self._slots[_place(self._slots, digest)] = digest
        return True


def _place(slots: array[int], digest: int) -> int:
    """Where the digest stands, or the free slot where it would."""
    last = len(slots) - 1
    place = digest & last
    while slots[place] not in (0, digest):
        place = (place + 1) & last
    return place
