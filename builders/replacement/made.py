"""What the steps before a build made for a record, as the task ``replacement`` asks for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ieiw.triplets.layout.replacement import Captioned, Painted, Written
from ieiw.triplets.records import Image


@dataclass(frozen=True, slots=True)
class ReplacementJob:
    """All replacements of one record."""

    record: str

    @property
    def digest(self) -> str:
        """See :class:`ieiw.builders.protocols.Job`."""
        return hashlib.sha256(f"replacement\0{self.record}".encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Replaced:
    """One replacement: what every step came to, and the patch that changes the picture."""

    painted: Painted
    patch: Image
    captioned: Captioned
    written: Written
