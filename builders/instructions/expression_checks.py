"""What speaks against a referring expression: damage to its words, and what the outlines in the picture say against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ieiw.builders.boxes import Box, area
from ieiw.builders.instructions.class_naming import Named, first_noun, means_any, what_is_named, words_of
from ieiw.builders.instructions.classes import class_name
from ieiw.builders.instructions.expressions import LIMBS, Expression, reads_on
from ieiw.builders.instructions.spatial_words import PLACE_WORDS, Place, Thing, bare_place, only_place
from ieiw.builders.instructions.words import ARTICLES, BODY, COLOURS, POSITIONS, WORN, is_plural, singular
from ieiw.triplets.rejects import Reason, Refusal

_SCRAP = 2
"""Expressions of so few words that do not even read as a noun phrase (``banana 3``, ``guy right blue``) mean little to others."""
_BESIDE = ARTICLES | {"on", "in", "at", "to", "side", "corner", "most"}
"""What may stand beside a bare place and adds nothing."""
_TWO_FOR_ONE = "it speaks of two things, the region holds one"
_ALONE = 0.25
"""Where the noun fits others as well, they count from this share of the area of the one that is meant."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the annotations say of the picture.

    Attributes:
        meant: what the expression means; empty for nothing.
        others: what else is outlined.
        size: (width, height) of the picture.
    """

    meant: tuple[Thing, ...]
    others: tuple[Thing, ...]
    size: tuple[float, float]

    @property
    def classes(self) -> list[str]:
        """COCO's classes of what is meant, as far as they are known."""
        return [thing.name for thing in self.meant if thing.name]

    @property
    def rivals(self) -> list[Box]:
        """Boxes of the others of the class of the one thing that is meant."""
        return [thing.box for thing in self.others if thing.name == self.meant[0].name and thing.box is not None]


def fitting(expressions: list[Expression], scene: Scene | None, targets: int = 0) -> list[Expression]:
    """The expressions that nothing speaks against; bare places (``far right``) with the name of the class that is there.

    Args:
        expressions: of one record; at least one.
        scene: what is outlined in the picture, where the data set says so.
        targets: where it does not: how many things are meant, as far as it is known.

    Raises:
        Refusal: something speaks against each of them: ``phrase_unusable`` (unkind, misspelt, chat, names no thing),
            ``phrase_contradicted``, ``ambiguous``; the detail names each and why.
    """
    verdicts = [_check(expression, scene, targets) for expression in expressions]
    usable = [verdict for verdict in verdicts if isinstance(verdict, Expression)]
    if usable:
        return usable
    doubts = [verdict for verdict in verdicts if isinstance(verdict, Refusal)]
    details = [f"{expression.raw!r}: {doubt.detail}" for expression, doubt in zip(expressions, doubts, strict=True)]
    raise Refusal(doubts[0].reason, "; ".join(details))


def _check(expression: Expression, scene: Scene | None, targets: int) -> Expression | Refusal:
    """The expression as it is to be said, or what speaks against it."""
    if doubt := doubt_about_words(expression):
        return doubt
    if place := bare_place(expression.raw):
        where = POSITIONS.get(" ".join(word for word in words_of(expression.raw) if word not in _BESIDE), "")
        box = scene.meant[0].box if scene and len(scene.classes) == len(scene.meant) == 1 else None
        if where and scene and box and place.holds(box, scene.rivals, scene.size, alike=True) == "holds":
            return Expression(expression.raw, f"the {class_name(scene.classes[0]).spoken} {where}")
        return _unusable("it says a place, but no thing that alone is there")
    named = what_is_named(expression.raw)
    if scene:
        doubt = doubt_in_scene(expression, named, scene)
    else:
        doubt = _contradicted(_TWO_FOR_ONE) if targets == 1 and named and _names_two(named) else None
    return doubt or _doubt_about_quoting(expression, scene.classes if scene else []) or expression


def doubt_about_words(expression: Expression) -> Refusal | None:
    """Why no instruction can be made of an expression, whatever the picture shows."""
    if expression.is_unkind:
        return _unusable("unkind words")
    if expression.slip:
        return _unusable(f"{expression.slip!r} is misspelt, chat, or speaks of a collage")
    return None


