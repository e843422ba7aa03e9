"""Referring expressions: telegraphic, misspelt, sometimes unkind; as noun phrases where they can be read as such, else quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ieiw.builders.instructions.class_naming import means_any, names_any_thing, what_is_named, words_of
from ieiw.builders.instructions.phrases import NounPhrase, noun_phrase
from ieiw.builders.instructions.words import BODY, FINITE, UNIQUE, UNKIND, WORN, is_known, is_plural, singular
from ieiw.triplets.rejects import Refusal

_MOST_WORDS = 12
"""Longer expressions are often whole sentences; they are quoted."""
_NO_HEAD = frozenset(
    """
    far near close dotted striped checkered spotted only other one bald old young tall short big small large little tiny long
    skinny blond standing sitting nearest front polka plaid camo stripes striped dots biggest largest smallest tallest shortest
    oldest youngest first second third last whole entire
    """.split()
)
"""What the reader of noun phrases takes for a noun, but is none."""
_MOST_WORN_WORDS = 4
"""Longer phrases about what a person wears say more than that."""
_MOST_SCRAP_WORDS = 2
"""Quoted expressions of so few words (``guy right``) give way to better ones."""
LIMBS = frozenset("hand arm leg foot finger thumb knee elbow paw wrist ankle".split())
"""Where an expression is about one, often nothing else of the person is in the picture."""
_UNKIND = UNKIND | frozenset(
    "nasty fatso fatass ugliest retard retarded whore slut bitch bastard idiot gross pervert sexy dumb douche bimbo".split()
)
_SLIPS = frozenset(
    """
    parson warring infront inback ladys womens mens theyre thier gras whit cant wont dont doesnt isnt hes shes thats theres youre
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
_WITH = re.compile(r"(?<!\S)w(?:/\s*|\s+)(?=\w)")
_CLOCK = re.compile(r"\b(?:at )?(\d\d?) o ?'? ?clock\b")
_COLLAGE = re.compile(r"\b(left|right|top|bottom|first|second|middle|other)([ -]hand)? (picture|pic|photo|image)\b")
"""Annotators of a collage speak of its parts as pictures."""
_MADE = frozenset({"'s", ",", "frontmost"})
"""What :func:`ieiw.builders.instructions.class_naming.words_of` gives that no dictionary has."""
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
        """The first words that no dictionary knows, that belong to chat or that speak of one picture of several; or empty."""
        if collage := _COLLAGE.search(self.raw.lower()):
            return collage[0]
        for word in words_of(_in_full(self.raw)):
            known = word in _MADE or word in FINITE or is_known(word) or len(word) == 1
            if word[0].isdigit():
                known = not word.endswith(("am", "pm"))  # the clock of a chat
            if word in _CHAT or word in _SLIPS or not known:
                return word
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
    """An expression, mended where it is a noun phrase; what cannot be read as one is quoted as it stands.

    Args:
        text: as the annotator wrote it.
        name: the noun that the data set names as its head, or empty.
        targets: how many things it means.
        category: what the data set says they are, or empty.
    """
    if len(text.split()) > _MOST_WORDS and not name:
        return Expression(text, "")
    phrase = _read(_in_full(text), name, targets)
    if phrase is None or phrase.head in _NO_HEAD or not (targets <= 1 or name or phrase.several):
        return Expression(text, "")
    return Expression(text, phrase.definite if name else _with_wearer(phrase, category))


def _read(text: str, name: str, targets: int) -> NounPhrase | None:
    """The expression as a noun phrase, with the help of its first noun where it cannot be read without; or None."""
    if name:
        return _noun_phrase(text, name, targets)
    # Of several targets an expression speaks by itself ("two men"); only PhraseCut's bare nouns need their plural.
    words, named = words_of(text), what_is_named(text)
    for first, second, verb in zip(words, words[1:], words[2:], strict=False):
        if verb in {"is", "are"} and names_any_thing([first]) and names_any_thing([second]):
            return None  # what somebody does with it follows at once: horse man is riding
    phrase = _noun_phrase(text, "", 1)
    if named and (phrase is None or phrase.head in UNIQUE):
        return _noun_phrase(text, named.noun, 1)
    if phrase and targets == 1 and is_plural(phrase.head) and phrase.head in words[1:]:
        before = words[words.index(phrase.head) - 1]
        if words[0] != phrase.head and names_any_thing([before]) and not is_plural(before):
            return None  # what was read as the head may be what one thing does: bear rubs into a rock
    return phrase


def _noun_phrase(text: str, name: str, instances: int) -> NounPhrase | None:
    try:
        return noun_phrase(text, name=name, instances=instances, keep_parts=True)
    except Refusal:
        return None


def _with_wearer(phrase: NounPhrase, category: str) -> str:
    """A definite noun phrase; where it names what a person wears, and the person is meant, that is said; empty where unsure."""
    head, words = singular(phrase.head), phrase.raw.split()
    if category != "person" or head in LIMBS or head not in WORN | BODY:
        return phrase.definite
    elsewhere = head in BODY and singular(words[-1].lower()) != head  # whose is the head at the bottom?
    if elsewhere or len(words) > _MOST_WORN_WORDS or any(word.endswith("ing") for word in words):
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
