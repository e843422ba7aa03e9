"""Editing as published: a picture, somebody's instruction, and the result that a data set gives for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ieiw.builders.formats.alpha_masks import decode_clear_mask
from ieiw.builders.formats.json_stream import DocumentError, load_json
from ieiw.builders.instructions.published import reframes, tidy
from ieiw.builders.instructions.restoration import Wording
from ieiw.builders.object_words import true_of
from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.tasks._base import TaskBase, pair_name
from ieiw.builders.tasks._published import changed_share, check_changed, two_pictures
from ieiw.builders.tasks._registration import register
from ieiw.triplets.drawings.edit import Answer
from ieiw.triplets.images.codec import decode_mask, fit_mask, resize_mask, resize_short
from ieiw.triplets.images.masks import box_of, to_rle
from ieiw.triplets.records import Image, Mask, OpenRecord, Triplet
from ieiw.triplets.rejects import Reason, Refusal


class EditOptions(Options):
    """Options of the task. ``instructions`` is taken for mixtures that set it for all tasks; published words stay as they are."""

    instructions: Wording = "natural"


class Edit(TaskBase[EditOptions]):
    """Published edits (InstructPix2Pix, MagicBrush, GIER, GQA-Inpaint).

    A record has the pictures ``picture`` and ``target``. Its annotation holds ``instructions`` (at least one), or the role
    ``prompt`` is a JSON document with ``edit``. Optional: ``pair`` (records that name the same one are two directions of one
    pair), ``register`` (true: pictures of different sizes are aligned), ``masks`` (roles of masks that together tell where the
    edit is, and how they are drawn: ``{"mask": "clear"}`` or ``"bright"``), ``published`` (the
    data set's own fields, for the evaluator), ``object`` (what the words say of the one thing that the masks show, see
    :mod:`ieiw.builders.object_words`; ``shown`` is the picture it is in).
    """

    name = "edit"
    version = 3
    needs = frozenset({Kind.EDITED})
    drawing = Answer
    photographic = True
    options = EditOptions

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """One triplet; ``rng`` draws one of the published instructions.

        Raises:
            Refusal: ``empty_phrase``, ``invalid_record``, ``picture_size_mismatch``, ``nothing_changed``, ``mask_unreadable``,
                ``mask_size_mismatch``, ``phrase_contradicted`` (it asks for a turn or a cut that the alignment undid, or names a
                colour that is not there), ``ambiguous`` (the mask of one object holds several).
        """
        words = record.once("words", lambda: _words(record))
        before, after, registered = record.once("scaled", lambda: self._scaled(record))
        source = record.once("aligned", lambda: self._tools.encode(before)) if registered else self._source(record)
        words = still_true(words) if registered else words
        mask = record.once("mask", lambda: _whole_mask(record, (source.width, source.height)))
        if mask is not None and "object" in record.record.annotation:
            shown = record.record.annotation["object"]
            picture = before if shown["shown"] == "picture" else after
            words = record.once("true words", lambda: true_of(words, shown, picture, mask))
        share = float(mask.mean()) if mask is not None else record.once("changed", lambda: changed_share(before, after))
        yield Triplet(
            instruction=words[int(rng.integers(len(words)))],
            alternatives=words,
            source=source,
            target=record.once("target", lambda: self._tools.encode(after)),
            answer=Answer(
                registered=registered,
                region=None if mask is None else record.once("region", lambda: to_rle(mask)),
                box=() if mask is None else box_of(mask),
                published=record.record.annotation.get("published", {}),
            ),
            region_share=share,
            pair=pair_name(record.source, record.record.annotation.get("pair") or record.record.id),
        )

    def _scaled(self, record: OpenRecord) -> tuple[Image, Image, bool]:
        """Both pictures at output size, and whether they had to be aligned."""
        side, registered = self._tools.short_side, False
        if record.picture.size != record.pictures["target"].size and record.record.annotation.get("register"):
            source, target = register(record.picture.pixels, record.pictures["target"].pixels)
            before, after, registered = resize_short(source, side), resize_short(target, side), True
        else:
            before, after = self._picture(record), resize_short(two_pictures(record)[1], side)
        check_changed(before, after)
        return before, after, registered


def _words(record: OpenRecord) -> tuple[str, ...]:
    """The published instructions.

    Raises:
        Refusal: ``empty_phrase``, or ``invalid_record`` where the prompt's document is none.
    """
    texts: Sequence[object] = record.record.annotation.get("instructions", ())
    if "prompt" in record.data:
        name = record.record.files["prompt"]
        try:
            texts = [load_json(record.data["prompt"], name, dict).get("edit")]
        except DocumentError as error:
            raise Refusal(Reason.INVALID_RECORD, str(error)) from error
        if not isinstance(texts[0], str):
            raise Refusal(Reason.INVALID_RECORD, f"{name}: `edit` is missing or no text")
    words = tidy(texts)
    if not words:
        raise Refusal(Reason.EMPTY_PHRASE, "no usable instruction")
    return words


def still_true(words: Sequence[str]) -> tuple[str, ...]:
    """Those instructions that a pair still shows once its pictures were brought onto one grid.

    Raises:
        Refusal: ``phrase_contradicted``: all of them ask for another frame.
    """
    kept = tuple(text for text in words if not reframes(text))
    if not kept:
        detail = f"{words[0]!r} asks for another frame, but pictures of two sizes are shown in one"
        raise Refusal(Reason.PHRASE_CONTRADICTED, detail)
    return kept


def _whole_mask(record: OpenRecord, size: tuple[int, int]) -> Mask | None:
    """All masks as one at output size (width, height); None where there are none."""
    masks: Mapping[str, str] = record.record.annotation.get("masks", {})
    if not masks:
        return None
    whole = np.zeros((size[1], size[0]), np.bool_)
    for role, drawn in masks.items():
        decode = decode_clear_mask if drawn == "clear" else decode_mask
        whole |= resize_mask(fit_mask(decode(record.data[role]), record.picture), size)
    return whole
