"""Opens records: reads their files through the source and decodes the pictures, each file of a group once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ieiw.builders.protocols import Source
from ieiw.triplets.images.codec import decode
from ieiw.triplets.records import PICTURE_ROLES, OpenRecord, Picture, Record
from ieiw.triplets.rejects import Place, Reason, Refusal


@dataclass(frozen=True, slots=True)
class Closed:
    """A record that cannot be opened, and where that was found."""

    refusal: Refusal
    stage: Place


class _PictureFile:
    """A picture and the file it was decoded from, whose digest is made where it is asked for: targets need none."""

    def __init__(self, data: bytes, frame: str) -> None:
        self.picture = replace(decode(data), frame=frame)
        self._data = data

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self._data).hexdigest()


class Opener:
    """Opens the records of one source. Records of one group are best opened one after another.

    Args:
        source: where files are read.
        frame: see :class:`ieiw.triplets.records.Picture`.
        taken_down: SHA-256 (hex) of picture files of which nothing may be made.
    """

    def __init__(self, source: Source, frame: str = "", taken_down: frozenset[str] = frozenset()) -> None:
        self._source, self._frame, self._taken_down = source, frame, taken_down
        self._group: str | None = None  # the group at hand: each of its files is read and decoded once
        self._files: dict[tuple[str, bool], bytes | _PictureFile | Refusal] = {}
        self._shared: dict[str, dict[str, Any]] = {}

    def open(self, record: Record, name: str) -> tuple[OpenRecord, str] | Closed:
        """The record with its pictures, and the SHA-256 (hex) of the file of role ``picture``.

        Args:
            record: to open.
            name: of its source in the recipe.

        Raises:
            OSError: the storage of the source fails (what is merely missing closes the record).
        """
        if record.fault is not None:
            return Closed(Refusal(record.fault.reason, record.fault.detail), Place.PLAN)
        pictures: dict[str, Picture] = {}
        data: dict[str, bytes] = {}
        sha256 = ""
        for role, reference in record.files.items():
            file = self._read(record, reference, role in PICTURE_ROLES)
            if isinstance(file, Refusal):
                return Closed(file, Place.READ)
            if isinstance(file, bytes):
                data[role] = file
                continue
            pictures[role] = file.picture
            if role == "picture":
                sha256 = file.sha256
        shared = self._shared.setdefault(record.files.get("picture", ""), {})
        return OpenRecord(name, record, pictures, data, shared), sha256

    def _read(self, record: Record, reference: str, is_picture: bool) -> bytes | _PictureFile | Refusal:
        """A file of the record, or why it cannot be read; what was read for another group is dropped."""
        if self._group != record.group:
            self._group, self._files, self._shared = record.group, {}, {}
        key = (reference, is_picture)
        if key not in self._files:
            try:
                data = self._source.read(reference)
                self._files[key] = self._picture(data) if is_picture else data
            except Refusal as refusal:
                self._files[key] = Refusal(refusal.reason, f"{reference}: {refusal.detail}")
        return self._files[key]

    def _picture(self, data: bytes) -> _PictureFile | Refusal:
        file = _PictureFile(data, self._frame)
        gone = self._taken_down and file.sha256 in self._taken_down
        return Refusal(Reason.TAKEN_DOWN) if gone else file
