"""Referring segmentation: what an expression means covered with a see-through colour; nothing where it means nothing.

A record's annotation holds either PhraseCut's ``phrase``, ``phrase_structure`` and ``Polygons``, or ``expressions`` (one or more
that mean the same) and ``targets`` (COCO segmentations; an empty list where the expression has no target in the picture), with
the targets' ``category`` where it is known; or ``expressions`` and a file of role ``mask``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from builders.instructions.mask_sentences import fill_what
from builders.instructions.phrases import NounPhrase, noun_phrase
from builders.instructions.words import BODY, UNKIND, WORN, singular
from builders.options import parse_options
from builders.protocols import Tools
from builders.tasks._masking import MaskOptions, Painting, output_picture, painted
from triplets.coco_masks import union
from triplets.masks import polygons_mask
from triplets.palette import palette
from triplets.pictures import annotation_frame, fit_mask, resize_mask, upright_mask
from triplets.reasons import Reason, Refusal
from triplets.records import Mask, OpenRecord, Triplet

_MOST_EXPRESSIONS = 6
_MOST_WORDS = 12
"""Longer expressions are often whole sentences; they are quoted."""
_NO_HEAD = frozenset(
    """
    far near close dotted striped checkered spotted only other one bald old young tall short big small large little tiny long
    skinny blond standing sitting nearest front
    """.split()
)
"""What the reader of noun phrases takes for a noun, but is none."""
_LIMBS = frozenset("hand arm leg foot finger thumb knee elbow paw wrist ankle".split())
"""Where an expression is about one, often nothing else of the person is in the picture."""
_UNKIND = UNKIND | frozenset("nasty fatso fatass ugliest retard retarded whore slut bitch bastard idiot gross".split())
_MARK = re.compile(r"\s+([,.;:!?])")
_APOSTROPHE = re.compile(r"\s+'\s*(s|t|re|ve|ll|d|m)\b")


class ReferOptions(MaskOptions):
    """Options of the task ``refer``."""

    min_share: float = Field(default=0.001, ge=0, lt=1)
    """Smaller regions are refused; one in a thousand is 8 x 8 pixels of 256 x 256."""
    keep_unkind: bool = False
    """Whether expressions with unkind words about people are used, as an evaluation needs."""


@dataclass(frozen=True, slots=True)
class _Expression:
    """What an annotator wrote, and as a noun phrase if it can be read as one."""

    raw: str
    spoken: str

    @property
    def plain(self) -> str:
        """The raw text with its marks where a writer puts them; tokenisers set them apart."""
        return _MARK.sub(r"\1", _APOSTROPHE.sub(r"'\1", self.raw)).replace('"', "")


class Refer:
    """InstructDiffusion's referring segmentation (section 3.1), over RefCOCO and its relatives and PhraseCut.

    Args:
        tools: picture size and encoder of the build.
        options: the source's ``task_options.refer`` block, see :class:`ReferOptions`.
    """

    name = "refer"
    version = 1

    def __init__(self, tools: Tools, options: Mapping[str, Any]) -> None:
        self._tools = tools
        self._options = parse_options(ReferOptions, options, f"task_options.{self.name}")

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """One triplet; the instruction uses one of the record's expressions, drawn by ``rng``.

        Raises:
            Refusal: ``empty_phrase``; ``phrase_unusable`` (unkind); ``region_empty`` where there is a target without a pixel;
                ``region_too_small``; ``picture_size_mismatch``, ``mask_unreadable``, ``mask_size_mismatch``.
        """
        expressions = record.once(
            "expressions", lambda: _expressions(record.record.annotation, self._options.keep_unkind)
        )
        mask = record.once("refer-mask", lambda: self._mask(record))
        yield painted(self.name, self._tools, self._options, record, rng, self._work(record, expressions, mask, rng))

    def _work(
        self, record: OpenRecord, expressions: list[_Expression], mask: Mask, rng: np.random.Generator
    ) -> Painting:
        drawn = int(rng.integers(len(expressions)))
        order = [expressions[drawn], *expressions[:drawn], *expressions[drawn + 1 :]][:_MOST_EXPRESSIONS]
        simple = self._options.instructions == "simple"
        wordings = [self._sentences(expression) for expression in order]
        return Painting(
            mask=mask,
            wordings=[sentence for sentences in wordings for sentence in sentences],
            own=len(wordings[0]),
            answer={
                "expression": order[0].raw,
                "expressions": [expression.raw for expression in expressions],
                "targets": _target_count(record.record.annotation),
            },
            about=" ".join(expression.raw for expression in expressions),
            colour=next(iter(palette(self._options.palette))) if simple else "",
        )

    def _sentences(self, expression: _Expression) -> tuple[str, ...]:
        if self._options.instructions == "simple":
            return fill_what("refer-simple", expression.plain)
        if expression.spoken:
            return fill_what("refer", expression.spoken)
        return fill_what("refer-quoted", expression.plain)

    def _mask(self, record: OpenRecord) -> Mask:
        """The region at output size.

        Raises:
            Refusal: as :meth:`triplets`.
        """
        picture = output_picture(record, self._tools.short_side)
        size = (picture.shape[1], picture.shape[0])
        if _target_count(record.record.annotation) == 0:
            return np.zeros(picture.shape[:2], np.bool_)
        drawn = _drawn(record)
        if not drawn.any():
            raise Refusal(Reason.REGION_EMPTY, "the target has no pixel in the picture")
        mask = resize_mask(drawn, size)
        area = int(np.count_nonzero(mask))
        if area < max(1.0, self._options.min_share * mask.size):
            detail = f"{area} pixels at {size[0]} x {size[1]}, the least is {self._options.min_share} of the picture"
            raise Refusal(Reason.REGION_TOO_SMALL, detail)
        return mask


def _expressions(annotation: Mapping[str, Any], keep_unkind: bool) -> list[_Expression]:
    if "phrase" in annotation:
        name, count = annotation["phrase_structure"]["name"], len(annotation["Polygons"])
        found = [_read(annotation["phrase"], name, count)]
    else:
        texts = dict.fromkeys(" ".join(text.split()) for text in annotation["expressions"])
        found = [_read(text, "", _target_count(annotation), annotation.get("category", "")) for text in texts if text]
    if not found:
        raise Refusal(Reason.EMPTY_PHRASE, "no expression with a word in it")
    kind = [expression for expression in found if keep_unkind or not _UNKIND & set(expression.raw.lower().split())]
    if not kind:
        raise Refusal(Reason.PHRASE_UNUSABLE, "unkind words, which task_options.refer.keep_unkind lets through")
    return kind


def _read(text: str, name: str, targets: int, category: str = "") -> _Expression:
    """An expression, mended where it is a noun phrase; what cannot be read as one is quoted as it stands.

    Args:
        text: as the annotator wrote it.
        name: the noun that the data set names as its head, or empty.
        targets: how many things it means.
        category: what the data set says they are, or empty.
    """
    if len(text.split()) > _MOST_WORDS and not name:
        return _Expression(text, "")
    try:
        # Of several targets an expression speaks by itself ("two men"); only PhraseCut's bare nouns need their plural.
        phrase = noun_phrase(text, name=name, instances=targets if name else 1, keep_parts=True)
    except Refusal:
        return _Expression(text, "")
    alone = targets == 1 or bool(name) or phrase.several
    if not alone or phrase.head in _NO_HEAD:
        return _Expression(text, "")
    return _Expression(text, phrase.definite if name else _of_whom(phrase, category))


def _of_whom(phrase: NounPhrase, category: str) -> str:
    """A definite noun phrase; where it names what a person wears, and the person is meant, that is said."""
    head = singular(phrase.head)
    if category != "person" or head in _LIMBS or head not in WORN | BODY:
        return phrase.definite
    return f"the person {'in' if head in WORN else 'with'} {phrase.definite}"


def _target_count(annotation: Mapping[str, Any]) -> int:
    if "Polygons" in annotation:
        return len(annotation["Polygons"])
    return len(annotation["targets"]) if "targets" in annotation else 1


def _drawn(record: OpenRecord) -> Mask:
    """The region at full size, upright."""
    annotation = record.record.annotation
    if "mask" in record.data:
        return fit_mask(_decoded(record.data["mask"], annotation["mask_coding"]), record.picture.size)
    frame = annotation_frame(record.picture, record.record.size)
    size = record.picture.stored_size if frame == "stored" else record.picture.size
    shapes = annotation.get("Polygons")
    drawn = union(annotation["targets"], size) if shapes is None else polygons_mask(shapes, size)
    return upright_mask(drawn, record.picture) if frame == "stored" else drawn


def _decoded(data: bytes, coding: str) -> Mask:
    """A mask file: a picture, or a matrix of MATLAB, of which ReferIt's are 0 inside."""
    from triplets.labels import decode_matlab
    from triplets.pictures import decode_mask

    return decode_matlab(data, "segimg_t") == 0 if coding == "referit" else decode_mask(data)
