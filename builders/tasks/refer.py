"""Referring segmentation: what an expression means covered with a see-through colour; nothing where it means nothing.

A record's annotation holds either PhraseCut's ``phrase``, ``phrase_structure`` and ``Polygons`` (or ``targets``, or a file of
role ``mask``); or
``expressions`` (one or more that mean the same) and ``targets`` (COCO segmentations; an empty list where the expression has no
target in the picture); or
``expressions`` and a file of role ``mask``. Where they are known, ``meant`` and ``others`` are the classes and boxes
(``[class, x, y, width, height]``, or ``[class]``) of the targets and of what else the picture shows; with ``as_said`` an expression
is used whatever speaks against it, as evaluations do.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pydantic import Field

from ieiw.builders.instructions.coco_nouns import COCO_CLASSES
from ieiw.builders.instructions.expression_checks import Scene, doubt_about_name, fitting
from ieiw.builders.instructions.expressions import Expression, read_expression, without_bare_nouns
from ieiw.builders.instructions.mask_sentences import fill_what
from ieiw.builders.instructions.spatial_words import Thing
from ieiw.builders.instructions.template_sets import chosen
from ieiw.builders.outlines import instance_count, outline_of
from ieiw.builders.record_kinds import Kind
from ieiw.builders.tasks._masking import MaskOptions, MaskTask, Painting
from ieiw.triplets.drawings.asked import AskedExpression
from ieiw.triplets.drawings.palette import PALETTES
from ieiw.triplets.images.codec import resize_mask
from ieiw.triplets.records import Mask, OpenRecord, Record, Triplet
from ieiw.triplets.rejects import Reason, Refusal

_MOST_EXPRESSIONS = 6


class ReferOptions(MaskOptions):
    """Options of the task ``refer``."""

    min_share: float = Field(default=0.001, ge=0, lt=1)
    """Smaller regions are refused; one in a thousand is 8 x 8 pixels of 256 x 256."""
    keep_all: bool = False
    """Whether every expression is used: unkind and misspelt ones, those that the outlines contradict, and scraps (``right``)."""


class Refer(MaskTask[ReferOptions]):
    """InstructDiffusion's referring segmentation (section 3.1), over RefCOCO and its relatives and PhraseCut."""

    name = "refer"
    version = 4
    needs = frozenset({Kind.OUTLINED, Kind.REFERRED})
    options = ReferOptions

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """One triplet; the instruction uses one of the record's expressions, drawn by ``rng``.

        Raises:
            Refusal: ``empty_phrase``; ``phrase_unusable``, ``phrase_contradicted``, ``ambiguous`` (see
                :mod:`~ieiw.builders.instructions.expression_checks`); ``region_empty`` where there is a target without a pixel;
                ``region_too_small``; ``picture_size_mismatch``, ``mask_unreadable``, ``mask_size_mismatch``.
        """
        expressions = record.once("expressions", lambda: _expressions(record.record, self._options.keep_all))
        mask = record.once("refer-mask", lambda: self._mask(record))
        drawn = int(rng.integers(len(expressions)))
        order = [expressions[drawn], *expressions[:drawn], *expressions[drawn + 1 :]][:_MOST_EXPRESSIONS]
        simple = self._options.instructions == "simple"
        wordings = [self._sentences(expression, rng) for expression in order]
        work = Painting(
            mask=mask,
            wordings=[sentence for sentences in wordings for sentence in sentences],
            own=len(wordings[0]),
            asked=AskedExpression(
                what=order[0].raw,
                expressions=tuple(expression.raw for expression in expressions),
                targets=instance_count(record.record.annotation),
            ),
            void=np.zeros_like(mask),
            about=" ".join(expression.raw for expression in expressions),
            colour=next(iter(PALETTES[self._options.palette])) if simple else "",
        )
        yield self._painted(record, rng, work)

    def _sentences(self, expression: Expression, rng: np.random.Generator) -> tuple[str, ...]:
        if self._options.instructions == "simple":
            return fill_what("refer-simple", expression.plain)
        kind, what = ("refer", expression.spoken) if expression.spoken else ("refer-quoted", expression.plain)
        return fill_what(kind, what, chosen(self._tools.wordings, kind, (), rng))

    def _mask(self, record: OpenRecord) -> Mask:
        """The region at output size.

        Raises:
            Refusal: as :meth:`triplets`.
        """
        picture = self._picture(record)
        size = (picture.shape[1], picture.shape[0])
        if instance_count(record.record.annotation) == 0:
            return np.zeros(picture.shape[:2], np.bool_)
        drawn = outline_of(record)
        if not drawn.any():
            raise Refusal(Reason.REGION_EMPTY, "the target has no pixel in the picture")
        mask = resize_mask(drawn, size)
        area = int(np.count_nonzero(mask))
        least = 0.0 if record.record.annotation.get("as_said") else self._options.min_share
        if area < max(1.0, least * mask.size):
            detail = f"{area} pixels at {size[0]} x {size[1]}, the least is {least} of the picture"
            raise Refusal(Reason.REGION_TOO_SMALL, detail)
        return mask


def _expressions(record: Record, keep_all: bool) -> list[Expression]:
    annotation, scene = record.annotation, _scene(record)
    if "phrase" in annotation:
        name, count = annotation["phrase_structure"]["name"], instance_count(annotation)
        found = [read_expression(annotation["phrase"], name, count)]
        doubt = None if keep_all else doubt_about_name(annotation["phrase"], name, annotation.get("namesakes", ()))
        if doubt:
            raise Refusal(doubt.reason, f"{annotation['phrase']!r}: {doubt.detail}")
    else:
        texts = dict.fromkeys(" ".join(text.split()) for text in annotation["expressions"])
        category = scene.classes[0] if scene and len(scene.classes) == 1 else ""
        found = [read_expression(text, "", instance_count(annotation), category) for text in texts if text]
    if not found:
        raise Refusal(Reason.EMPTY_PHRASE, "no expression with a word in it")
    if keep_all or annotation.get("as_said"):
        return found
    return without_bare_nouns(fitting(found, scene, instance_count(annotation)))


def _scene(record: Record) -> Scene | None:
    """What is outlined in the picture, where the data set says so."""
    annotation = record.annotation
    if "meant" not in annotation or record.size is None:
        return None
    meant, others = (
        # Classes that are not COCO's are as good as unknown.
        tuple(Thing(name if name in COCO_CLASSES else "", tuple(box) or None) for name, *box in annotation[key])
        for key in ("meant", "others")
    )
    return Scene(meant, others, record.size)
