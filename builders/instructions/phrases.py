"""From a raw phrase of an annotator to noun phrases that fit a sentence, definite and indefinite – or a refusal.

Each word, and each unit of words (``next to``, ``on the left``), gets a kind, written as one letter; a phrase is said where its
letters match :data:`_FORM` from end to end: (number) (adjectives) head (place) (one relation) (place). All else is refused, because
an instruction that reads wrongly teaches wrongly. Articles are put in only where a closed list knows the noun.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ieiw.builders.instructions.phrase_kinds import ACTIONS, ARTICLE_NEEDED, Unit, units
from ieiw.builders.instructions.words import (
    ARTICLES,
    BODY,
    COLOURS,
    MASS,
    MEASURES,
    NO_SHAPE,
    NUMBERS,
    PAIRED,
    PEOPLE,
    PREPOSITIONS,
    PRONOUNS,
    SCENERY,
    SINGLE,
    SURFACES,
    UNIQUE,
    VAGUE,
    WORN,
    article,
    is_plural,
    plural,
    singular,
)  # fmt: skip
from ieiw.triplets.rejects import Reason, Refusal

_ADJECTIVES = "(?:[cjuo](?:,?&?(?=[cjuo]))?)*"
_NOUN_PHRASE = f"(?:D{_ADJECTIVES}[nskmow]|#?{_ADJECTIVES}[skmow])"
_COLOURS = "[co](?:,?&?[co])*"
_RELATION = rf"b?(?:(?P<lead>[pP]|[gld]p|[GF])(?P<what>{_NOUN_PHRASE}(?:&{_NOUN_PHRASE})?|{_COLOURS})|(?P<alone>g?A|g))"
_FORM = (
    rf"D?(?P<number>[#v]?)(?P<first>[LU]?)(?P<before>{_ADJECTIVES}[gd]?%s)(?P<head>%s)"
    rf"(?P<place>[LU]?)(?:{_RELATION})?(?P<last>[LU]?)"
)
_NAMED = re.compile(_FORM % ("[nko]?", "H"))
_BARE = re.compile(_FORM % ("", "[nskmow]"))
_DRINKING = frozenset(
    {"wine", "drinking", "shot", "water", "beer", "martini", "champagne", "cocktail", "magnifying", "juice", "hour"}
)
_PICTURES = frozenset(
    {"picture", "painting", "photo", "photograph", "drawing", "statue", "image", "sculpture", "figurine"}
)
_BESIDE = frozenset({"in", "on", "by", "near", "beside", "across", "above", "over"})
_GROUND = frozenset({"grass", "snow", "sand", "water", "mud", "dirt"})
"""Masses that are part of the scene where a thing is in, on or near them; elsewhere they take no article."""
_CAPITALS = {
    **{word: word.upper() for word in ("tv", "suv", "atv", "dvd", "cd", "usa", "bmx")},
    **{"tvs": "TVs", "suvs": "SUVs"},
    **{
        word: word.capitalize()
        for word in """
        american asian african christmas british chinese japanese english european french german italian canadian mexican wii indian
        """.split()
    },
}
"""Words that are not written as annotators type them."""


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A phrase in the two forms that templates need.

    Attributes:
        raw: as the annotator wrote it.
        definite: after "remove": ``the blue bird on top of the tree``, ``the chairs``.
        indefinite: after "add": ``a blue bird on top of the tree``, ``chairs``; empty where the thing is told by others of its kind
            (``closest``) or is a part (``roof of the house``), since nothing of the kind is there before it is added.
        several: whether it means more than one thing.
        head: the noun it is about, as it stands in the phrase.
        simple: whether it is no more than adjectives, the noun and a place.
        kind: what it is, wherever it is: ``blue bird``, ``slice of pizza``.
    """

    raw: str
    definite: str
    indefinite: str
    several: bool
    head: str = ""
    simple: bool = True
    kind: str = ""


@dataclass(slots=True)
class _Parts:
    """A phrase taken apart."""

    number: str
    before: list[str]
    head: list[str]
    place: str
    relation: list[str]


@dataclass(frozen=True, slots=True)
class _Read:
    """The units of a phrase, and which of them a group of the form holds."""

    units: list[Unit]
    match: re.Match[str]

    def __getitem__(self, group: str) -> list[Unit]:
        first, end = self.match.span(group)
        return self.units[first:end] if first >= 0 else []


