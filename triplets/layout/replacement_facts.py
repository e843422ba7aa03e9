"""What the provenance of a replacement tells: enough to see how it came about where the files of the steps are gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ieiw.triplets.layout.replacement import Box, Candidate, Captioned, Painted, Reference


class Region(msgspec.Struct, frozen=True):
    """What was replaced: its id in the record, what its data set calls it, and where it lies in the upright picture."""

    id: str
    label: str
    box: Box


class Referred(msgspec.Struct, frozen=True):
    """A reference without its outline; fields as those of :class:`ieiw.triplets.layout.replacement.Reference`."""

    id: str
    source: str
    picture: str
    picture_sha256: str
    label: str
    box: Box
    similarity: float
    rank: int


class Captions(msgspec.Struct, frozen=True):
    """Of the region, before and after."""

    source: str
    target: str


class Facts(msgspec.Struct, frozen=True):
    """How a replacement came about; ``chosen`` is the number of a candidate, ``tries`` how often a writer was asked."""

    region: Region
    references: tuple[Referred, ...]
    candidates: tuple[Candidate, ...]
    chosen: int
    captions: Captions
    tries: int

    def __post_init__(self) -> None:
        if not 0 <= self.chosen < len(self.candidates):
            raise ValueError(f"candidate {self.chosen} of {len(self.candidates)} is chosen")
        if any(not 0 <= each.reference < len(self.references) for each in self.candidates):
            raise ValueError("a candidate is of a reference that is not there")

    @property
    def candidate(self) -> Candidate:
        """The one that was chosen."""
        return self.candidates[self.chosen]


def facts_of(painted: Painted, captioned: Captioned, tries: int) -> Facts:
    """What the steps made, as provenance tells it."""
    found = painted.retrieved
    return Facts(
        region=Region(found.region, found.label, found.box),
        references=tuple(_referred(each) for each in found.references),
        candidates=painted.candidates,
        chosen=painted.chosen,
        captions=Captions(captioned.source.caption, captioned.target.caption),
        tries=tries,
    )


def _referred(each: Reference) -> Referred:
    told = {name: getattr(each, name) for name in Referred.__struct_fields__}
    return Referred(**told | {"similarity": round(each.similarity, 4)})


def read_facts(provenance: str | bytes | Mapping[str, Any]) -> Facts:
    """The facts in a provenance, as JSON or parsed.

    Raises:
        msgspec.DecodeError: it is no JSON, or tells of no replacement.
    """
    if isinstance(provenance, Mapping):
        return msgspec.convert(dict(provenance), Facts)
    return msgspec.json.decode(provenance, type=Facts)
