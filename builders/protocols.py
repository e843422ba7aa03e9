"""What a data set and a task must offer. Adding either means writing one file against these."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from ieiw.builders.record_kinds import Kind
from ieiw.models.protocols import Backend
from ieiw.triplets.records import Answer, Encoded, Image, Mask, OpenRecord, Record, Triplet


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

    @property
    def choices(self) -> Mapping[Kind, str]:
        """Where ``options`` decide what it gives: kind -> the options that give it, as a recipe writes them."""
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

    def picture_aliases(self, record: Record) -> Iterable[str]:
        """Further names of a record's picture in the spaces of other data sets, such as ``coco:139``."""
        ...


def _no_backend(role: str) -> Backend:
    raise RuntimeError(f"this build has no backend for the role {role}")


@dataclass(frozen=True, slots=True)
class Tools:
    """What the build lends to its tasks.

    Attributes:
        short_side: pictures are scaled down so that their shorter side has this many pixels; never enlarged.
        encode: picture -> the bytes that go into the shard.
        backend: role -> the recipe's backend, made when it is first asked for; of a task's ``roles`` alone.
        wordings: kind of sentence -> the templates that a recipe brings instead of the hand-written ones
            (:mod:`ieiw.builders.instructions.template_sets`).
    """

    short_side: int
    encode: Callable[[Image], Encoded]
    backend: Callable[[str], Backend] = _no_backend
    wordings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Task(Protocol):
    """Turns a record into triplets. Pure: no files, no global random state; the same rng gives the same triplet."""

    name: str
    version: int
    needs: frozenset[Kind]
    """The kinds of records that it can use, any of them; on the class, so that nothing must be made to ask."""
    roles: frozenset[str]
    """The roles of models whose results it reads; on the class. A task that has any is a :class:`ModelTask`."""
    drawing: type[Answer]
    """The answers of its triplets; on the class, as the two that follow."""
    mirrors: str
    """The task whose pictures its own are, swapped, in the pair of one record; empty where there is none."""
    photographic: bool
    """Whether its targets are photographs. What a task draws says nothing about a picture's quality."""

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """The triplets of one attempt (today: one).

        Raises:
            ieiw.triplets.rejects.Refusal: the record makes no triplet of this task.
        """
        ...


class Job(Protocol):
    """What a model is asked to make for a record."""

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides the result but the model itself; the open record keeps the result under it."""
        ...


@dataclass(frozen=True)
class PaintJob:
    """A picture and the hole to fill, at the size the inpainter should see."""

    picture: Image
    hole: Mask

    @cached_property
    def digest(self) -> str:
        """Of both arrays and their size."""
        content = hashlib.sha256(f"inpaint {self.hole.shape}".encode())
        content.update(np.ascontiguousarray(self.picture).data)
        content.update(np.ascontiguousarray(self.hole).data)
        return content.hexdigest()


class ModelTask(Task, Protocol):
    """A task that reads what a model made, from ``record.artefacts`` by the digest of its job.

    The build asks for ``job`` first, gets the results of a window of records together, and only then asks for ``triplets``.
    Tasks of one source that share a role give the same job for a record.
    """

    cap: int
    """At most so many records of one picture group get a result; the others are refused with ``picture_cap``."""

    def job(self, record: OpenRecord) -> Job:
        """Check the record and say what is to be made; the same for every attempt of the record (use ``once``).

        Raises:
            ieiw.triplets.rejects.Refusal: the record makes no good pair.
        """
        ...