def noun_phrase(phrase: str, *, name: str = "", instances: int = 1, keep_parts: bool = False) -> NounPhrase:
    """Read an annotator's phrase.

    Args:
        phrase: such as ``blue bird on top of tree``; articles that are certain, tokenised punctuation and telegraphic positions
            are mended.
        name: the noun that the data set itself names as the phrase's head, or empty.
        instances: how many things the region holds; several make a singular head plural.
        keep_parts: whether parts of persons, what they wear, and the sky and the ground may be the head.

    Raises:
        Refusal: ``phrase_unusable``, with what could not be read.
    """
    found = units(phrase, name)
    match = (_NAMED if name else _BARE).fullmatch("".join(unit.kind for unit in found))
    if match is None:
        raise _refuse(_why(found, name))
    read = _Read(found, match)
    head = read["head"][0].text.split()
    parts = _Parts(
        number="".join(unit.text for unit in read["number"]),
        before=[unit.text for unit in read["before"]],
        head=head,
        place=_place(read),
        relation=_relation(read, singular(head[-1])),
    )
    if read["alone"] and read["last"]:  # sitting on the left
        parts.relation.append(parts.place)
        parts.place = ""
    _check_head(parts, keep_parts)
    _settle_number(parts, instances, {unit.text for unit in found if unit.kind == "D"})
    is_part = [unit.text for unit in read["lead"]] == ["of"] and singular(head[-1]) not in MEASURES | _PICTURES
    compared = is_part or any(unit.kind in "uPU" for unit in found)
    return _spoken(phrase, parts, instances, compared)


def _refuse(detail: str) -> Refusal:
    return Refusal(Reason.PHRASE_UNUSABLE, detail)


def _why(found: list[Unit], name: str) -> str:
    """What stands in the way of reading units that do not match."""
    if name and not any(unit.kind == "H" for unit in found):
        return f"does not name the {name} it is about"
    strange = next((unit.text for unit in found if unit.kind == "x"), "")
    if strange:
        return f"cannot read {strange!r}"
    return f"cannot read {' '.join(unit.text for unit in found)!r} as one thing with one relation"


def _place(read: _Read) -> str:
    """Where the thing is, as a person says it."""
    places = [*read["first"], *read["place"], *read["last"]]
    beside = any(unit.text in {"to the left of", "to the right of"} for unit in read["lead"])
    if len(places) + beside > 1:
        raise _refuse("two positions")
    return places[0].text if places else ""


def _relation(read: _Read, head: str) -> list[str]:
    """The relation with the articles that a person would say.

    Raises:
        Refusal: an article, or what the relation means, is not certain.
    """
    if alone := read["alone"]:
        if alone[0].kind == "l":
            raise _refuse(f"breaks off after {alone[0].text!r}")
        return [unit.text for unit in alone]
    lead, what = read["lead"], read["what"]
    if not lead:
        return []
    if lead[0].text == "of" and read["place"]:
        raise _refuse("a place stands before 'of'")
    opening = lead[-1].text
    said = [unit.text for unit in lead]
    if all(unit.kind in "c&," or unit.text == "orange" for unit in what):
        if opening not in {"in", "wearing"}:
            raise _refuse(f"cannot read a colour after {opening!r}")
        return said + [unit.text for unit in what]
    if opening == "between" and not any(unit.kind in "s&#" for unit in what):
        raise _refuse("'between' needs two")
    cut = next((at for at, unit in enumerate(what) if unit.kind == "&" and what[at - 1].kind in "nskmow"), len(what))
    for phrase in filter(None, (what[:cut], what[cut + 1 :])):
        second = phrase[0] is not what[0]
        dressed = second and opening == "in" and len(phrase) == 1 and singular(phrase[0].text) in WORN  # a suit and tie
        mended = [phrase[0].text] if dressed else _with_article(phrase, [unit.text for unit in lead], head)
        said += ["and", *mended] if second else mended
    return said


