"""The words of a phrase, put into units (``next to``, ``on the left``, ``cell phone``), and what kind each is, as one letter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import product

from ieiw.builders.instructions.coco_nouns import CLASS_OF
from ieiw.builders.instructions.words import (
    ARTICLES,
    BODY,
    COLOURS,
    MASS,
    NUMBERS,
    PEOPLE,
    POSITIONS,
    PREPOSITIONS,
    PRONOUNS,
    SURFACES,
    UNIQUE,
    UNKIND,
    VAGUE,
    WORN,
    is_known,
    is_plural,
    singular,
    tags,
)  # fmt: skip
from ieiw.triplets.rejects import Reason, Refusal

_MOST_WORDS = 18
_DIGITS = {str(value): word for word, value in NUMBERS.items()}
_MENDED = (
    (r"[’`]", "'"),
    (r"\s*'\s*s\b", "'s"),
    (r"\s+-\s*|-\s+", "-"),
    (r"\bt[\s-]shirt", "t-shirt"),
    (r"\bbutton[\s-](up|down)\s+shirt", r"button-\1 shirt"),
    (r"\b(to|at|from|towards?) (?:us|me|you)$", r"\1 the camera"),
    (r"\b(right|left|top|bottom|upper|front)[\s-]most\b", r"\1most"),
    (r'[".!?;:()]', " "),
    (",", " , "),
)
"""Patterns of slips and of tokenised marks, and what stands in their place; applied in this order."""
_ENDS = frozenset({"front", "back", "top", "bottom"})
"""Of a thing these name a part or a place in a row (``front wheel``, ``top shelf``); of a person, where they are."""
_DETERMINERS = ARTICLES | {"this", "that", "these", "those", "all", "both", "some"}
_LEADING = frozenset(
    """
    in on at with without behind under underneath beneath below above over by near beside between against inside outside across
    along around atop of
    """.split()
)
_COMPOUND = {
    **{
        phrase: phrase
        for phrase in ("next to", "close to", "in front of", "on top of", "to the left of", "to the right of")
    },
    **{"to left of": "to the left of", "to right of": "to the right of", "left of": "to the left of"},
    "right of": "to the right of",
    "full of": "full of",
}
_NEAREST = ("closest to", "nearest to", "farthest from", "furthest from")
_IDIOMS = """
in bed|in line|in flight|on fire|in traffic|at bat|in motion|for sale|on display|at night|in half|in bloom|in mid air
""".strip().split("|")
_SPORTS = ("tennis", "baseball", "soccer", "football", "frisbee", "basketball", "golf", "volleyball", "wii", "cricket")
_POSTURES = frozenset(
    """
    standing sitting lying sleeping walking kneeling crouching squatting resting hanging floating grazing flying posing smiling
    swimming running jumping surfing skiing skateboarding snowboarding
    """.split()
)
_DIRECTED = frozenset({"looking", "leaning"})
"""Nobody ends a phrase with these."""
ACTIONS = frozenset("holding wearing carrying riding eating swinging pulling pushing".split())
_TOWARDS = frozenset({"facing", "crossing"})
ARTICLE_NEEDED = frozenset(["covered", "made", "filled", "topped", "full of"])
"""What these take has no article, or brings its own."""
_DONE = ARTICLE_NEEDED - {"full of"} | frozenset("parked seated perched mounted surrounded".split())
_BOTH = frozenset(
    """
    orange glass metal plastic wood brick stone leather denim paper concrete baby toy police baseball tennis soccer football hockey
    ski polo chocolate cardboard straw
    """.split()
)
"""Nouns that stand before other nouns as adjectives do."""
_ADJECTIVES = frozenset(
    """

    left-handed half-eaten colored coloured striped checkered checked spotted patterned plaid stuffed folded sliced closed open
    bearded barefoot shirtless potted framed painted lit unlit wooden bald
    """.split()
)
_THINGS = frozenset(
    """

    tree bush flower branch rock stone hill mountain beach ocean river lake pond pool field fence gate pole post building house
    barn church tower bridge window door doorway roof curb road path driveway track railing ramp porch balcony tent camera
    mirror lamp pillow blanket curtain towel basket box bag bucket tray napkin candle cabinet drawer dresser nightstand stand
    cart wagon stroller wheelchair ladder sign net fireplace microphone guitar leash saddle jar pot pan mug glass ledge trailer
    container pillar sky wave dock carriage
    """.split()
)
_CERTAIN = (
    {noun for noun in CLASS_OF if not is_plural(noun)} | PEOPLE - {"people"} | SURFACES | _THINGS
) - {"meter", "remote", "bat", "baseball", "van", "ram", "ski", "skis"} | {"bat", "van"}  # fmt: skip
"""Countable things for which ``a`` or ``the`` is certain where annotators left it out."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One or more words and their kind.

    Kinds: ``D`` determiner, ``#`` number, ``v`` vague number, ``c`` colour, ``j`` adjective, ``u`` adjective that compares, ``o``
    adjective or noun; ``H`` the named head, ``k`` countable thing, ``w`` part of the body or worn, ``n`` other singular noun, ``s``
    plural, ``m`` mass; ``p`` preposition, ``P`` one that compares, ``L`` place in the picture, ``U`` place in a row, ``A`` idiom;
    ``g`` posture, ``l`` posture with a direction,
    ``d`` past participle, ``G`` action, ``F`` action towards something; ``b`` is or are; ``&`` and, ``,``; ``x`` anything else.
    """

    text: str
    kind: str


def units(phrase: str, name: str) -> list[Unit]:
    """The units of a phrase; ``name`` is the noun that the data set names as its head, or empty.

    Raises:
        Refusal: ``phrase_unusable``: no words or too many, or one that is no known word, or not fit to be said.
    """
    words = _words(phrase)
    for word in words:
        _check_word(word)
    kinds = [_listed(word) for word in words]
    if "" in kinds:
        kinds = [kind or _tagged(word, tag) for kind, word, tag in zip(kinds, words, tags(tuple(words)), strict=True)]
    head_at, size = _head(words, name)
    found: list[Unit] = []
    at = 0
    while at < len(words):
        if at == head_at:
            found.append(Unit(" ".join(words[at : at + size]), "H"))
            at += size
            continue
        length, unit = _joined(words, at, head_at)
        kind = kinds[at]
        if kind in "xgld" and at < head_at and words[at].endswith(("ed", "ing", "en")):
            kind = "j"  # before a noun that the data set names: parked car
        found.append(unit or Unit(_DIGITS.get(words[at], words[at]), kind))
        at += length
    return found


def _words(phrase: str) -> list[str]:
    """Lower-case words and commas."""
    text = phrase.lower()
    for pattern, mended in _MENDED:
        text = re.sub(pattern, mended, text)
    words = text.split()
    if not words:
        raise _refuse("no words")
    if len(words) > _MOST_WORDS:
        raise _refuse(f"{len(words)} words")
    return words


def _refuse(detail: str) -> Refusal:
    return Refusal(Reason.PHRASE_UNUSABLE, detail)


def _check_word(word: str) -> None:
    """Refuse what is not a word, and what is not fit to be said."""
    if word == "," or word in _DIGITS:
        return
    if not re.fullmatch(r"[a-zà-ÿ]([a-zà-ÿ'-]*[a-zà-ÿ'])?", word):
        raise _refuse(f"{word!r} is not a word")
    if word in UNKIND:
        raise _refuse(f"unkind: {word!r}")
    if not is_known(word):
        raise _refuse(f"unknown word {word!r}")


def _head(words: list[str], name: str) -> tuple[int, int]:
    """Where the named noun stands, and how many words it has; (-1, 0) where it does not."""
    if "and" in name.split():
        raise _refuse(f"{name!r} is more than one thing")
    stems = [_stem(word) for word in re.sub(r"[^a-zà-ÿ' -]", " ", name.lower()).split()]
    if ARTICLES & set(stems):
        return -1, 0
    end = next((at for at, word in enumerate(words) if at and word in PREPOSITIONS), len(words))
    alike = [_stem(word) for word in words[: end if not set(stems) & PREPOSITIONS else len(words)]]
    places = [at for at in range(len(alike)) if stems and alike[at : at + len(stems)] == stems]
    return (places[-1], len(stems)) if places else (-1, 0)


def _stem(noun: str) -> str:
    """For comparison only: here glasses are several glasses."""
    return "glass" if noun == "glasses" else singular(noun)


@cache
def _table() -> dict[tuple[str, ...], Unit]:
    """Units of more than one word, and places of one."""
    found = {phrase: Unit(said, "p") for phrase, said in _COMPOUND.items()}
    found |= {
        f"{all_of} the": Unit(all_of.split()[0], "D") for all_of in ("all", "all of", "both", "both of", "some of")
    }
    found |= {phrase: Unit(phrase, "P") for phrase in _NEAREST}
    found |= {phrase: Unit(phrase, "A") for phrase in (*_IDIOMS, *(f"playing {sport}" for sport in _SPORTS))}
    for short, said in POSITIONS.items():
        preposition = said.split()[0]
        side = short.split()[-1] in {"left", "right"}
        ways = {short: said, said: said, f"{preposition} {short}": said}
        if side and len(short.split()) == 2 and not short.startswith("far"):
            ways |= {f"{way} corner": f"in the {short} corner" for way in (short, f"in {short}", f"in the {short}")}
        if short in {"left", "right", "far left", "far right"}:
            ways |= {f"to {short}": f"to the {short}", f"to the {short}": f"to the {short}"}
            ways |= {f"on {short} side": f"on the {short} side", f"on the {short} side": f"on the {short} side"}
        if short in {"front", "back"}:
            ways |= {f"at {short}": f"at the {short}", f"at the {short}": f"at the {short}"}
            ways |= {f"in {short}": f"in {short}" if short == "front" else "in the back"}
        if short in {"top", "bottom"}:
            ways |= {f"on the {short}": f"on the {short}", "on bottom": "on the bottom", "on top": "on top"}
        found |= {way: Unit(text, "L") for way, text in ways.items()}
    for place in ("background", "foreground", "distance", "corner", "air"):
        found |= {way: Unit(f"in the {place}", "L") for way in (f"in {place}", f"in the {place}")}
    for order, end in product(("second", "third", "fourth"), ("left", "right")):
        row = f"{order} from the {end}"
        found |= {row: Unit(row, "U"), f"{order} from {end}": Unit(row, "U")}
    found |= {noun: Unit(noun, "k") for noun in CLASS_OF if " " in noun}
    return {tuple(phrase.split()): unit for phrase, unit in found.items()}


def _joined(words: list[str], at: int, head_at: int) -> tuple[int, Unit | None]:
    """How many words of a unit begin here, and the unit; one word of no unit gives none."""
    following = words[at + 1 : at + 2]
    if (
        words[at] in _ENDS
        and following
        and singular(following[0]) not in PEOPLE | POSITIONS.keys() | PREPOSITIONS | {","}
    ):
        return 1, Unit(words[at], "u")
    if words[at] == "top" and at and words[at - 1] in COLOURS | {"tank", "crop", "halter"}:
        return 1, Unit("top", "w")
    behind: bool = at > 0 and words[at - 1] not in PREPOSITIONS | _DETERMINERS | POSITIONS.keys()
    if words[at] in _ENDS and behind and (not following or following[0] not in POSITIONS):
        return 1, Unit(words[at], "x")  # chair back, stove top
    for length in (5, 4, 3, 2, 1):
        holds_head = at < head_at < at + length
        if at + length <= len(words) and not holds_head and (unit := _table().get(tuple(words[at : at + length]))):
            return length, unit
    return 1, None


_BY_LIST: tuple[tuple[str, frozenset[str] | set[str]], ...] = (
    ("D", _DETERMINERS),
    ("#", frozenset(NUMBERS) | frozenset(_DIGITS)),
    ("v", frozenset(VAGUE)),
    ("o", _BOTH),
    ("c", COLOURS),
    ("u", UNIQUE),
    ("p", _LEADING),
    ("b", {"is", "are"}),
    ("&", {"and"}),
    (",", {","}),
    ("x", PREPOSITIONS | PRONOUNS | {"can"}),
    ("j", _ADJECTIVES),
    ("g", _POSTURES),
    ("l", _DIRECTED),
    ("d", _DONE),
    ("G", ACTIONS),
    ("F", _TOWARDS),
    ("m", MASS),
)


@cache
def _listed(word: str) -> str:
    """The kind of a word that a list holds; empty for others."""
    for kind, listed in _BY_LIST:
        if word in listed:
            return kind
    one = singular(word)
    if one in WORN | BODY or word in WORN:
        return "s" if is_plural(word) else "w"
    if word in _CERTAIN:
        return "k"
    return "s" if one in _CERTAIN else "u" if word.endswith("most") else ""


def _tagged(word: str, tag: str) -> str:
    """The kind of another word by its part of speech in this company."""
    if tag in {"AJC", "AJS"}:
        return "u"
    if tag == "AJ0" or (word.endswith("'s") and word[:-2] not in PRONOUNS):
        return "j"
    if tag == "NN2" and is_plural(word):
        return "s"
    return "n" if tag == "NN1" and not is_plural(word) else "x"
