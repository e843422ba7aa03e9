"""Words of place (``guy right``, ``far left bed``) compared with the boxes of what is in the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ieiw.builders.boxes import CLEAR_SHARE, Box, area
from ieiw.builders.instructions.class_naming import what_is_named, words_of
from ieiw.builders.instructions.words import ARTICLES

Verdict = Literal["holds", "unclear", "contradicted"]

_SIDES = {
    **dict.fromkeys(("left", "leftmost"), (-1, 0)),
    **dict.fromkeys(("right", "rightmost"), (1, 0)),
    **dict.fromkeys(("top", "topmost", "upper", "uppermost"), (0, -1)),
    **dict.fromkeys(("bottom", "bottommost", "lower", "lowest"), (0, 1)),
}
_MIDDLE = frozenset({"middle", "center", "centre"})
FRAME = frozenset("picture pic photo image frame screen camera".split())
"""What a place may be said to be of: the picture itself."""
_AROUND = ARTICLES | set("on in at to of side corner far most very extreme edge part area".split())
PLACE_WORDS = frozenset(_SIDES) | _MIDDLE | _AROUND | FRAME
_RIVAL = 0.5
"""Things of less than this share of the area of the one that is meant are background."""
_BEYOND = 0.1
"""Share by which a centre lies past the middle, on the other side than is said."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing in the picture.

    Attributes:
        name: COCO's class, or empty where unknown.
        box: in pixels; None where unknown.
    """

    name: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the picture: a direction (x to the right, y downwards; 0 where nothing is said), or its middle."""

    across: int
    down: int

    def holds(self, one: Box, rivals: Sequence[Box], size: tuple[float, float], *, alike: bool) -> Verdict:
        """Whether one of several things is the one at this place.

        Args:
            one: the thing that is meant.
            rivals: other things that the same noun may mean.
            size: (width, height) of the picture.
            alike: whether the noun fits the rivals for certain.
        """
        boxes = [one, *(box for box in rivals if area(box) >= _RIVAL * area(one))]
        centres = [[_middle(box, axis) / size[axis] for box in boxes] for axis in (0, 1)]
        if self.across == 0 and self.down == 0:
            return _in_middle(*centres[0])
        verdicts = [
            _along(sign, along, alike) for sign, along in zip((self.across, self.down), centres, strict=True) if sign
        ]
        if "contradicted" in verdicts:
            return "contradicted"
        return "holds" if "holds" in verdicts else "unclear"

    def has(self, box: Box, size: tuple[float, float]) -> bool:
        """Whether a thing's centre lies there: in this half, or in the middle third."""
        x, y = _middle(box, 0) / size[0] - 0.5, _middle(box, 1) / size[1] - 0.5
        if self.across == 0 and self.down == 0:
            return abs(x) < 1 / 6
        return x * self.across >= 0 and y * self.down >= 0


def _in_middle(one: float, *rivals: float) -> Verdict:
    """Contradicted only where it is at an end of the row, away from the centre, and another is nearer to it."""
    off, others = abs(one - 0.5), [abs(rival - 0.5) for rival in rivals]
    at_end = all(one < rival for rival in rivals) or all(one > rival for rival in rivals)
    if off > 2 * CLEAR_SHARE and at_end and any(other + CLEAR_SHARE < off for other in others):
        return "contradicted"
    return "holds" if off < CLEAR_SHARE and all(other > off + CLEAR_SHARE for other in others) else "unclear"


def _along(sign: int, centres: list[float], alike: bool) -> Verdict:
    """As :meth:`Place.holds`, along one axis; the first centre is that of the one that is meant."""
    one, *rivals = (sign * centre for centre in centres)
    further = any(rival > one + CLEAR_SHARE for rival in rivals)
    beyond = one < sign * 0.5 - _BEYOND
    if further and (alike or beyond):
        return "contradicted"
    return "holds" if not beyond and all(rival < one - CLEAR_SHARE for rival in rivals) else "unclear"


def _middle(box: Box, axis: int) -> float:
    return box[axis] + box[axis + 2] / 2


def bare_place(text: str) -> Place | None:
    """The place that an expression is, if it is nothing but a place (``far right``); None otherwise."""
    return _place(words_of(text))


def only_place(text: str) -> Place | Literal["nowhere"] | None:
    """The place of an expression that is a noun of a class with a place (``guy right``), or ``nowhere`` for the noun alone.

    None where it says anything else too, or its place is none that boxes tell (``the front man``).
    """
    named = what_is_named(text)
    if named is None:
        return None
    noun, words = tuple(named.noun.split()), words_of(text)
    at = next(at for at in range(len(words)) if words[at : at + len(noun)] == noun)
    around = words[:at] + words[at + len(noun) :]
    if all(word in ARTICLES for word in around):
        return "nowhere"
    return _place(around)


def _place(words: Sequence[str]) -> Place | None:
    sides = {_SIDES[word] for word in words if word in _SIDES}
    middle = any(word in _MIDDLE for word in words)
    if any(word not in _SIDES and word not in _MIDDLE | _AROUND | FRAME for word in words):
        return None
    across, down = {x for x, _ in sides if x}, {y for _, y in sides if y}
    if len(across) > 1 or len(down) > 1 or not (sides or middle):
        return None
    return Place(next(iter(across), 0), next(iter(down), 0))
