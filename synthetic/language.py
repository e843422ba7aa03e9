"""Language: phrases in PhraseCut's structure that pick out exactly their things, and captions of the whole scene."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ieiw.builders.instructions.words import article, plural
from ieiw.synthetic.compose import Placed, Thing

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DOING = frozenset({"sitting", "standing", "flying", "walking", "waving", "jumping"})
_PEOPLE = frozenset({"man", "woman", "boy", "girl"})
_OBVIOUS = frozenset({"zebra", "cow"})  # nobody calls a zebra striped


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase and the numbers of the things it means: all that it fits, and no other.

    ``kind`` is PhraseCut's type: ``name``, ``attribute`` or ``relation``.
    """

    attributes: tuple[str, ...]
    name: str
    relation: tuple[str, str] | None
    things: frozenset[int]

    @property
    def kind(self) -> str:
        """PhraseCut's type."""
        return "relation" if self.relation else "attribute" if self.attributes else "name"

    @property
    def text(self) -> str:
        """The phrase."""
        return " ".join((*self.attributes, self.name, *(self.relation or ())))


def phrases(rng: np.random.Generator, placed: Sequence[Placed], most: int) -> list[Phrase]:
    """Up to ``most`` phrases, no two alike, each set of things named at most twice."""
    candidates = list(dict.fromkeys(_candidates(placed)))
    turns: Counter[frozenset[int]] = Counter()  # every set of things gets its turn before any gets its second phrase
    ranked = []
    for index in rng.permutation(len(candidates)):
        phrase = candidates[index]
        turns[phrase.things] += 1
        ranked.append((turns[phrase.things], phrase))
    return [phrase for turn, phrase in sorted(ranked, key=lambda pair: pair[0]) if turn <= 2][:most]


def _candidates(placed: Sequence[Placed]) -> Iterator[Phrase]:
    names = {each.thing.kind.name for each in placed}
    for name in sorted(names):
        group = [number for number, each in enumerate(placed) if each.thing.kind.name == name]
        yield _phrase((), name, None, group)
        for attributes in sorted({words for number in group for words in _attributes(placed[number].thing)}):
            yield _phrase(attributes, name, None, [n for n in group if attributes in _attributes(placed[n].thing)])
        for relation in sorted({each for number in group for each in _relations(number, placed)}):
            fits = [number for number in group if relation in _relations(number, placed)]
            yield _phrase((), name, relation, fits)
            colours = {_colour(placed[number].thing) for number in fits} - {""}
            for colour in sorted(colours):
                yield _phrase((colour,), name, relation, [n for n in fits if _colour(placed[n].thing) == colour])


def _phrase(attributes: tuple[str, ...], name: str, relation: tuple[str, str] | None, things: list[int]) -> Phrase:
    if len(things) > 1:
        name = plural(name)
        relation = (
            (relation[0], plural(relation[1])) if relation and relation[0] == "in" and " " in relation[1] else relation
        )
    return Phrase(attributes, name, relation, frozenset(things))


def _colour(thing: Thing) -> str:
    return thing.look.colour if thing.kind.named_colour and thing.kind.name not in _PEOPLE else ""


def _attributes(thing: Thing) -> list[tuple[str, ...]]:
    """Adjectives a person might use of it, one or two at a time."""
    colour, pattern = _colour(thing), thing.look.pattern
    words: list[tuple[str, ...]] = [(colour,)] if colour else []
    if pattern != "plain" and thing.kind.name not in _OBVIOUS | _PEOPLE:
        words += [(pattern,), (colour, pattern)] if colour else [(pattern,)]
    return [*words, (thing.look.pose,)] if thing.look.pose in _DOING else words


def _relations(number: int, placed: Sequence[Placed]) -> list[tuple[str, str]]:
    """What is true of the thing: its clothes, its ground, and how it stands to things that are the only ones of their name."""
    thing = placed[number].thing
    found = [thing.zone.on] if thing.zone.on is not None else []
    if thing.kind.name in _PEOPLE:
        found.append(("in", f"{thing.look.colour} {'dress' if thing.look.pose == 'dress' else 'shirt'}"))
    names = [each.thing.kind.name for each in placed]
    for other, each in enumerate(placed):
        if other != number and names.count(names[other]) == 1:
            where = _relation(thing, each.thing)
            if where:
                found.append((where, names[other]))
    return found


def _relation(one: Thing, other: Thing) -> str:
    """How a person would say that ``one`` stands to ``other``; empty where there is nothing clear to say."""
    if one.zone.where not in ("floor", "water") or one.zone.where != other.zone.where:
        return ""
    ours, theirs = one.box, other.box
    common = min(ours[2], theirs[2]) - max(ours[0], theirs[0])
    narrow = min(ours[2] - ours[0], theirs[2] - theirs[0])
    step = one.at[1] - other.at[1]
    tall = min(ours[3] - ours[1], theirs[3] - theirs[1])
    if common > 0.4 * narrow and abs(step) > 0.15 * tall:
        return "in front of" if step > 0 else "behind"
    if abs(step) < 0.5 * tall and common <= 0:
        if -common < 0.5 * narrow:
            return "next to"
        return "to the left of" if ours[2] < theirs[0] else "to the right of"
    return ""


def captions(rng: np.random.Generator, placed: Sequence[Placed], place: str) -> list[str]:
    """Five captions, as COCO has five a picture."""
    plain, rich = _counted(placed, False), _counted(placed, True)
    order = rng.permutation(len(plain)).tolist()
    two = _joined([rich[at] for at in order[:2]])
    three = _joined([plain[at] for at in order[:3]])
    every = _joined(plain)
    verb = "is" if rich[order[0]].startswith(("a ", "an ")) else "are"
    return [
        f"{_capital(two)} {place}.",
        f"There {verb} {two} {place}.",
        f"{_capital(three)} {place}.",
        f"A picture of {every}.",
        f"{_capital(rich[order[-1]])} {place}.",
    ]


def _counted(placed: Sequence[Placed], rich: bool) -> list[str]:
    """Each name once with its article or number, with its adjective where all of that name share one."""
    groups: dict[str, list[Thing]] = {}
    for each in placed:
        groups.setdefault(each.thing.kind.name, []).append(each.thing)
    nouns = []
    for name, things in groups.items():
        colours = {_colour(thing) for thing in things}
        words = [*colours - {""}] if rich and len(colours) == 1 else []
        noun = " ".join([*words, name if len(things) == 1 else plural(name)])
        count = _COUNTS[len(things)] if len(things) < len(_COUNTS) else "many"
        nouns.append(f"{article(noun) if len(things) == 1 else count} {noun}")
    return nouns


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
