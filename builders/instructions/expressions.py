"""Referring expressions: telegraphic, misspelt, sometimes unkind; as noun phrases where they can be read as such, else quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from builders.instructions.naming import means_any, words_of
from builders.instructions.phrases import NounPhrase, noun_phrase
from builders.instructions.words import BODY, FINITE, UNIQUE, UNKIND, WORN, is_known, singular
from triplets.reasons import Refusal

_MOST_WORDS = 12
"""Longer expressions are often whole sentences; they are quoted."""
_NO_HEAD = frozenset(
    """
    far near close dotted striped checkered spotted only other one bald old young tall short big small large little tiny long
    skinny blond standing sitting nearest front polka plaid camo stripes striped dots
    """.split()
)
"""What the reader of noun phrases takes for a noun, but is none."""
_MOST_WORN_WORDS = 4
_MOST_SCRAP_WORDS = 2
_LIMBS = frozenset("hand arm leg foot finger thumb knee elbow paw wrist ankle".split())
"""Where an expression is about one, often nothing else of the person is in the picture."""
_UNKIND = UNKIND | frozenset(
    "nasty fatso fatass ugliest retard retarded whore slut bitch bastard idiot gross pervert sexy dumb douche bimbo".split()
)
_SLIPS = frozenset(
    """
    parson warring wating infront inback ladys theyre thier gras siting stnading sitiing wearning peson persn womens mens nan
    lefft rigth rihgt tehre wih wiht fornt froont botom bottm midle zeebra girraffe elefant giraff whit guyon
    """.split()
)
"""Slips of the finger that make another word, or that the web makes so often that its vocabulary knows them."""
_CHAT = frozenset(
    """
    lol lmao haha sorry oops wow awesome yep yup nope okay ok submit thanks click hi hello dunno idk hint guess whatever please
    maybe again got your my i'm i ur u n b w r pm
    """.split()
)
"""What players say to each other."""
_SHORTEST = 2
_MARK = re.compile(r"\s+([,.;:!?])")
_APOSTROPHE = re.compile(r"\s+'\s*(s|t|re|ve|ll|d|m)\b")


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
        return bool(_UNKIND & set(words_of(self.raw)))

    @property
    def slip(self) -> str:
        """The first word that no dictionary knows or that belongs to chat; empty where there is none."""
        return next((word for word in words_of(self.raw) if not _is_word(word)), "")

    @property
    def plain(self) -> str:
        """The raw text with its marks where a writer puts them; tokenisers set them apart."""
        return _MARK.sub(r"\1", _APOSTROPHE.sub(r"'\1", self.raw)).replace('"', "")


def _is_word(word: str) -> bool:
    if word in _CHAT | _SLIPS:
        return False
    if word[0].isdigit() or word in {"'s", ","} or word in FINITE:
        return not word.endswith(("pm", "am")) or not word[0].isdigit()
    return is_known(word) or len(word) < _SHORTEST


def read_expression(text: str, name: str, targets: int, category: str = "") -> Expression:
    """An expression, mended where it is a noun phrase; what cannot be read as one is quoted as it stands.

    Args:
        text: as the annotator wrote it.
        name: the noun that the data set names as its head, or empty.
        targets: how many things it means.
        category: what the data set says they are, or empty.
    """
    if len(text.split()) > _MOST_WORDS and not name:
        return Expression(text, "")
    try:
        # Of several targets an expression speaks by itself ("two men"); only PhraseCut's bare nouns need their plural.
        phrase = noun_phrase(text, name=name, instances=targets if name else 1, keep_parts=True)
    except Refusal:
        return Expression(text, "")
    alone = targets <= 1 or bool(name) or phrase.several
    if not alone or phrase.head in _NO_HEAD | UNIQUE:
        return Expression(text, "")
    return Expression(text, phrase.definite if name else _of_whom(phrase, category))


def _of_whom(phrase: NounPhrase, category: str) -> str:
    """A definite noun phrase; where it names what a person wears, and the person is meant, that is said; empty where unsure."""
    head, words = singular(phrase.head), phrase.raw.split()
    if category != "person" or head in _LIMBS or head not in WORN | BODY:
        return phrase.definite
    if len(words) > _MOST_WORN_WORDS or any(word.endswith("ing") for word in words):
        return ""
    return f"the person {'in' if head in WORN else 'with'} {phrase.definite}"


def without_scraps(expressions: list[Expression], classes: Sequence[str] = ()) -> list[Expression]:
    """Without scraps and bare nouns (``guy``), which may fit others too, if better is there.

    Scraps are quoted: of two words at most, or, where the region's ``classes`` are known, without a noun that means them
    (``red shirt picking nose``).
    """

    def is_clear(expression: Expression) -> bool:
        words = words_of(expression.raw)
        if expression.spoken:
            return len(words) > 1
        return len(words) > _MOST_SCRAP_WORDS and (not classes or means_any(words, classes))

    return [expression for expression in expressions if is_clear(expression)] or expressions
