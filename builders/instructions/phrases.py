"""From a raw phrase of an annotator to noun phrases that fit a sentence, definite and indefinite – or a refusal.

The grammar is small and strict: (number) (adjectives) head (position) (what is worn) (relations). What it cannot read it
refuses, because an instruction that reads wrongly teaches wrongly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ieiw.builders.instructions import relations
from ieiw.builders.instructions.words import (
    ARTICLES,
    BODY,
    COLOURS,
    DETERMINERS,
    FINITE,
    MASS,
    MEASURES,
    NO_SHAPE,
    NUMBERS,
    PAIRED,
    PEOPLE,
    POINTING,
    POSITIONS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
    SCENERY,
    SINGLE,
    SURFACES,
    UNIQUE,
    UNKIND,
    VAGUE,
    WORN,
    article,
    is_known,
    is_plural,
    plural,
    singular,
)  # fmt: skip
from ieiw.triplets.rejects import Reason, Refusal

_MOST_WORDS = 18
_DIGITS = {str(value): word for word, value in NUMBERS.items()}
_DRINKING = frozenset(
    {"wine", "drinking", "shot", "water", "beer", "martini", "champagne", "cocktail", "magnifying", "juice", "hour"}
)
_DEGREES = frozenset({"furthest", "farthest", "closest", "nearest", "next", "close"})
_ENDS = frozenset({"front", "back", "top", "bottom"})
"""Of a thing these name a part or a place in a row (``front wheel``, ``top shelf``); of a person, where they are."""
_IN_ORDER = frozenset({"next"})  # says which one, not what
_VIEWER = frozenset({"my", "our", "your", "whose", "i"})
_MENDED = (
    (r"[’`]", "'"),
    (r"\s*'\s*s\b", "'s"),
    (r"\bit's(?=\s+[a-z])", "its"),
    (r"\s+-\s*|-\s+", "-"),
    (r"\bt[\s-]shirt", "t-shirt"),
    (r"\bbutton[\s-](up|down)\s+shirt", r"button-\1 shirt"),
    (r"\b(to|at|from|towards?) (?:us|me|you)$", r"\1 the camera"),
    (r"\b(right|left|top|bottom|upper|front)[\s-]most\b", r"\1most"),
    (r'[".!?;:()]', " "),
    (",", " , "),
)
"""Patterns of slips and of tokenised marks, and what stands in their place; applied in this order."""
_CANS = frozenset(
    {"trash", "garbage", "soda", "tin", "beer", "watering", "coke", "paint", "spray", "metal", "aluminum"}
)
"""Before ``can``, these make it a thing, not a verb."""


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A phrase in the two forms that templates need.

    Attributes:
        raw: as the annotator wrote it.
        definite: after "remove": ``the blue bird on top of the tree``, ``the chairs``.
        indefinite: after "add": ``a blue bird on top of the tree``, ``chairs``; ``the`` stays with ``leftmost`` and its like,
            as in ``add the leftmost chair``.
        several: whether it means more than one thing.
        head: the noun it is about, as it stands in the phrase.
    """

    raw: str
    definite: str
    indefinite: str
    several: bool
    head: str = ""


@dataclass(slots=True)
class _Parts:
    """A phrase taken apart."""

    number: str = ""
    vague: str = ""
    before: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    position: str = ""
    worn: str = ""
    after: list[str] = field(default_factory=list)


def noun_phrase(phrase: str, *, name: str = "", instances: int = 1, keep_parts: bool = False) -> NounPhrase:
    """Read an annotator's phrase.

    Args:
        phrase: such as ``blue bird on top of tree``; articles, tokenised punctuation and telegraphic positions are mended.
        name: the noun that the data set itself names as the phrase's head, or empty.
        instances: how many things the region holds; several make a singular head plural.
        keep_parts: whether parts of persons, what they wear, and the sky and the ground may be the head.

    Raises:
        Refusal: ``phrase_unusable``, with what could not be read.
    """
    parts = _Parts()
    words = _without_copula(_without_number(_words(phrase), parts))
    for at in range(len(words)):
        _check_word(words, at)
    clause_at = next((at for at, word in enumerate(words) if at > 0 and word in RELATIVES), len(words))
    core, clause = words[:clause_at], words[clause_at:]  # that is under the railing
    if clause:
        if len(clause) < 3 or clause[1] not in {"is", "are", "has", "have"}:
            raise _refuse(f"cannot read {' '.join(clause)!r}")
        clause = relations.mend_clause(clause)
    core, rest = _split_relations(core, name)
    _read_core(core, rest, _name_words(name), parts)
    parts.after = relations.mend(rest, singular(parts.head[-1])) + clause
    _check_head(parts, keep_parts)
    _settle_number(parts, instances)
    return _spoken(phrase, parts, instances)


def _refuse(detail: str) -> Refusal:
    return Refusal(Reason.PHRASE_UNUSABLE, detail)


