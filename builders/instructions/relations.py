"""The part of a phrase after its head: prepositions, participles, and the articles that annotators leave out."""

from __future__ import annotations

from ieiw.builders.instructions.words import (
    ARTICLES,
    BODY,
    COLOURS,
    COMPOUND_PREPOSITIONS,
    DETERMINERS,
    LOOSE_ENDS,
    MASS,
    MEASURES,
    OPEN_GROUND,
    PLACES,
    PREPOSITIONS,
    PRONOUNS,
    UNIQUE,
    VAGUE,
    WORN,
    article,
    is_plural,
    plural,
    singular,
)  # fmt: skip
from ieiw.triplets.rejects import Reason, Refusal

_MOST_WORDS = 4  # of a noun phrase inside a relation, its determiner not counted
_SPORTS = frozenset(
    """
    tennis baseball soccer football frisbee basketball golf volleyball wii guitar cards music hockey polo cricket rugby chess
    pool cricket catch
    """.split()
)
_IDIOMS = frozenset(
    {
        ("in", "bed"), ("in", "line"), ("in", "flight"), ("at", "home"), ("on", "fire"), ("in", "traffic"), ("at", "bat"),
        ("in", "motion"), ("for", "sale"), ("on", "display"), ("on", "top"), ("at", "night"), ("on", "end"), ("in", "half"),
    }
)  # fmt: skip
"""Said without an article."""
_OF_THE_SCENE = frozenset(
    """
    facing crossing watching entering leaving climbing touching overlooking surrounding covering supporting lining hitting
    passing approaching exiting blocking boarding near
    """.split()
)
"""Verbs whose object most often is something that is there already: ``facing the camera``, but ``eating a banana``."""
_WITHOUT_OBJECT = frozenset(
    """
    standing sitting lying laying looking going posing smiling leaning hanging sleeping talking floating grazing walking
    kneeling crouching squatting waiting staring gazing resting parking living skiing snowboarding bending
    """.split()
)
_WITH_OBJECT = frozenset(
    """
    holding wearing reaching throwing using facing watching carrying hitting touching making having getting putting showing
    catching pulling pushing cutting giving taking entering leaving covering supporting containing displaying featuring
    approaching passing feeding petting chasing grabbing kicking
    """.split()
)
"""Verbs that nobody ends a phrase with."""
_COVERED = frozenset({"covered", "made", "filled", "topped", "dressed", "surrounded", "coated", "full", "dusted"})
_PICTURES = frozenset(
    {"picture", "painting", "photo", "photograph", "drawing", "statue", "image", "sculpture", "figurine"}
)
_PHOTOGRAPHS = frozenset({"picture", "photo", "photograph", "image"})
_PARTICIPLES = frozenset(
    {"made", "seen", "shown", "worn", "held", "cut", "hung", "built", "drawn", "bent", "laid", "lit", "torn"}
)
_NOT_PARTICIPLES = frozenset("sled shed seed weed reed need feed moped bobsled speed seaweed breed steed ahead".split())
_DEGREES = frozenset({"nearest", "furthest", "closest", "farthest", "full"})
_SIDES = frozenset(
    {"left", "right", "middle", "center", "centre", "top", "bottom", "front", "back", "far", "upper", "lower"}
)
_ENDS = frozenset({"front", "back", "top", "bottom"})
"""Those of them that things have as parts (``front wheel``)."""
_AFTER_SIDE = PLACES | {"hand", "half", "part", "shelf", "row", "most"}
_ADJACENT = frozenset(
    {("from", "behind"), ("out", "of"), ("up", "on"), ("up", "to"), ("up", "against"), ("down", "on"), ("up", "in")}
)


def is_compound(words: list[str], at: int) -> bool:
    """Whether a preposition of several words (``next to``) begins here."""
    return any(tuple(words[at : at + len(compound)]) == compound for compound in COMPOUND_PREPOSITIONS)


def is_participle(word: str) -> bool:
    """Whether a word after the head can begin a relation as a past participle (``parked on``, ``made of``)."""
    return (word.endswith("ed") and len(word) > 3 and word not in _NOT_PARTICIPLES) or word in _PARTICIPLES


