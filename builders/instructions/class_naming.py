"""Which of COCO's classes a short description is about, where its first noun leaves no doubt; nothing where it does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ieiw.builders.instructions.coco_nouns import CLASS_OF, GROUP_OF
from ieiw.builders.instructions.words import (
    BODY,
    COLOURS,
    NUMBERS,
    PLACES,
    PREPOSITIONS,
    RELATIVES,
    is_plural,
    singular,
    tags,
)

_TAKEN_FOR = ({"furniture", "outdoor"}, {"electronic", "appliance"})
"""Supercategories between which names wander: a bench is a chair."""
_COUNTED = frozenset({"person", "animal", "vehicle"})
"""Each of these is outlined on its own; one outline may well hold several carrots or books."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a description is about.

    Attributes:
        noun: as it stands there.
        group: COCO's supercategory.
        name: COCO's class, or empty for any of the group.
        rest: the words after the noun.
        number: how many it says there are; 0 where it does not say.
    """

    noun: str
    group: str
    name: str
    rest: tuple[str, ...]
    number: int

    @property
    def is_open(self) -> bool:
        """Whether every thing of the class fits the noun; a man is a person, but a person need not be a man."""
        return singular(self.noun) in {self.name, "person", "people"}

    def contradicts(self, classes: Sequence[str]) -> bool:
        """Whether none of some classes of COCO can be meant."""
        groups = [GROUP_OF.get(name, "") for name in classes]
        return bool(groups) and not any(
            group in {"", self.group} or {group, self.group} in _TAKEN_FOR for group in groups
        )

    @property
    def says_several(self) -> bool:
        """Whether it speaks of several things where each would have an outline of its own."""
        return self.number > 1 or (self.group in _COUNTED and is_plural(self.noun))


@lru_cache(maxsize=1024)
def words_of(text: str) -> tuple[str, ...]:
    """The lower-case words, numbers, commas and possessive endings of an expression."""
    mended = re.sub(r"\s*['’`]\s*s\b", " 's", text.lower())
    mended = re.sub(r"\b(right|left|top|bottom|upper|front)[\s-]most\b", r"\1most", mended)
    return tuple(re.findall(r"'s|[a-zà-ÿ]+(?:['-][a-zà-ÿ]+)*|\d+[a-z]*|,", mended))


@lru_cache(maxsize=1024)
def what_is_named(text: str) -> Named | None:
    """What an expression is about: its first noun, where only adjectives stand before it and none of its own noun follows.

    So ``man on left bite banana`` is about a person, but of ``horse trailer``, ``bowl of soup`` and ``banana man is eating``
    nothing is said.
    """
    words = words_of(text)
    noun = first_noun(words)
    group_and_name = CLASS_OF.get(singular(noun)) or CLASS_OF.get(noun)
    if not group_and_name:
        return None
    end = words.index(noun.split()[-1]) + 1
    before, rest = words[: end - len(noun.split())], words[end:]
    owner = before[-1:] and CLASS_OF.keys() & ({before[-1], singular(before[-1])} - {"baby"})  # banana man is eating
    if owner or rest[:1] == ("of",) or set(before) & (PREPOSITIONS | RELATIVES | {"and", ",", "other", "no", "not"}):
        return None
    numbers = [int(word) if word.isdigit() else NUMBERS.get(word, 0) for word in before]
    return Named(noun, *group_and_name, rest, max(numbers, default=0))


def first_noun(words: Sequence[str]) -> str:
    """What is named first: the last of the first nouns in a row (``man's hand``, ``hot dog``); empty where there is none."""
    found = ""
    for at, (word, tag) in enumerate(zip(words, tags(tuple(words)), strict=True)):
        before, after = " ".join(words[max(0, at - 1) : at + 1]), " ".join(words[at : at + 2])
        place = word in COLOURS | PLACES | {"upper", "lower"}
        noun = tag.startswith("NN") and not word.endswith("ing") and (not place or (not found and at + 1 == len(words)))
        listed = not place and bool({word, singular(word)} & CLASS_OF.keys())
        if listed or noun or (found and singular(word) in BODY):
            found = before if {before, singular(before)} & CLASS_OF.keys() else word
        elif found and word != "'s" and after not in CLASS_OF:
            break
    return found


def means_any(words: Sequence[str], classes: Sequence[str]) -> bool:
    """Whether any of the words is a noun for one of some classes of COCO, or for its like."""
    pairs = [" ".join(words[at : at + 2]) for at in range(len(words))]
    groups = {CLASS_OF[noun][0] for word in (*words, *pairs) for noun in {word, singular(word)} & CLASS_OF.keys()}
    meant = [GROUP_OF[name] for name in classes]
    alike = any(group == other or {group, other} in _TAKEN_FOR for group in groups for other in meant)
    return alike or any(singular(word) in classes for word in words)
