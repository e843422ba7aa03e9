"""The first noun phrase of a text: adjectives, name, and what tells how the thing looks; and which names are those of things."""

from __future__ import annotations

import re
from dataclasses import replace

from ieiw.builders.instructions.coco_nouns import CLASS_OF
from ieiw.builders.instructions.described import NAMELESS, Thing
from ieiw.builders.instructions.phrase_kinds import Unit
from ieiw.builders.instructions.thing_words import COUNTING, GROUPS, LOOKS_WITH, NOT_THINGS, OF_WHAT
from ieiw.builders.instructions.words import (
    ARTICLES,
    BODY,
    COLOURS,
    MEASURES,
    NO_SHAPE,
    PRONOUNS,
    RELATIVES,
    WORN,
    is_plural,
    singular,
)
from ieiw.triplets.rejects import Reason, Refusal

_NOUNS = frozenset("nskmwo")
_PHRASE = re.compile(
    r"D?(?P<number>[#v]*)D?(?P<before>(?:[cjugdl&,]|o(?=.*[nskmwo]))*?)(?P<name>[nskmwo]+)(?![nskmwo]|&[cj])"
)
"""Of the kinds of units."""
_ACTING = re.compile(
    r"(?!(?:building|painting|awning|ceiling|railing|earring|pudding|stocking|clothing|drawing|wedding|evening)$)\w{3,}ing"
)
"""Words that, after a noun, say what the thing does."""
_LIGHTS = {"light", "lights"}
"""After a noun they are one too: ``street light``."""
_BOUNDS = frozenset("pPLUAbGFxgl,")
"""Kinds of units with which something new begins after a noun."""


def parse(found: list[Unit], is_label: bool) -> Thing:
    """Adjectives, name and what follows.

    Args:
        found: the units of a text.
        is_label: whether all that follows the name belongs to it; of captions only what tells how the thing looks.

    Raises:
        Refusal: ``instruction_unusable``: it does not begin with a noun phrase, or with a part of something.
    """
    match = _PHRASE.match(_kinds(found))
    if match is None:
        raise unusable("no noun")
    start, end = match.span("name")
    end = next((at for at in range(start + 1, end) if _acts(found[at - 1].text, found[at].text)), end)
    while end - start > 1 and found[start].text in COLOURS:
        start += 1
    if _kinds(found[end:])[:1] in {"j", "c"} and _kinds(found[end + 1 :])[:1] in set(
        "nkms"
    ):  # the noun is still to come
        if end - start > 1 or found[start].text not in COLOURS:
            raise unusable(f"{found[start].text!r} stands before another noun")
        return parse([*found[:start], Unit(found[start].text, "c"), *found[end:]], is_label)  # orange hot air balloon
    before, name, rest = found[match.start("before") : start], found[start:end], found[end:]
    parts = Thing(tuple(unit.text for unit in before), " ".join(unit.text for unit in name))
    if rest and rest[0].kind in "#v":  # terminator 3 judgment day
        raise unusable(f"{parts.name!r} stands among words that are no sentence")
    if rest and rest[0].text == "of" and parts.name == "pair":
        return parse(rest[1:], is_label)
    parts = replace(parts, several=_several(match["number"], parts, rest))
    if rest and rest[0].text == "of":
        return _of_something(parts, rest)
    return replace(parts, around=" ".join(unit.text for unit in rest)) if is_label else replace(parts, tail=_look(rest))


def _acts(noun: str, word: str) -> bool:
    """Whether a word after a noun says what the thing does: woman cutting pizza, a cop watches."""
    person = CLASS_OF.get(noun, ("",))[0] == "person"
    return bool(_ACTING.fullmatch(word)) or (person and is_plural(word) and word not in CLASS_OF)


def _of_something(parts: Thing, rest: list[Unit]) -> Thing:
    """A slice of pizza, a statue of a man, a group of people."""
    head, shown = head_of(parts.name), _tail(rest)
    if head in GROUPS:
        return replace(parts, several="several things")
    if head not in MEASURES | OF_WHAT or head_of(shown) in NO_SHAPE:
        raise unusable(f"{parts.name!r} of something is a part")
    if ARTICLES & set(shown.split()):
        return replace(parts, tail=shown)
    return replace(parts, name=f"{parts.name} {shown}")


