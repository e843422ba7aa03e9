"""Captions and labels, read: ``arafed image of a brown dog running on the grass`` is about a brown dog.

Only what to ask is found here; the reader of phrases (:mod:`ieiw.builders.instructions.phrases`) has the last word on each phrase.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from ieiw.builders.instructions.caption_parts import check, fitting, head_of, parse, unusable
from ieiw.builders.instructions.classes import class_name
from ieiw.builders.instructions.coco_nouns import CLASS_OF
from ieiw.builders.instructions.described import NAMELESS, Described, Thing
from ieiw.builders.instructions.phrase_kinds import units
from ieiw.builders.instructions.sameness import is_kind_of, same_thing
from ieiw.builders.instructions.thing_words import LABELS
from ieiw.builders.instructions.words import NUMBERS, PLACES, PREPOSITIONS, is_known
from ieiw.triplets.rejects import Reason, Refusal

_HEDGE = re.compile(
    r"(?:(?:this|that|it|here|there)(?: is| are|'s)|there|(?:we|you)(?: can)? see|ara?r?f+e?d?|araff?e"
    r"|(?:the |this |an? )?(?:image|picture|photo) (?:shows|features|depicts)|(?:image|picture|photo)(?= an? | the )"
    r"|(?:the |an? )?(?:left |right )?(?:back|front|side|rear) of"
    r"|(?:the |an? )?(?:(?:black|white|and|blurry|blurred|cropped|close|up|aerial|side|front|rear|back|top|overhead|stock"
    r"|vintage|old|beautiful|nice|color|high|low|angle|digital|full|night|detailed|small|large)[ -])*"
    r"(?:picture|photo|photograph|image|view|shot|close[ -]?up|closeup|rendering|silhouette)s? of)\s+(?=\S)"
)
"""How captioners begin before they come to the thing."""
_WORD = re.compile(r"[a-zà-ÿ]+(?:['-][a-zà-ÿ]+)*|\d+|,")
_MOST = 16


@lru_cache(maxsize=4096)
def thing(described: Described) -> Thing:
    """What a caption and a label together say: the label names it, a caption that agrees tells how it looks.

    Raises:
        Refusal: ``no_caption``: there is no caption, no label and no colour; ``instruction_unusable``: they name no single thing
            that could be exchanged.
    """
    label, caption = described.label.strip(), described.caption.strip()
    if not label and not caption:
        if not described.colour:
            raise Refusal(Reason.NO_CAPTION, "no caption, no label, and no clear colour")
        return Thing((described.colour,), NAMELESS)
    named = of_label(label) if label else None
    seen = _or_none(caption) if named else of_caption(caption)
    if named is None or seen is None or seen.several or not same_thing(named.name, seen.name):
        only = named or seen
    elif named.before or named.around:
        only = named
    else:
        only = replace(seen, name=named.name) if is_kind_of(named.name, seen.name) else seen
    if only is None or only.several:
        raise unusable(f"{caption or label!r} names {only.several if only else 'nothing'}")
    return only


def contradicted(described: Described) -> bool:
    """Whether caption and label name two things of which everybody knows that they are not the same."""
    seen = _or_none(described.caption)
    if not described.label.strip() or seen is None:
        return False
    named = of_label(described.label)
    known = all(head_of(one.name) in CLASS_OF or one.name in CLASS_OF for one in (named, seen))
    return known and not same_thing(named.name, seen.name)


def _or_none(caption: str) -> Thing | None:
    try:
        return of_caption(caption)
    except Refusal:
        return None


@lru_cache(maxsize=4096)
def of_label(label: str) -> Thing:
    """A data set's name of a class (``Traffic light``, ``Pen/Pencil``) or its phrase (``bird on top of tree``).

    Raises:
        Refusal: ``instruction_unusable``: it names nothing that could be exchanged, or cannot be read.
    """
    text = " ".join(re.sub(r"\([^)]*\)|(?<=\w)/.*", " ", label).split())
    low = text.lower()
    # OpenImages begins with a capital, and its mouse is an animal, COCO's a computer's
    spoken = LABELS[low] if low in LABELS else low if text[:1].isupper() else class_name(text).spoken.lower()
    if not spoken:
        raise unusable(f"{label!r} is a part, or no name of a thing")
    return _read(spoken, label, is_label=True)


@lru_cache(maxsize=4096)
def of_caption(caption: str) -> Thing:
    """The first noun phrase of a caption, without hedges, verbs and surroundings.

    Raises:
        Refusal: ``instruction_unusable``: it names nothing that could be exchanged, or cannot be read.
    """
    text = caption.lower().replace("’", "'").strip()
    while (shorter := _HEDGE.sub("", text, count=1) if _HEDGE.match(text) else text) != text:
        text = shorter
    return _read(text, caption, is_label=False)


def _read(text: str, raw: str, *, is_label: bool) -> Thing:
    words = _WORD.findall(text)[:_MOST]
    unknown = next((at for at, word in enumerate(words) if not (word == "," or word.isdigit() or is_known(word))), None)
    if is_label and unknown is not None:
        raise unusable(f"{raw!r}: unknown word {words[unknown]!r}")
    try:
        found = _parsed(" ".join(words[:unknown]), is_label)
        if unknown and found.name.endswith(words[unknown - 1]):
            raise unusable(f"unknown word {words[unknown]!r}")
        if unknown and found.tail.endswith(words[unknown - 1]):  # it breaks off
            found = replace(found, tail="")
        check(found)
        return fitting(found)
    except Refusal as refusal:
        raise unusable(f"{raw!r}: {refusal.detail}") from refusal


def _parsed(text: str, is_label: bool) -> Thing:
    """The parts of a text; of a label without relations, what is no adjective is its name.

    Words that stand alone do not tell what they are (``koala``, ``tin can``).
    """
    plain = is_label and bool(text) and not set(text.split()) & (PREPOSITIONS | NUMBERS.keys() | PLACES | {"and", ","})
    try:
        found = parse(units(text, ""), is_label)
    except Refusal:
        if not plain:
            raise
        return Thing((), text)
    return Thing((), text) if plain and found.around else found