def _words(phrase: str) -> list[str]:
    """Lower-case words and commas."""
    text = phrase.lower()
    for pattern, mended in _MENDED:
        text = re.sub(pattern, mended, text)
    words = text.split()
    while words and words[-1] in {",", "and"}:
        words.pop()
    if not words:
        raise _refuse("no words")
    if len(words) > _MOST_WORDS:
        raise _refuse(f"{len(words)} words")
    return words


def _without_number(words: list[str], parts: _Parts) -> list[str]:
    """Take articles and numbers off the front; the number goes into the parts."""
    while words and words[0] in ARTICLES | POINTING and len(words) > 1:
        words = words[1:]
        if words[0] == "of" and len(words) > 2:
            words = words[1:]
    words = [_DIGITS.get(words[0], words[0]), *words[1:]]
    if words[0] in POSSESSIVES:
        raise _refuse(f"whose is {words[0]!r}?")
    if words[0] in NUMBERS and len(words) > 1:
        parts.number, words = words[0], words[1:]
    elif words[0] in VAGUE and len(words) > 1:
        parts.vague, words = VAGUE[words[0]], words[1:]
    return words


def _without_copula(words: list[str]) -> list[str]:
    """``car is parked beside the road`` -> ``car parked beside the road``; a copula after that, which or who may stay."""
    for at, word in enumerate(words[:-1]):
        if word in {"is", "are"} and at > 0 and words[at - 1] not in RELATIVES and not set(words[:at]) & RELATIVES:
            following = words[at + 1]
            if following.endswith(("ing", "ed")) or following in PREPOSITIONS | {"shown", "seen", "worn", "held"}:
                return words[:at] + words[at + 1 :]
    return words


def _check_word(words: list[str], at: int) -> None:
    """Refuse what no noun phrase holds, and what is not a word."""
    word, before, following = words[at], words[max(0, at - 1) : at], words[at + 1 : at + 2]
    if word == ",":
        if not before:
            raise _refuse("a comma before the first word")
        return
    if not re.fullmatch(r"[a-zà-ÿ]([a-zà-ÿ'-]*[a-zà-ÿ'])?", word):
        raise _refuse(f"{word!r} is not a word")
    if word in UNKIND:
        raise _refuse(f"unkind: {word!r}")
    if word in _VIEWER:
        raise _refuse(f"whose is {word!r}?")
    if word == "can" and not set(before) & _CANS and following not in ([], ["of"]):
        raise _refuse("'can' makes it a sentence")
    if following and {word, *following} <= ARTICLES | {"some"}:
        raise _refuse(f"'{word} {following[0]}' begins a thing twice")
    if word in FINITE and not (word in {"is", "are", "has", "have"} and set(before) & RELATIVES):
        raise _refuse(f"{word!r} makes it a sentence or chat")
    if word not in FINITE and not is_known(word):
        raise _refuse(f"unknown word {word!r}")


def _name_words(name: str) -> list[str]:
    """The words of the noun that the data set names, without what follows it (``glass of water``)."""
    words = re.sub(r"[^a-zà-ÿ' -]", " ", name.lower()).split()
    end = next((at for at, word in enumerate(words) if at > 0 and word in PREPOSITIONS), len(words))
    if "and" in words[:end]:
        raise _refuse(f"{name!r} is more than one thing")
    return words[:end]


def _split_relations(words: list[str], name: str) -> tuple[list[str], list[str]]:
    """The words up to the first relation, and the relations."""
    head = {singular(word) for word in _name_words(name)[-1:]} | PEOPLE
    for at, word in enumerate(words):
        adjective = words[at - 1] in COLOURS and bool(set(map(singular, words[at + 1 : at + 2])) & head)
        after_head = at > 0 and singular(words[at - 1]) in head and not adjective  # orange striped oranges
        if at > 0 and (word in PREPOSITIONS or relations.is_compound(words, at) or word == "nearest"):
            return words[:at], words[at:]
        if after_head and (word.endswith("ing") or relations.is_participle(word)):
            return words[:at], words[at:]
    return words, []


def _read_core(core: list[str], rest: list[str], name: list[str], parts: _Parts) -> None:
    """Sort adjectives, head, position and worn things out of the words before the first relation."""
    at, size = _find_head(core, rest, name)
    before, parts.head, extra = core[:at], core[at : at + size], core[at + size :]
    if extra and rest and (extra[-1] in _DEGREES or (extra[-1] == "full" and rest[0] == "of")):
        rest[:0] = [extra.pop()]
    for length in (len(extra), 2, 1):
        position = " ".join(extra[:length])
        if position in POSITIONS:
            parts.position, extra = POSITIONS[position], extra[length:]
            break
    if extra:  # red shirt straight after a person becomes: in a red shirt
        worn = [word for word in extra if word in WORN or singular(word) in WORN]
        text = " ".join(extra)
        if worn != extra[-1:] or len(extra) > 3 or set(extra) & (BODY | {"and", ","}):
            raise _refuse(f"cannot read {text!r} after the head")
        parts.worn = f"in {text}" if is_plural(extra[-1]) else f"in {article(text)} {text}"
    parts.before = _adjectives(before, parts)