def check_end(words: list[str]) -> None:
    """Refuse relations that break off.

    Raises:
        Refusal: ``phrase_unusable``.
    """
    loose = LOOSE_ENDS | _WITH_OBJECT | DETERMINERS | {"and", ","}
    if words and (words[-1] in loose or words[-1].endswith("'s")):
        raise _refuse(f"breaks off after {words[-1]!r}")


def mend(words: list[str], head: str) -> list[str]:
    """Relations with the articles a person would say: ``on top of tree`` -> ``on top of the tree``.

    Args:
        words: everything after the head, relative clause excluded.
        head: singular of the phrase's head; ``picture of dog`` takes ``a``.

    Raises:
        Refusal: ``phrase_unusable``: relations that cannot be read.
    """
    check_end(words)
    mended: list[str] = []
    at = 0
    while at < len(words):
        at, lead = _lead(words, at)
        end = at
        while end < len(words) and not _leads(words, end, at):
            end += 1
        if lead[-1:] and lead[-1] in PREPOSITIONS and end == at:
            raise _refuse(f"{' '.join(lead)!r} leads nowhere")
        holder = singular(mended[-1]) if mended and lead[0] in PREPOSITIONS else head
        mended += lead + _noun_phrases(words[at:end], lead, holder)
        at = end
    return mended


def mend_clause(words: list[str]) -> list[str]:
    """A relative clause (``that is under railing``), its articles mended likewise.

    Raises:
        Refusal: ``phrase_unusable``: it breaks off, or cannot be read.
    """
    verb, rest = words[1], words[2:]
    if verb in {"is", "are"} and (len(rest) == 1 or set(rest) <= COLOURS | {"and", ","}):
        check_end(rest)
        return words
    if verb in {"has", "have"}:
        return [*words[:2], *mend(["with", *rest], "")[1:]]
    return [*words[:2], *mend(rest, "")]


def _refuse(detail: str) -> Refusal:
    return Refusal(Reason.PHRASE_UNUSABLE, detail)


def _leads(words: list[str], at: int, start: int) -> bool:
    """Whether a preposition or participle begins here; ``standing`` may also follow ``and``."""
    word = words[at]
    if word == "and" and at + 1 < len(words) and words[at + 1].endswith("ing"):
        return True
    if word in PREPOSITIONS or is_compound(words, at) or word in _DEGREES:
        return True
    follows_noun = at > start and words[at - 1] not in DETERMINERS | COLOURS | {"and"}
    return follows_noun and (word.endswith("ing") or is_participle(word))


def _lead(words: list[str], at: int) -> tuple[int, list[str]]:
    """The words that open a relation: a (compound) preposition, or a participle and perhaps a preposition."""
    lead: list[str] = []
    if words[at] == "and":
        lead.append("and")
        at += 1
    if words[at].endswith("ing") or is_participle(words[at]) or words[at] in _DEGREES:
        lead.append(words[at])
        at += 1
    for compound in COMPOUND_PREPOSITIONS:
        if tuple(words[at : at + len(compound)]) == compound:
            return at + len(compound), [*lead, *compound]
    if at < len(words) and words[at] in PREPOSITIONS:
        lead.append(words[at])
        at += 1
        if at < len(words) and words[at] in PREPOSITIONS:
            if (words[at - 1], words[at]) not in _ADJACENT:
                raise _refuse(f"cannot read {words[at - 1]} {words[at]}")
            lead.append(words[at])
            at += 1
    if not lead:
        raise _refuse(f"cannot read {words[at]!r} after the head")
    return at, lead


def _noun_phrases(words: list[str], lead: list[str], head: str) -> list[str]:
    """One or several noun phrases, joined by and, each with its article."""
    if not words:
        return []
    if all(word in COLOURS | {"and", ","} for word in words):  # in red, in black and white
        return words
    verb = lead[-1]
    if verb not in PREPOSITIONS | _DEGREES | {"to"} and (verb in _WITHOUT_OBJECT or not verb.endswith("ing")):
        raise _refuse(f"cannot read {verb} {words[0]}")
    mended: list[str] = []
    for piece, joint in _pieces(words):
        dressed = lead == ["in"] and bool(mended)  # in a suit and tie
        mended += (piece if dressed and _is_worn(piece[-1]) else _with_article(piece, lead, head)) + joint
    return mended


