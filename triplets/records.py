"""Records, attempts, triplets: the words every other package speaks."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from ieiw.triplets.rejects import Place, Reason

Image = npt.NDArray[np.uint8]
"""A picture in memory: (height, width, 3), RGB, 0..255, upright."""
Mask = npt.NDArray[np.bool_]
"""A region in memory: (height, width), true inside."""

_SOURCE_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a record is known at planning time to make no triplet."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One annotated input of a data set, as its official layout gives it.

    Attributes:
        id: the data set's own id, unique within the source.
        group: what all records of one picture share; a train/validation split never parts a group.
        files: role -> path below the source's root. The role ``picture`` is the one that tasks edit, ``target`` what a data set
            publishes as the result; these two are decoded as pictures, every other role (``labels``, ``mask``, ``depth``, …)
            reaches the task as bytes.
        annotation: JSON values only; coordinates are in pixels of the picture as stored.
        split: the data set's own split, such as ``train``.
        size: (width, height) that the annotation was drawn on, or None where the layout does not say.
        licence: licence or URL of the picture, as far as the layout tells; else empty.
        fault: set where the record cannot make a triplet; such a record still counts in the books.
    """

    id: str
    group: str
    files: Mapping[str, str]
    annotation: Mapping[str, Any]
    split: str
    size: tuple[int, int] | None = None
    licence: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A record times a task times a variant: what a build plans to make."""

    source: str
    record: Record
    task: str
    variant: int

    @property
    def key(self) -> str:
        """The sample key, unique in a build: lower case, no dots."""
        return sample_key(self.source, self.record.id, self.task, self.variant)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as the bytes a shard holds."""

    data: bytes
    extension: str
    width: int
    height: int


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="drawing"):
    """The ground truth that an evaluator needs: a subclass for each drawing, in :mod:`ieiw.triplets.drawings`."""

    def redraw(self, source: Image, sentence: str, rng: np.random.Generator) -> tuple[Image, str] | None:
        """Draw the target again, exactly as its task does, in colours of another draw.

        The paper redraws points, masks and boxes at every epoch; a shard holds one rendering.

        Args:
            source: (height, width, 3), the sample's source picture, at the size the answer speaks of.
            sentence: one of the sample's wordings.
            rng: draws the colours.

        Returns:
            Target and sentence; None where there is nothing to redraw: another task, no drawing, or a sentence that names its
            colours not exactly once each.
        """
        return None


@dataclass(frozen=True, slots=True)
class Triplet:
    """What a task yields: one instruction with the pictures before and after.

    Attributes:
        instruction: the sentence to train on.
        alternatives: at least one other or equal wording with the same meaning, so that training draws one.
        source: picture before the edit.
        target: picture after the edit.
        answer: the ground truth that an evaluator needs.
        region_share: share of the picture that the edit covers, 0..1.
        pair: triplets of one pair (a removal and its addition) share it; never in one batch.
        backend: what made the pixels, such as ``telea`` or ``lama``; empty where nothing was generated.
        facts: JSON values for the provenance field.
    """

    instruction: str
    alternatives: tuple[str, ...]
    source: Encoded
    target: Encoded
    answer: Answer
    region_share: float
    pair: str
    backend: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Built:
    """An attempt that became a triplet."""

    attempt: Attempt
    triplet: Triplet
    picture_sha256: str


@dataclass(frozen=True, slots=True)
class Reject:
    """An attempt that became none."""

    attempt: Attempt
    reason: Reason
    stage: Place
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture, as the door for pixels gives it.

    Attributes:
        pixels: upright, RGB, (height, width, 3).
        stored_size: (width, height) of the pixels as the file stores them, before EXIF orientation.
        orientation: EXIF orientation 1..8 that ``pixels`` has already been turned by; 1 for nearly all files.
        frame: whether annotations were drawn on the ``stored`` or the ``upright`` pixels, where their sizes do not tell; empty
            where nobody says so.
    """

    pixels: Image
    stored_size: tuple[int, int]
    orientation: int = 1
    frame: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the upright pixels."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])


PICTURE_ROLES = frozenset({"picture", "target"})
"""Roles of a record's files that are decoded through the door for pixels."""


@dataclass(slots=True)
class OpenRecord:
    """A record with its pictures decoded, as a task receives it.

    ``once`` keeps what several attempts of one record share (the inpainted picture of a removal and its addition), so
    that it is computed and encoded once; ``once_for_picture`` keeps what all records of one picture share. A
    :class:`Refusal` raised by either is raised again for every attempt that asks.

    Attributes:
        source: name of the source.
        record: what is open.
        pictures: role -> decoded picture, for the roles of :data:`PICTURE_ROLES`.
        data: role -> bytes of the file, for all other roles.
        shared: the store of ``once_for_picture``, the same for all records of the picture.
        artefacts: digest of a job -> what a model made for it, in this unit or in a stage before.
        variant: of the attempt at hand, from 0; for tasks whose variants must differ from each other (crops).
    """

    source: str
    record: Record
    pictures: Mapping[str, Picture]
    data: Mapping[str, bytes] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)
    variant: int = 0
    artefacts: dict[str, Any] = field(default_factory=dict)
    _kept: dict[str, Any] = field(default_factory=dict)

    @property
    def picture(self) -> Picture:
        """The decoded picture of role ``picture``, at the size it is stored in."""
        return self.pictures["picture"]

    def once(self, name: str, make: Callable[[], _T]) -> _T:
        """``make()``, computed at most once a record under this name."""
        return _once(self._kept, name, make)

    def once_for_picture(self, name: str, make: Callable[[], _T]) -> _T:
        """``make()``, computed at most once for all records of this picture; it may depend on the picture alone."""
        return _once(self.shared, name, make)


def _once(kept: dict[str, Any], name: str, make: Callable[[], _T]) -> _T:
    if name not in kept:
        try:
            kept[name] = (True, make())
        except Exception as error:  # kept, and raised again for every attempt that asks
            kept[name] = (False, error)
    good, value = kept[name]
    if not good:
        raise value
    return value  # type: ignore[no-any-return]


def check_source_name(name: str) -> str:
    """Return the name, which starts keys and file names.

    Raises:
        ValueError: not 1 to 40 of a-z, 0-9 and inner dashes.
    """
    if not _SOURCE_NAME.fullmatch(name):
        raise ValueError(f"source name {name!r}: use 1 to 40 of a-z, 0-9 and inner dashes")
    return name


@lru_cache(maxsize=16)  # a triplet's members and its row ask for the same one
def sample_key(source: str, record_id: str, task: str, variant: int) -> str:
    """Key of a triplet: source name, dash, 20 base32 characters (100 bits) of SHA-256, lower case."""
    digest = hashlib.sha256("\0".join((record_id, task, str(variant))).encode("utf-8", "surrogatepass")).digest()
    return f"{source}-{base64.b32encode(digest[:15])[:20].decode('ascii').lower()}"


def attempt_rng(seed: int, attempt: Attempt) -> np.random.Generator:
    """Random numbers of one attempt: the same on any worker, in any order, with any parallelism."""
    text = "\0".join((str(seed), attempt.source, attempt.record.id, attempt.task, str(attempt.variant)))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    # As four numbers of 32 bits: numpy would take one large number apart into just these, in Python.
    return np.random.Generator(np.random.PCG64(np.frombuffer(digest, "<u4", 4)))
