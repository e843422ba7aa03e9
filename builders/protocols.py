"""What a data set and a task must offer. Adding either means writing one file against these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

from ieiw.builders.record_kinds import Kind
from ieiw.models.protocols import Inpainter
from ieiw.triplets.records import Encoded, Image, Mask, OpenRecord, Record, Triplet


class Source(Protocol):
    """A data set in its official layout, read as picture groups.

    Making one is cheap and reads no annotation (every worker makes one, to read pictures); the first call of
    ``group_count`` builds whatever index the layout needs, once, without holding the data set in memory.
    """

    name: str
    version: int
    """Raised whenever the records that the same files give would change; part of the fingerprint."""

    @property
    def gives(self) -> Kind:
        """What its records hold; a class attribute, or decided by its options."""
        ...

    def inputs(self) -> Sequence[str]:
        """Annotation files below the root that decide which records there are; their digests enter the fingerprint."""
        ...

    def group_count(self) -> int:
        """How many picture groups the split has.

        Raises:
            ieiw.triplets.errors.UsageError: the root or an annotation file is missing or has another layout.
        """
        ...

    def group(self, index: int) -> Iterator[Record]:
        """All records of one picture, or of pictures that lie in one piece of a container, in official order.

        Faulty records carry their ``fault``. Any order of calls works.
        """
        ...

    def read(self, reference: str) -> bytes:
        """The bytes of a file that a record names.

        Raises:
            ieiw.triplets.rejects.Refusal: missing, too large, or outside the root.
        """
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What the build lends to its tasks.

    Attributes:
        short_side: pictures are scaled down so that their shorter side has this many pixels; never enlarged.
        encode: picture -> the bytes that go into the shard.
        inpainter: the backend of the recipe, or None where no task of the build asks for one.
        wordings: kind of sentence -> the templates that a recipe brings instead of the hand-written ones
            (:mod:`ieiw.builders.instructions.template_sets`).
    """

    short_side: int
    encode: Callable[[Image], Encoded]
    inpainter: Inpainter | None = None
    wordings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Task(Protocol):
    """Turns a record into triplets. Pure: no files, no global random state; the same rng gives the same triplet."""

    name: str
    version: int
    needs: frozenset[Kind]
    """The kinds of records that it can use, any of them; on the class, so that nothing must be made to ask."""

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """The triplets of one attempt (today: one).

        Raises:
            ieiw.triplets.rejects.Refusal: the record makes no triplet of this task.
        """
        ...


@dataclass(frozen=True, slots=True)
class PaintJob:
    """A picture and the hole to fill, at the size the inpainter should see."""

    picture: Image
    hole: Mask


@runtime_checkable
class PaintingTask(Task, Protocol):
    """A task whose pixels come from the inpainter; the build gathers jobs of several records into batches.

    The build calls ``prepare`` first, hands all jobs of a window to the inpainter at once, stores each result under
    ``record.once(PAINTED, ...)``, and only then calls ``triplets``.
    """

    cap: int
    """At most so many records of one picture group are painted; the others are refused with ``picture_cap``."""

    def prepare(self, record: OpenRecord) -> PaintJob:
        """Check region and phrase and say what to paint; same job for every attempt of the record (use ``once``).

        Raises:
            ieiw.triplets.rejects.Refusal: the record makes no good pair.
        """
        ...


PAINTED = "painted"
"""Name under which an open record keeps its inpainted picture (an :data:`~ieiw.triplets.records.Image`)."""
