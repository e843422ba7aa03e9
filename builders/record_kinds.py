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
    REGIONED = "the outlined regions of a picture"
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

    files: tuple[str, ...] = ()
    annotation: tuple[str, ...] = ()


FIELDS: dict[Kind, tuple[Fields, ...]] = {
    Kind.OUTLINED: (
        Fields(annotation=("phrase", "phrase_structure", "Polygons")),
        Fields(annotation=("phrase", "phrase_structure", "targets")),
        Fields(("mask",), ("phrase", "phrase_structure")),
    ),
    Kind.REGIONED: (Fields(annotation=("regions",)), Fields(("regions",), ("regions_format",))),
    Kind.REFERRED: (Fields((), ("expressions", "targets")), Fields(("mask",), ("expressions", "mask_coding"))),
    Kind.LABELLED: (Fields(("classes", "labels")), Fields(("classes",), ("segments",))),
    Kind.JOINTED: (Fields(annotation=("layout", "noun", "joints", "box", "others", "crowds")),),
    Kind.BOXED: (Fields(annotation=("class", "boxes")),),
    Kind.CLASSED: (Fields(("classes",), ("class", "class_id")),),
    Kind.DEPTH: (Fields(("depth",), ("units_per_metre",)),),
    Kind.BLURRED: (Fields(("target",)),),
    Kind.NOISY: (Fields(("target",)),),
    Kind.WATERMARKED: (Fields(("target",)),),
    Kind.EDITED: (Fields(("target",), ("instructions",)), Fields(("target", "prompt"))),
}
"""Kind -> the forms that a sound record of it may have. The tasks that need a kind say what its fields mean."""


def lacking(kind: Kind, record: Record) -> list[str]:
    """The fields that a sound record lacks to be of a kind, by the form that it is nearest to; empty where it has all."""
    present = {*(f"files.{role}" for role in record.files), *(f"annotation.{key}" for key in record.annotation)}
    forms = (
        {"files.picture", *(f"files.{role}" for role in form.files), *(f"annotation.{key}" for key in form.annotation)}
        for form in FIELDS[kind]
    )
    return min((sorted(form - present) for form in forms), key=len)


def describe(kinds: Iterable[Kind]) -> str:
    """Kinds in words."""
    return ", or ".join(sorted(kinds))
