"""A thing to be replaced, or to be put in its place: what is known of it, and its noun phrases."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ieiw.builders.instructions.coco_nouns import CLASS_OF
from ieiw.builders.instructions.phrases import NounPhrase, noun_phrase
from ieiw.builders.instructions.thing_words import PATTERNS, PERSONS, UNCOUNTED, UNTELLING
from ieiw.builders.instructions.words import COLOURS, PLACES, PREPOSITIONS, article, singular
from ieiw.triplets.rejects import Reason, Refusal

NAMELESS = "object"
"""What stands for the name of a thing that nobody named."""


@dataclass(frozen=True, slots=True)
class Described:
    """What is known of a thing in a picture.

    Attributes:
        caption: what a captioner says of it; may be empty.
        label: what the data set calls it; may be empty.
        colour: of its pixels, where it is clear; else empty.
        place: such as ``on the left``, where that tells; else empty.
        alike: how many other things of the same name are known in the picture.
    """

    caption: str = ""
    label: str = ""
    colour: str = ""
    place: str = ""
    alike: int = 0


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing in words.

    Attributes:
        before: adjectives.
        name: ``dog``, ``traffic light``, ``scissors``, or :data:`NAMELESS`.
        tail: what follows the name and tells how it looks (``with black stripes``), or empty.
        around: what follows the name of a label and tells where it is (``on top of tree``), or empty.
        several: why it is no single thing; empty where it is one.
    """

    before: tuple[str, ...]
    name: str
    tail: str = ""
    around: str = ""
    several: str = ""

    @property
    def is_person(self) -> bool:
        """Whether its pixels' colour is that of skin or clothes."""
        head = singular(self.name.partition(" of ")[0].split()[-1])
        return head in PERSONS or CLASS_OF.get(head, ("", ""))[1] == "person"

    @property
    def looks(self) -> frozenset[str]:
        """The words that tell how it looks, beyond what it is."""
        words = {*self.before, *self.name.partition(" of ")[0].split()[:-1], *self.tail.split()}
        seen = {"gray" if word == "grey" else word for word in words if not word.endswith("ing")}
        return frozenset(seen) - UNTELLING - PREPOSITIONS

    def coloured(self, colour: str) -> Thing:
        """With the colour of its pixels in words, where that says something new and cannot offend."""
        words = {*self.before, *self.name.split(), *self.tail.split()}
        if not colour or self.is_person or words & (COLOURS | PATTERNS):
            return self
        at = next((at for at, word in enumerate(self.before) if word not in UNTELLING), len(self.before))
        return replace(self, before=(*self.before[:at], colour, *self.before[at:]))

    @property
    def is_placed(self) -> bool:
        """Whether its own words say where in the picture it is."""
        return bool({*self.before, *self.around.split()} & PLACES)

    def definite(self, place: str = "") -> str:
        """``the brown dog``, ``the brown dog on the left``.

        Raises:
            Refusal: ``phrase_unusable``: the reader of phrases cannot make sense of it.
        """
        return f"{self._phrase(self.tail or ('' if place else self.around)).definite} {place}".rstrip()

    def indefinite(self) -> str:
        """``a brown dog``, ``some bread``, ``a pair of scissors``; without where it is.

        Raises:
            Refusal: ``phrase_unusable``: as :meth:`definite`, or it cannot be said of what is not there yet.
        """
        unplaced = replace(self, before=tuple(word for word in self.before if word not in PLACES))
        phrase = unplaced._phrase(self.tail)
        text, head = phrase.definite.removeprefix("the "), self.name.split()[-1]
        if not phrase.indefinite:
            raise Refusal(Reason.PHRASE_UNUSABLE, f"{text!r} is told by what is not there")
        if singular(head) in UNCOUNTED and " of " not in self.name:
            return f"some {text}"
        compound = " " in self.name and phrase.indefinite.startswith("the ")  # sea lion, sun hat
        return f"{article(text.lower())} {text}" if compound or " of " in self.name else phrase.indefinite

    def _phrase(self, tail: str) -> NounPhrase:
        words = " ".join((*self.before, self.name, tail)).strip()
        if self.name == NAMELESS:
            return NounPhrase(words, f"the {words}", f"{article(words)} {words}", False, NAMELESS)
        return noun_phrase(words, name=self.name, keep_parts=True)