def _with_article(phrase: list[Unit], lead: list[str], head: str) -> list[str]:
    """A noun phrase inside a relation, with the article that annotators leave out where it is certain."""
    words, last, opening = [unit.text for unit in phrase], phrase[-1], lead[-1]
    noun = last.text.split()[-1]
    if lead == ["of"] and (phrase[0].kind == "#" or head not in MEASURES | _PICTURES and last.kind != "k"):
        raise _refuse(f"cannot read {head} of {' '.join(words)}")
    if phrase[0].kind == "D":
        words[0] = article(words[1]) if words[0] in {"a", "an"} else words[0]
        if words[0] in {"a", "an"} and (is_plural(noun) or noun in MASS):
            raise _refuse(f"cannot read {' '.join(words)!r}")
        return words
    worn = singular(noun) in WORN
    if opening == "in" and (noun in BODY or (last.kind == "s" and not worn)) or last.kind == "o" and noun not in MASS:
        raise _refuse(f"cannot read {opening} {' '.join(words)}")
    if last.kind == "s" or noun in MASS:
        return ["the", *words] if len(lead) == 1 and opening in _BESIDE and noun in _GROUND else words
    if any(unit.kind == "u" for unit in phrase):
        return ["the", *words]
    if opening == "of" and head in MEASURES:
        return words
    a = opening in {"with", "without"} or (len(lead) == 1 and opening in ACTIONS) or (opening == "in" and worn)
    if a or (opening == "of" and head in _PICTURES):
        words.insert(0, article(words[0]))
    else:
        words.insert(0, "the")
    if lead[0] in ARTICLE_NEEDED or (words[0] != "the" and plural(noun) == noun):
        raise _refuse(f"an article is missing after {' '.join(lead)!r}")
    return words


def _check_head(parts: _Parts, keep_parts: bool) -> None:
    head = singular(parts.head[-1])
    shapeless = NO_SHAPE - SCENERY if keep_parts else NO_SHAPE
    if head in shapeless | PRONOUNS | ARTICLES | PREPOSITIONS or head in COLOURS - {"orange", "violet", "light"}:
        raise _refuse(f"{head!r} names no object")
    glass = head in {"glass", "glasses"} and (parts.head[-1] != "glasses" or set(parts.before + parts.head) & _DRINKING)
    after = set(" ".join(parts.relation).split())
    laid_off = head in WORN and after & SURFACES and not set(map(singular, after)) & (PEOPLE | BODY)
    if head in WORN | BODY and not glass and not laid_off and not keep_parts:
        raise _refuse(f"{head!r} is part of a person or animal, or worn: its region cannot be told from theirs")


def _settle_number(parts: _Parts, instances: int, determiners: set[str]) -> None:
    """Bring the phrase's own number and the region's together.

    Raises:
        Refusal: they contradict each other.
    """
    head = parts.head[-1]
    many = is_plural(head) or plural(head) == head
    said = NUMBERS.get(parts.number, 0)
    if said and not many or (said and said != instances):
        raise _refuse(f"says {parts.number}, but the region holds {instances}")
    if instances == 1 and (determiners & {"all", "both"} or (determiners & {"these", "those"} and not many)):
        raise _refuse("speaks of several, but the region holds one")
    if instances > 1 or parts.number in VAGUE:
        parts.head[-1] = plural(head)


def _spoken(raw: str, parts: _Parts, instances: int, compared: bool) -> NounPhrase:
    head = parts.head[-1]
    several = is_plural(head) or bool(parts.number) or instances > 1
    adjectives = " ".join(parts.before).replace(" ,", ",")
    tail = " ".join(word for word in (*parts.head, parts.place, *parts.relation) if word)
    text = " ".join(_CAPITALS.get(word, word) for word in f"{adjectives} {tail}".split())
    number = parts.number if parts.number in NUMBERS else ""
    definite = " ".join(f"the {number} {text}".split())
    if compared:
        indefinite = ""
    elif set(parts.head) & SINGLE:
        indefinite = definite
    elif parts.number:
        indefinite = f"{VAGUE.get(parts.number, parts.number)} {text}"
    elif head in PAIRED and instances == 1:
        indefinite = f"a pair of {text}"
    elif head in MASS or (several and not is_plural(head)):
        indefinite = f"some {text}"
    else:
        indefinite = text if several else f"{article(text.lower())} {text}"
    kind = f"{' '.join(word for word in parts.before if word not in UNIQUE)} {' '.join(parts.head)}".replace(" ,", ",")
    if parts.relation[:1] == ["of"] and not compared:
        kind += f" {' '.join(parts.relation)}"
    return NounPhrase(raw, definite, indefinite, several, head, not parts.relation, kind.strip())