def _doubt_about_quoting(expression: Expression, classes: list[str]) -> Refusal | None:
    """Why what cannot be read as a noun phrase cannot even be quoted."""
    words = words_of(expression.plain)
    if expression.spoken:
        return None
    if len(words) <= _SCRAP:
        return _unusable("too short to be read")
    noun = first_noun(words)
    if set(words) <= COLOURS | PLACE_WORDS or not noun:
        return _unusable("it names no thing")
    if classes and not means_any(noun.split(), classes):  # elephant trunk, purse lady is holding
        return _unusable(f"it names {noun!r} first")
    return None if reads_on(words) else _unusable("it runs words together, or breaks off")


def doubt_about_name(phrase: str, name: str, namesakes: Sequence[str]) -> Refusal | None:
    """Whether an outline is what a phrase calls it, where other phrases name the very same outline: the larger number is right.

    A shirt whose outline is somewhere called a man is the whole man; ``bed`` does not tell which of the ``beds`` is meant.
    """
    own, others = what_is_named(name), [what_is_named(other) for other in namesakes]
    head = singular(words_of(name)[-1]) if words_of(name) else ""
    on_person = own is None and head in (WORN | BODY) - LIMBS
    against = [
        other
        for other in others
        if other and (own.contradicts([other.name]) if own and other.name else on_person and other.group == "person")
    ]
    support = sum(bool(own and other and not own.contradicts([other.name])) for other in others)
    if len(against) > support:
        return _contradicted(f"another phrase calls the same outline {against[0].noun!r}")
    bare = tuple(word for word in words_of(phrase) if word not in ARTICLES) == words_of(name)
    groups = [other.noun for other in others if own and other and is_plural(other.noun) and other.name == own.name]
    if own and bare and groups and not is_plural(own.noun):
        return Refusal(Reason.AMBIGUOUS, f"it is one of the {groups[0]} of another phrase")
    return None


def doubt_in_scene(expression: Expression, named: Named | None, scene: Scene) -> Refusal | None:
    """Why an expression does not fit what is outlined in the picture."""
    if not scene.meant:
        return _doubt_about_absence(expression, named, scene)
    classes = scene.classes
    if not classes:
        return None
    if named and named.contradicts(classes):
        return _contradicted(f"it names {named.noun!r}, the region is of class {' and '.join(sorted(set(classes)))}")
    if named and (detail := _number_mismatch(named, len(scene.meant), expression.raw)):
        return _contradicted(detail)
    return _doubt_about_place(expression, named, scene) if named and len(scene.meant) == 1 else None


def _doubt_about_absence(expression: Expression, named: Named | None, scene: Scene) -> Refusal | None:
    """Nothing is meant, but such a thing is there."""
    place = only_place(expression.raw)
    if named is None or place is None:
        return None
    for thing in scene.others:
        there = not isinstance(place, Place) or thing.box is None or place.has(thing.box, scene.size)
        if thing.name and thing.name == named.name and there:
            return _contradicted(f"it is said to mean nothing, but there is such a {thing.name}")
    return None


def _number_mismatch(named: Named, targets: int, text: str) -> str:
    """How the number of things that an expression speaks of differs from the region's."""
    if targets == 1 and _names_two(named):
        return _TWO_FOR_ONE
    words = words_of(text)
    if any(one in {"and", ","} and two not in COLOURS for one, two in zip(words, words[1:], strict=False)):
        return ""
    if named.number and targets > 1 and named.number != targets:
        return f"it says {named.number}, the region holds {targets}"
    if targets == 1 and named.says_several:
        return f"it speaks of several {named.noun}, the region holds one"
    return ""


def _names_two(named: Named) -> bool:
    return named.rest[:1] == ("and",) and what_is_named(" ".join(named.rest[1:])) is not None


def _doubt_about_place(expression: Expression, named: Named, scene: Scene) -> Refusal | None:
    """What the boxes say against an expression whose only mark is a place, or that has no mark at all."""
    place, meant = only_place(expression.raw), scene.meant[0]
    alike = named.is_open and named.name == meant.name
    if meant.box is None or place is None:
        return None
    if isinstance(place, Place):
        verdict = place.holds(meant.box, scene.rivals, scene.size, alike=alike)
        return _contradicted("another one is further there") if verdict == "contradicted" else None
    if alike and any(area(box) > _ALONE * area(meant.box) for box in scene.rivals):
        return Refusal(Reason.AMBIGUOUS, f"there is more than one {named.noun}")
    return None


def _unusable(detail: str) -> Refusal:
    return Refusal(Reason.PHRASE_UNUSABLE, detail)


def _contradicted(detail: str) -> Refusal:
    return Refusal(Reason.PHRASE_CONTRADICTED, detail)
