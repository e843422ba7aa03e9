"""Referring expressions: telegraphic, misspelt, sometimes unkind; as noun phrases where they can be read as such, else quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ieiw.builders.instructions.class_naming import first_noun, means_any, words_of
from ieiw.builders.instructions.phrases import NounPhrase, noun_phrase
from ieiw.builders.instructions.words import (
    ARTICLES,
    BODY,
    COLOURS,
    NUMBERS,
    PEOPLE,
    PLACES,
    POSITIONS,
    POSSESSIVES,
    PREPOSITIONS,
    RELATIVES,
    UNKIND,
    is_known,
    singular,
    tags,
)  # fmt: skip
from ieiw.triplets.rejects import Refusal

LIMBS = frozenset("hand arm leg foot finger thumb knee elbow paw wrist ankle".split())
"""Where an expression is about one, often nothing else of the person is in the picture."""
_UNKIND = UNKIND | frozenset(
    """
    nasty fatso fatass ugliest retard retarded whore slut bitch bastard idiot gross pervert sexy dumb douche bimbo butt ass badass
    fucking shit damn
    """.split()
)
_GARMENTS = frozenset(
    """
    shirt t-shirt tshirt blouse jacket coat sweater sweatshirt hoodie hoody dress skirt suit vest top jersey uniform jeans pants
    shorts trousers robe gown apron outfit hat cap helmet scarf tie
    """.split()
)
"""What somebody can be said to be in."""
_COUNTS = NUMBERS.keys() | {str(number) for number in NUMBERS.values()}
_JOINS = frozenset("and , 's not next close closest far furthest farthest nearest is he she they you we".split())
"""What else may follow a noun than prepositions and verbs."""
_ENDS = frozenset({"front", "back", "top", "bottom"})
"""Straight after a thing these may be its parts (``chair back``, ``stove top``)."""
_SIDES = PLACES | {"side", "hand", "half", "row", "most", "part", "end", "seat"}
_NEW = PEOPLE - {"player", "people"} | {"one", "another"}
_POSTURES = frozenset("sitting standing walking lying kneeling sleeping".split())
_SINGLY = frozenset("in at with near by under of from behind on".split())
"""Of these no two stand side by side."""
_PARTICLES = frozenset({"up", "down", "out", "off", "over", "on", "inside", "outside"})
"""Prepositions that may end a text (``animal lying down``, ``book she sits on``)."""
_SLIPS = frozenset(
    """
    parson warring waring infront inback ladys womens mens thier gras whit cant wont raisings burry playa rite agian closet od
    """.split()
)
"""Slips of the finger that make another word."""
_CHAT = frozenset(
    """

    lol anywhere haha sorry oops wow awesome yep yup nope okay ok submit thanks click hi hello dunno hint guess whatever please
    yeah hey maybe again i agree got your my mine ya ur eh uh um hmm pm mean sort kinda gonna think turkers
    """.split()
)
"""What players say to each other."""
_WITH = re.compile(r"(?<!\S)w(?:/\s*|\s+)(?=\w)")
_CLOCK = re.compile(r"\b(?:at )?(\d\d?) o ?'? ?clock\b")
_COLLAGE = re.compile(r"\b(left|right|top|bottom|first|second|middle|other)([ -]hand)? (picture|pic|photo|image)\b")
"""Annotators of a collage speak of its parts as pictures."""
_MADE = frozenset({"'s", ",", "a"})
"""What :func:`ieiw.builders.instructions.class_naming.words_of` gives that no dictionary has."""
_HOT = re.compile(r"\bhot\b(?! ?(dog|sauce|chocolate|air|pot|plate|tub|pepper))")
_MARK = re.compile(r"\s+([,.;:!?])")
_APOSTROPHE = re.compile(r"\s+'\s*(s|t|re|ve|ll|d|m)\b")
_COUNT = re.compile(r"\b(\d+) (?=\w*(s|men|women|people|children)\b)|\bnumber (\d+)\b")


@dataclass(frozen=True, slots=True)
class Expression:
    """What an annotator wrote.

    Attributes:
        raw: as it stands in the data set.
        spoken: as a definite noun phrase, or empty where it cannot be read as one.
    """

    raw: str
    spoken: str

    @property
    def is_unkind(self) -> bool:
        """Whether it has an unkind word about people."""
        return bool(_UNKIND & set(words_of(self.raw))) or bool(_HOT.search(self.raw.lower()))

    @property
    def slip(self) -> str:
        """The first words that no dictionary knows, that belong to chat or that speak of one picture of several; or empty."""
        if collage := _COLLAGE.search(self.raw.lower()):
            return collage[0]
        text = _in_full(self.raw)
        if "it's" in self.plain:
            return "it's"
        for word in words_of(_COUNT.sub("", _CLOCK.sub("", text))):
            if word in _CHAT or word in _SLIPS or not (word in _MADE or is_known(word)):
                return word  # a number that counts nothing (banana 3) is none that a dictionary knows
        return ""

    @property
    def plain(self) -> str:
        """The raw text with its marks where a writer puts them; tokenisers set them apart."""
        text = _CLOCK.sub(r"at \1 o'clock", _in_full(self.raw))
        return _MARK.sub(r"\1", _APOSTROPHE.sub(r"'\1", text)).replace('"', "")


def _in_full(text: str) -> str:
    """``girl w/ hat`` -> ``girl with hat``."""
    return _WITH.sub("with ", text)


def read_expression(text: str, name: str, targets: int, category: str = "") -> Expression:
    """An expression: said as a noun phrase where all of it can be read as one, else to be quoted as it stands.

    Args:
        text: as the annotator wrote it.
        name: the noun that the data set names as its head, or empty.
        targets: how many things it means.
        category: what the data set says they are, or empty.
    """
    # Of several targets an expression speaks by itself ("two men"); only PhraseCut's bare nouns need their plural.
    try:
        counted = name or words_of(text)[:1] and words_of(text)[0] in _COUNTS
        phrase = noun_phrase(_in_full(text), name=name, instances=targets if counted else 1, keep_parts=True)
    except Refusal:
        phrase = None
    if phrase is None or not (targets <= 1 or name or phrase.several):
        return Expression(text, "")
    return Expression(text, phrase.definite if name or not category else _of_class(phrase, category))


def _of_class(phrase: NounPhrase, category: str) -> str:
    """A definite noun phrase about a thing of a class; what is worn is named with the wearer; empty where unsure."""
    head = singular(phrase.head)
    if category == "person" and phrase.head in _GARMENTS and phrase.simple:
        return f"the person in {phrase.definite}"
    return phrase.definite if means_any([phrase.head], [category]) and head not in BODY else ""


def without_bare_nouns(expressions: list[Expression]) -> list[Expression]:
    """Without bare nouns (``guy``), which may fit others too, if better is there."""
    return [expression for expression in expressions if len(words_of(expression.raw)) > 1] or expressions


def reads_on(words: tuple[str, ...]) -> bool:
    """Whether a text that is to be quoted begins with its thing, and nowhere runs two things together or breaks off.

    ``man bent over`` and ``dog on bed sleeps`` do; ``man red hat``, ``man in middle red hat`` and ``third bottle in`` do not.
    """
    noun = first_noun(words)
    first = words.index(noun.split()[-1])
    before = [word for word in words[: first + 1 - len(noun.split())] if word not in ARTICLES]
    sides = [word for word in before if word in PLACES]
    if words[0] in {"no", "not"} or PREPOSITIONS & set(before) or (len(sides) > 1 and " ".join(sides) not in POSITIONS):
        return False
    marks = tags(words)
    for at in range(first, len(words) - 1):
        again = words[at + 1] == words[first] and marks[at].startswith("NN")  # fridge behind man fridge
        if again or marks[at + 1] == "NP0" or _runs_on(words, marks, at, at == first):
            return False
    doubled = zip(words, words[2:], strict=False)  # with a showing its back
    if any(one in ARTICLES and two in ARTICLES | POSSESSIVES for one, two in doubled):
        return False
    if words[-1] in COLOURS and {"a", "an"} & set(words[-3:]):  # woman in a long white
        return False
    return words[-1] not in PREPOSITIONS - _PARTICLES | ARTICLES | _COUNTS | RELATIVES


def _runs_on(words: tuple[str, ...], marks: tuple[str, ...], at: int, is_thing: bool) -> bool:
    """Whether the word after ``at`` begins another thing where nothing joins the two."""
    word, following, mark = words[at], words[at + 1], marks[at + 1]
    joins = following in PREPOSITIONS | RELATIVES | _JOINS
    if at + 2 < len(words) and " ".join(words[at + 1 : at + 3]) in POSITIONS:
        return False
    objectless = marks[at] in {"VVN", "VVD"} and mark.startswith(("NN", "AJ"))  # lady flowered shirt
    owned = marks[at] == "NN2" and mark.startswith("NN")  # a dogs leash
    if word == following or objectless or owned or (word in _SINGLY and following in _SINGLY):
        return True
    if is_thing:
        return following in _ENDS or not (
            joins or following in PLACES or mark.startswith(("V", "AV")) or words[at + 1 : at + 3] == ("full", "of")
        )
    place = word in PLACES
    begins = following in COLOURS | ARTICLES or mark.startswith(("AJ", "AT", "ORD", "CRD", "DT")) or following in _NEW
    last = at + 2 == len(words) and mark.startswith("AJ") and following not in COLOURS  # with the door open
    if place or marks[at].startswith("NN"):
        return (begins and not joins and not last) or (place and mark.startswith("NN") and following not in _SIDES)
    if word in _POSTURES:
        return following in COLOURS or mark.startswith(("AJ", "NN"))
    return word in {"is", "are"} and following in PLACES
