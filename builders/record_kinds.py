"""What a record holds besides its picture: sources say which kind they give, tasks which kinds they can use.

So a recipe that asks key points of a data set without any is refused before it is built, not record by record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ieiw.triplets.records import Record


class Kind(StrEnum):
    """The kinds of records; the text says in a message what they hold."""

    OUTLINED = "outlined things with a phrase"
    REFERRED = "referring expressions with the things they mean"
    LABELLED = "a label map"
    JOINTED = "the joints of a person or an animal"
    BOXED = "the boxes of a class"
    CLASSED = "the class of the picture"
    DEPTH = "a depth map"
    BLURRED = "a blurred and a sharp picture"
    NOISY = "a noisy and a clean picture"
    WATERMARKED = "a picture with and without its watermark"
    EDITED = "a picture before and after an edit, with its instruction"


@dataclass(frozen=True, slots=True)
class Fields:
    """What a sound record has at least: roles of ``files`` beside ``picture``, and keys of ``annotation``."""

    files: frozenset[str] = frozenset()
    annotation: frozenset[str] = frozenset()


def _fields(files: str = "", annotation: str = "") -> Fields:
    return Fields(frozenset(files.split()), frozenset(annotation.split()))


FIELDS: dict[Kind, tuple[Fields, ...]] = {
    Kind.OUTLINED: (_fields(annotation="phrase phrase_structure Polygons"),),
    Kind.REFERRED: (_fields(annotation="expressions targets"), _fields("mask", "expressions mask_coding")),
    Kind.LABELLED: (_fields("classes labels"), _fields("classes", "segments")),
    Kind.JOINTED: (_fields(annotation="layout noun joints box others crowds"),),
    Kind.BOXED: (_fields(annotation="class boxes"),),
    Kind.CLASSED: (_fields("classes", "class_id"),),
    Kind.DEPTH: (_fields("depth", "units_per_metre"),),
    Kind.BLURRED: (_fields("target"),),
    Kind.NOISY: (_fields("target"),),
    Kind.WATERMARKED: (_fields("target"),),
    Kind.EDITED: (_fields("target", "instructions"), _fields("target prompt")),
}
"""Kind -> the forms that a sound record of it may have. What each field means is told by the tasks that need the kind."""


def lacking(kind: Kind, record: Record) -> list[str]:
    """The fields that a sound record lacks to be of a kind, by the form that it is nearest to; empty where it has all."""
    return min((_lacking(form, record) for form in FIELDS[kind]), key=len)


def _lacking(form: Fields, record: Record) -> list[str]:
    files = (f"files.{role}" for role in form.files | {"picture"} if role not in record.files)
    return sorted([*files, *(f"annotation.{key}" for key in form.annotation if key not in record.annotation)])


def told(kinds: Iterable[Kind]) -> str:
    """Kinds in words."""
    return ", or ".join(sorted(kinds))