def _several(number: str, parts: Thing, rest: list[Unit]) -> str:
    """Why a number, a name and what follows mean more than one thing; empty where they do not."""
    name = parts.name
    if number or set(parts.before) & COUNTING or head_of(name) in GROUPS:
        return "a number of things"
    if len(rest) > 1 and rest[0].kind in "&," and rest[1].kind in "Dcjonskmw":
        return "two things"
    outlined = CLASS_OF.get(head_of(name), ("",))[0] in {"person", "animal", "vehicle"}
    return "several things" if outlined and is_plural(name.split()[-1]) else ""


def _kinds(found: list[Unit]) -> str:
    """The kinds of units, where ``street light`` and ``can of`` hold nouns."""
    kinds = [unit.kind for unit in found]
    for at, unit in enumerate(found):
        measure = unit.text in MEASURES and [after.text for after in found[at + 1 : at + 2]] == ["of"]
        if measure or (unit.text in _LIGHTS and at and kinds[at - 1] in _NOUNS):
            kinds[at] = "n"
    return "".join(kinds)


def _tail(rest: list[Unit]) -> str:
    """A preposition with the noun phrase after it."""
    ends = (at for at, unit in enumerate(rest) if at and (unit.kind in _BOUNDS or unit.text in RELATIVES))
    end = next(ends, len(rest))
    return " ".join(unit.text for unit in rest[:end])


def _look(rest: list[Unit]) -> str:
    """``with black stripes``, ``in a suit``, ``wearing a hat``, where it comes straight after the name; else empty."""
    if not rest or rest[0].text not in {"with", "in", "wearing"}:
        return ""
    tail = _tail(rest)
    if "background" in tail:
        return ""
    heads = {singular(word) for word in tail.split()[1:]}
    worn, body = bool(heads & WORN), bool(heads & BODY)
    if rest[0].text == "with":
        return tail if worn or body or set(tail.split()) & LOOKS_WITH else ""
    return tail if worn else ""


def fitting(found: Thing) -> Thing:
    """With as much of what surrounds the name as the reader of phrases takes; adjectives are given up last.

    Raises:
        Refusal: ``phrase_unusable``: it does not even take the name.
    """
    if found.is_person:  # what a captioner says of skin is not for us to repeat
        found = replace(found, before=tuple(word for word in found.before if word not in COLOURS - {"blond", "blonde"}))
    found = replace(found, before=_joined(found.before))
    bare = found if found.tail.startswith("of ") else replace(found, tail="", around="")
    tries = [found, bare, replace(bare, before=())]
    for attempt in tries:
        try:
            attempt.definite()
        except Refusal as refusal:
            last = refusal
        else:
            return attempt
    raise last


def _joined(before: tuple[str, ...]) -> tuple[str, ...]:
    """Adjectives without a stray ``and`` or comma at their ends."""
    words = list(before)
    while words and words[0] in {"and", ","}:
        words.pop(0)
    while words and words[-1] in {"and", ","}:
        words.pop()
    return tuple(words)


def check(found: Thing) -> None:
    """Refuse what is part of the scene, part of a body, or no thing; an object that nobody named must have a colour.

    Raises:
        Refusal: ``instruction_unusable``.
    """
    head = head_of(found.name.partition(" of ")[0])
    if head == NAMELESS and set(found.before) & COLOURS:
        return
    if head in BODY | NO_SHAPE | NOT_THINGS | PRONOUNS or found.name.startswith(("word ", "letter ", "number ")):
        raise unusable(f"{head!r} is a part, the scene, or no thing that could be exchanged")


def head_of(name: str) -> str:
    """The singular of the last noun: ``light`` of ``traffic lights``."""
    return singular(name.split()[-1])


def unusable(detail: str) -> Refusal:
    """The refusal of words that no instruction can be made of."""
    return Refusal(Reason.INSTRUCTION_UNUSABLE, detail)