def _find_head(core: list[str], rest: list[str], name: list[str]) -> tuple[int, int]:
    """Where the head stands, and how many words it has."""
    stems = [_stem(word) for word in name]
    if stems:
        alike = [_stem(word) for word in core]
        places = [at for at in range(len(core)) if alike[at : at + len(stems)] == stems]
        if places:
            return places[-1], len(stems)
    without_position = [at for at, word in enumerate(core) if word not in POSITIONS]
    if not without_position:
        raise _refuse("names no object")
    at = without_position[-1]
    measures = singular(core[at]) in MEASURES and rest[:1] == ["of"] and stems[-1:] == [_stem(rest[-1])]
    if name and singular(core[at]) not in PEOPLE and not measures:
        raise _refuse(f"does not name the {' '.join(name)} it is about")
    return at, 1


def _stem(noun: str) -> str:
    """For comparison only: here glasses are several glasses."""
    return "glass" if noun == "glasses" else singular(noun)


def _adjectives(before: list[str], parts: _Parts) -> list[str]:
    """The words before the head, with a leading position said after it instead (``top right guy``)."""
    for length in (2, 1):
        position = " ".join(before[:length])
        part = position in _ENDS and not set(parts.head) & PEOPLE
        if len(before) >= length and position in POSITIONS and not part:
            if parts.position:
                raise _refuse("two positions")
            parts.position, before = POSITIONS[position], before[length:]
            break
    for at, word in enumerate(before):
        joins = word in {"and", ","} and 0 < at < len(before) - 1
        if not joins and word in {"and", ","} | PREPOSITIONS | ARTICLES | PEOPLE | (PRONOUNS - {"other", "one"}):
            raise _refuse(f"cannot read {' '.join(before)!r} before {' '.join(parts.head)!r}")
    return before


def _check_head(parts: _Parts, keep_parts: bool) -> None:
    head = singular(parts.head[-1])
    colour = head in COLOURS and head not in {"orange", "violet", "light"}
    shapeless = NO_SHAPE - SCENERY if keep_parts else NO_SHAPE
    bare = head in shapeless | PREPOSITIONS | PRONOUNS | DETERMINERS | _IN_ORDER or head in POSITIONS
    if bare or colour:
        raise _refuse(f"{head!r} names no object")
    glass = head in {"glass", "glasses"} and (parts.head[-1] != "glasses" or set(parts.before + parts.head) & _DRINKING)
    laid_off = head in WORN and set(parts.after) & SURFACES and not set(map(singular, parts.after)) & (PEOPLE | BODY)
    if head in WORN | BODY and not glass and not laid_off and not keep_parts:
        raise _refuse(f"{head!r} is part of a person or animal, or worn: its region cannot be told from theirs")


def _settle_number(parts: _Parts, instances: int) -> None:
    """Bring the phrase's own number and the region's together.

    Raises:
        Refusal: they contradict each other.
    """
    head = parts.head[-1]
    counted = is_plural(head) or plural(head) == head or instances > 1
    if parts.number and not counted:  # two story building: not a count
        parts.before.insert(0, parts.number)
        parts.number = ""
    if parts.number and instances > 1 and NUMBERS[parts.number] != instances:
        raise _refuse(f"says {parts.number}, but the region holds {instances}")
    if instances > 1 or parts.vague:
        parts.head[-1] = plural(head)


def _spoken(raw: str, parts: _Parts, instances: int) -> NounPhrase:
    head = parts.head[-1]
    several = is_plural(head) or bool(parts.number) or instances > 1
    words = [*parts.head, parts.position, parts.worn, *parts.after]
    tail = " ".join(word for word in words if word).replace(" ,", ",")
    adjectives = " ".join(parts.before).replace(" ,", ",")
    text = f"{adjectives} {tail}".strip()
    definite = f"the {parts.number} {text}".replace("  ", " ")
    unique = (set(parts.before) & (UNIQUE | _ENDS)) | (set(parts.after[:1]) & UNIQUE) | (set(parts.head) & SINGLE)
    if unique and not several or set(parts.before) & UNIQUE:
        indefinite = definite.replace("the entire ", "the ").replace("the whole ", "the ")
    elif parts.number or parts.vague:
        indefinite = f"{parts.number or parts.vague} {text}"
    elif head in PAIRED and instances == 1:
        indefinite = f"a pair of {text}"
    elif head in MASS or (several and not is_plural(head)):
        indefinite = f"some {text}"
    else:
        indefinite = text if several else f"{article(text)} {text}"
    return NounPhrase(raw, definite, indefinite, several, head)
