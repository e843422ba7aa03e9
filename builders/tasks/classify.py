"""Classification as InstructCV draws it: the whole picture in one plain colour, which says whether a class is there.

A record's annotation holds ``class_id`` and ``class``, the number and the name of its class; its file ``classes`` holds all that
the data set knows.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pydantic import Field

from ieiw.builders.instructions.words import article
from ieiw.builders.record_kinds import Kind
from ieiw.builders.tasks._base import pair_name
from ieiw.builders.tasks._vision import Form, VisionOptions, VisionTask
from ieiw.builders.vocabulary import CLASSES, vocabulary
from ieiw.triplets.drawings import colour
from ieiw.triplets.drawings.asked import AskedClass
from ieiw.triplets.drawings.palette import PALETTE, clashing
from ieiw.triplets.records import OpenRecord, Triplet
from ieiw.triplets.rejects import Reason, Refusal

_SIMPLE = ("white", "black")


class ClassifyOptions(VisionOptions):
    """Options of the task ``classify``."""

    negatives: float = Field(default=0.5, ge=0, le=1)
    """Share of triplets that ask for another class of the data set."""
    instructions: Form = "natural"
    """Sentences with two colours drawn at random; one fixed sentence, as InstructCV's, with such colours; or the class alone:
    white for yes, black for no."""


class Classify(VisionTask[ClassifyOptions]):
    """InstructCV's classification. A record brings its classes (:mod:`ieiw.builders.vocabulary`) and the number of its own."""

    name = "classify"
    version = 2
    needs = frozenset({Kind.CLASSED})
    drawing = colour.Answer
    options = ClassifyOptions

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """One triplet: its own class or another one, and the picture in the colour of yes or no.

        Raises:
            Refusal: ``invalid_record``: the data set numbers its classes otherwise than when it was planned.
        """
        names = {number: name.raw for number, name in vocabulary(record.data[CLASSES]).names.items()}
        own, named = int(record.record.annotation["class_id"]), record.record.annotation["class"]
        if names.get(own) != named:
            detail = f"class {own} was {named} when this was planned, and is {names.get(own, 'none')} now; build anew"
            raise Refusal(Reason.INVALID_RECORD, detail)
        others = [number for number in sorted(names) if number != own]
        absent = bool(others) and rng.random() < self._options.negatives
        number = others[int(rng.integers(len(others)))] if absent else own
        name = names[number]
        what = f"{article(name.lower())} {name}"
        yes, no = self._colours(rng)
        shown = no if absent else yes
        picture = self._picture(record)
        form = self._options.instructions
        words = {"what": name if form == "simple" else what, "color": yes, "other": no}
        sentences = self._sentences(words, rng)
        yield Triplet(
            instruction=sentences[int(rng.integers(len(sentences)))],
            alternatives=sentences,
            source=self._source(record),
            target=self._tools.encode(colour.draw(picture, PALETTE[shown])),
            answer=colour.Answer(
                asked=AskedClass(what=what, spoken=name, class_name=name, class_id=number),
                true_class=names[own],
                present=not absent,
                colour=shown,
                rgb=PALETTE[shown],
                yes=yes,
                no=no,
            ),
            region_share=1.0,
            pair=pair_name(record.source, record.record.id, self.name),
        )

    def _colours(self, rng: np.random.Generator) -> tuple[str, str]:
        """The colours of yes and no; never two that share a word (green, lime green)."""
        if self._options.instructions == "simple":
            return _SIMPLE
        names = list(PALETTE)
        yes = names[int(rng.integers(len(names)))]
        free = [name for name in names if name not in clashing(yes, names)]
        return yes, free[int(rng.integers(len(free)))]
