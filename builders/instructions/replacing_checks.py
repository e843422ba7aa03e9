"""Whether a sentence that a language model wrote says what happened: this thing, changed to that one, and nothing that nobody saw.

When in doubt a sentence is refused: the picture waits for another answer, a wrong sentence would be learnt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ieiw.builders.instructions.captions import thing
from ieiw.builders.instructions.class_naming import words_of
from ieiw.builders.instructions.described import NAMELESS, Described, Thing
from ieiw.builders.instructions.sameness import same_thing
from ieiw.builders.instructions.words import COLOURS, NUMBERS, PLACES, VAGUE, is_plural, singular, tags
from ieiw.builders.instructions.written_shape import BACKWARD, FORWARD, words_of_edit
from ieiw.triplets.rejects import Reason, Refusal

_LINKS = frozenset("to into with for by as".split())
_BACK_LINKS = ("in place of", "in the place of", "instead of", "where", "for")
_SEVERAL = (
    NUMBERS.keys() | VAGUE.keys() | {"all", "both", "every", "each", "dozen", "pairs", "couple", "multiple", "numerous"}
)
_FREE = PLACES | {
    "picture",
    "photo",
    "scene",
    "image",
    "place",
    "one",
    "side",
    "color",
    "colour",
    "pair",
    "piece",
    "position",
    "spot",
}
"""Nouns that say where, and nothing of what is there."""
_WHERE = PLACES - {"side", "air", "end", "edge"}
_THINGS = frozenset({NAMELESS, "thing", "item", "one"})


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two, and the words in which anything is known of it."""

    thing: Thing
    vocabulary: frozenset[str]

    @property
    def names(self) -> list[str]:
        return [self.thing.name, self.thing.name.split()[-1], self.thing.name.partition(" of ")[0]]

    def spans(self, words: Sequence[str]) -> list[str]:
        """The runs of words that name it."""
        if self.thing.name == NAMELESS:
            return [word for word in words if singular(word) in _THINGS]
        return [run for run in _runs(words) if any(same_thing(run, name) for name in self.names)]

    def knows(self, word: str) -> bool:
        """Whether a noun stands in its captions or label, or is another word for what does."""
        one = singular(word)
        return bool({word, one} & self.vocabulary) or any(same_thing(one, known) for known in self.vocabulary)


def check_written(sentence: str, source: Described, target: Described) -> None:
    """Make sure that a sentence may stand as the instruction of a replacement.

    Args:
        sentence: as :func:`ieiw.builders.instructions.replacing_prompt.read_answer` gives it.
        source: what was in the picture.
        target: what is there now.

    Raises:
        Refusal: ``instruction_unusable``, with why: no edit sentence, names nothing that is known, the same thing twice, another
            number, another direction, or something that stands in no caption; ``no_caption``, if nothing is known to compare with.
    """
    old, new = _side(source), _side(target)
    words = words_of_edit(sentence, old.vocabulary | new.vocabulary)
    _check_numbers(words, old, new)
    doubts = []
    for was, now in _parted(words, old, new):  # a man with a hat: not every link parts the two
        try:
            _check_sides(was, now, old, new)
        except Refusal as doubt:
            doubts.append(doubt)
        else:
            break
    else:
        raise doubts[0]
    if source.alike and not set(was) & (PLACES | old.thing.looks | COLOURS):
        raise _unusable(f"it does not tell which of {source.alike + 1}")


def _check_sides(was: list[str], now: list[str], old: _Side, new: _Side) -> None:
    """Refuse what is not known of either, and the same thing twice."""
    for part, side in ((was, old), (now, new)):
        _check_known(part, side, old)
        _check_number_of(part, side)
    if same_thing(old.thing.name, new.thing.name):
        told, now_told = _looks(was, old), _looks(now, new)
        if told == now_told or not now_told - old.vocabulary:
            raise _unusable("the same thing twice")


def _side(described: Described) -> _Side:
    known = thing(described)
    words = words_of(
        f"{described.caption} , {described.label} , {described.colour} , {described.place} , {known.definite()}"
    )
    grey = {"gray", "grey"} if {"gray", "grey"} & set(words) else set()
    return _Side(known, frozenset({*words, *map(singular, words), *grey}))


def _parted(words: list[str], old: _Side, new: _Side) -> list[tuple[list[str], list[str]]]:
    """The words about what was there, and those about what is there now: each way in which they can be parted.

    Raises:
        Refusal: there is none.
    """
    one = same_thing(old.thing.name, new.thing.name)  # turn the white mug into a blue one
    ways = [(second, first) if backward else (first, second) for first, second, backward in _splits(words)]
    found = [(was, now) for was, now in ways if old.spans(was) and (new.spans(now) or (one and "one" in now))]
    if found:
        return found
    if any(old.spans(now) and new.spans(was) for was, now in ways):
        raise _unusable("the other way round")
    missing = next((side.thing.name for side in (old, new) if not side.spans(words)), "")
    raise _unusable(f"it does not name the {missing}" if missing else "it does not say what is changed to what")


def _splits(words: list[str]) -> Iterator[tuple[list[str], list[str], bool]]:
    """Each way to part a sentence into what is changed and what comes; the last says whether what comes stands first."""
    text = " ".join(words[1:])
    if words[0] in BACKWARD:
        for link in _BACK_LINKS:
            for match in re.finditer(rf" {link} ", text):
                yield text[: match.start()].split(), text[match.end() :].split(), True
    if words[0] in FORWARD:
        for at, word in enumerate(words):
            if word in _LINKS and not (words[0] == "substitute" and word == "for"):
                yield words[1:at], words[at + 1 :], False


def _check_numbers(words: list[str], old: _Side, new: _Side) -> None:
    said = {word for word in words if word in _SEVERAL or word.isdigit()} - old.vocabulary - new.vocabulary
    if said:
        raise _unusable(f"{min(said)!r} is another number than is there")


def _check_number_of(part: Sequence[str], side: _Side) -> None:
    """Refuse a plural that stands neither in the caption nor in the label."""
    heads = {run.split()[-1] for run in side.spans(part)}
    if many := {head for head in heads if is_plural(head) and head != singular(head)} - side.vocabulary:
        raise _unusable(f"another number: {min(many)!r}")


def _check_known(part: Sequence[str], side: _Side, other: _Side) -> None:
    """Refuse colours and places that are not those of the thing, and nouns that stand in no caption."""
    alien = set(part) & (COLOURS | _WHERE) - side.vocabulary
    if alien:
        raise _unusable(f"{min(alien)!r} is not said of the {side.thing.name}")
    for word, tag in zip(part, tags(tuple(part)), strict=True):
        if tag.startswith("NN") and word not in _FREE | COLOURS and not (side.knows(word) or other.knows(word)):
            raise _unusable(f"{word!r} is in neither caption")


def _looks(part: Sequence[str], side: _Side) -> frozenset[str]:
    """The words of a part that tell how the thing looks."""
    return frozenset(part) & (side.thing.looks | COLOURS)


def _runs(words: Sequence[str]) -> Iterator[str]:
    for size in (1, 2, 3, 4):
        for at in range(len(words) - size + 1):
            yield " ".join(words[at : at + size])


def _unusable(detail: str) -> Refusal:
    return Refusal(Reason.INSTRUCTION_UNUSABLE, detail)
