"""What a picture shows beside one of COCO's objects: a second one of its kind, and what it holds or carries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ieiw.builders.boxes import Box, area
from ieiw.builders.instructions.coco_nouns import GROUP_OF
from ieiw.builders.instructions.person_reference import Company, who
from ieiw.triplets.rejects import Reason, Refusal

_HOLDERS = frozenset({"person", "animal"})
_CARRIED = frozenset({"cell phone", "remote", "toothbrush", "hair drier"} | {
    name for name, group in GROUP_OF.items() if group in {"sports", "accessory"}
})  # fmt: skip
"""What has no place of its own where somebody touches it: it is worn, held, or under their feet."""
_HANDLED = frozenset({"book", "scissors", "teddy bear"} | {
    name for name, group in GROUP_OF.items() if group in {"kitchen", "food"}
})  # fmt: skip
"""What somebody may hold, or what may stand on something before them."""
_RESTS = frozenset({"furniture", "appliance", "outdoor"})
"""Kinds of things on which others stand and lie."""
_OVERLAP = 1 / 3
"""Two things of whose boxes more than this share is common are a tangle: nobody would tell them by their sides."""
_NEAR = 0.05
"""Boxes meet where they are no further apart than this share of the holder's longer side."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An object of the picture: COCO's class, its box, and its outline."""

    name: str
    box: Box
    segmentation: Any


def side_among(own: Neighbour | None, alike: Sequence[Neighbour | None], size: tuple[float, float], name: str) -> str:
    """Where one of two things of a kind is, in its half of the picture: ``on the left``, ``on the right``; empty for the only one.

    Args:
        own: the thing; None where its box is unsound.
        alike: the picture's others of its kind, likewise.
        size: (width, height) of the picture.
        name: of the kind.

    Raises:
        Refusal: ``ambiguous``: there are more of them, or no side tells the two apart.
    """
    if not alike:
        return ""
    if own and len(alike) == 1 and (twin := alike[0]):
        side = (who(Company(own.box, [twin.box], [], size), name) or "").removeprefix(f"the {name} ")
        centre = own.box[0] + own.box[2] / 2
        apart = _common(own.box, twin.box) <= _OVERLAP * min(area(own.box), area(twin.box))
        if apart and {"on the left": centre < size[0] / 2, "on the right": centre > size[0] / 2}.get(side):
            return side
    raise Refusal(Reason.AMBIGUOUS, f"{1 + len(alike)} instances of {name} in the picture")


def held_by(one: Neighbour, objects: Sequence[Neighbour | None]) -> Iterator[Neighbour]:
    """What somebody may hold: it lies at their box more than at anyone else's, and does not stand on something.

    ``objects`` are all of the picture, None where one is unsound. Boxes say no more than that; whoever removes somebody takes along
    what touches them.
    """
    if GROUP_OF.get(one.name) not in _HOLDERS:
        return
    others = [other for other in objects if other and other is not one]
    holders = [other for other in others if GROUP_OF.get(other.name) in _HOLDERS]
    rests = [other for other in others if GROUP_OF.get(other.name) in _RESTS]
    for thing in others:
        shared = _shared(one.box, thing.box)
        if not shared or any(_shared(holder.box, thing.box) > shared for holder in holders):
            continue
        if thing.name in _CARRIED or (thing.name in _HANDLED and not any(_shared(it.box, thing.box) for it in rests)):
            yield thing


def _shared(holder: Box, thing: Box) -> float:
    """Area of a thing's box within the holder's box, grown a little; at least 1 where they meet at all, 0 where they do not."""
    more = _NEAR * max(holder[2], holder[3])
    common = _common((holder[0] - more, holder[1] - more, holder[2] + 2 * more, holder[3] + 2 * more), thing)
    return 0.0 if common < 0 else max(1.0, common)


def _common(one: Box, other: Box) -> float:
    """Area that two boxes share; -1 where they do not meet."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return width * height if min(width, height) >= 0 else -1.0