def _is_worn(word: str) -> bool:
    return word in WORN or singular(word) in WORN


def _pieces(words: list[str]) -> list[tuple[list[str], list[str]]]:
    """Cut at ``and`` between noun phrases, not between adjectives (``blue and white sign``)."""
    pieces: list[tuple[list[str], list[str]]] = []
    piece: list[str] = []
    for at, word in enumerate(words):
        adjectives = at > 0 and words[at - 1] in COLOURS and at + 1 < len(words) and words[at + 1] in COLOURS
        if word in {"and", ","} and not adjectives:
            if not piece:
                raise _refuse("cannot read and")
            pieces.append((piece, [word]))
            piece = []
        else:
            piece.append(word)
    if not piece:
        raise _refuse("breaks off after and")
    return [*pieces, (piece, [])]


def _with_article(words: list[str], lead: list[str], head: str) -> list[str]:
    """A noun phrase inside a relation, with the article that annotators leave out."""
    content = words[1:] if words[0] in DETERMINERS else words
    _check_noun_phrase(content)
    last, opening = content[-1], lead[-1]
    if opening == "in" and ((last in _PHOTOGRAPHS and len(content) > 1) or content == ["side"]):
        raise _refuse(f"cannot read in {' '.join(content)}")  # one picture of a collage; "in the side of the plate"
    if words[0] in {"a", "an"}:
        return content if is_plural(last) and content[0] not in VAGUE else [article(content[0]), *content]
    if words[0] in DETERMINERS or words[0].endswith("'s") or is_plural(last) or last in COLOURS or plural(last) == last:
        return ["the", *words] if words == content and _is_there(last, lead) else words
    if content[0] in PRONOUNS - {"other", "each"} or (len(content) == 1 and (opening, last) in _IDIOMS):
        return words
    if opening == "playing" and last in _SPORTS:
        return words
    if set(content) & UNIQUE:
        return ["the", *words]
    if lead == ["of"] and head in MEASURES | {"half"}:
        return words
    owned = opening in {"with", "without"} or (opening not in PREPOSITIONS | _DEGREES and opening not in _OF_THE_SCENE)
    shown = lead == ["of"] and head in _PICTURES
    if owned or shown or (opening == "in" and _is_worn(last)):
        return [article(words[0]), *words]
    return ["the", *words]


def _is_there(last: str, lead: list[str]) -> bool:
    """Whether a mass is meant as part of the scene: ``in the grass``, ``on the sauce``; not ``in denim``, ``covered in snow``."""
    if last not in MASS or (lead[-1], last) in _IDIOMS or lead[0] in _COVERED or lead[-1] not in PREPOSITIONS | {"to"}:
        return False
    if lead[-1] in {"in", "into", "inside"}:
        return last in OPEN_GROUND
    return lead[-1] not in {"with", "without", "of", "for", "from", "about"}


def _check_noun_phrase(content: list[str]) -> None:
    """Refuse what is more than one noun phrase run together."""
    if not content:
        raise _refuse("breaks off after an article")
    if ARTICLES & set(content) or sum(word not in {"and", ","} for word in content) > _MOST_WORDS:
        raise _refuse(f"cannot read {' '.join(content)!r}")
    for word, following in zip(content, content[1:], strict=False):
        place_of_nothing = word in _SIDES - _ENDS and following not in _AFTER_SIDE | _SIDES
        second_begins = (word in WORN | BODY or is_plural(word)) and following in COLOURS
        if place_of_nothing or second_begins or word in {"everyone", "something", "someone"}:
            raise _refuse(f"cannot read {word} {following}")
    if content[-1] in {"front", "back"} and len(content) > 1 and not set(content[:-1]) <= _SIDES:
        raise _refuse(f"cannot read {' '.join(content)!r}")
