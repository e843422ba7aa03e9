"""One scene: a pure function of seed, number and size."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.synthetic.backdrops.parts import Backdrop
from ieiw.synthetic.compose import Image, Mask, Placed, compose, picture, place_all, stuff_map
from ieiw.synthetic.language import Phrase, captions, phrases
from ieiw.synthetic.places import PLACES, place_named
from ieiw.synthetic.things.people import JOINTS

MOST_PHRASES = 6


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene with all that is true of it.

    Attributes:
        index: its number.
        place: what kind of place it is, as captions say it.
        backdrop: what things are set upon.
        placed: the things, farthest first; masks are what is to be seen of them.
        phrases: phrases, each with the things it means.
        captions: five sentences.
    """

    index: int
    place: str
    backdrop: Backdrop
    placed: tuple[Placed, ...]
    phrases: tuple[Phrase, ...]
    captions: tuple[str, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Width, height."""
        height, width = self.backdrop.stuff.shape
        return width, height

    @property
    def picture(self) -> Image:
        """(height, width, 3), RGB."""
        return picture(self.backdrop, list(self.placed))

    def without(self, things: Collection[int]) -> Image:
        """The true picture without the things of these numbers."""
        return picture(self.backdrop, list(self.placed), things)

    def mask(self, things: Collection[int]) -> Mask:
        """(height, width), what is to be seen of these things."""
        masks = [self.placed[number].mask for number in things]
        return np.asarray(np.logical_or.reduce(masks))

    @property
    def stuff(self) -> npt.NDArray[np.uint8]:
        """COCO-Stuff's pixel map."""
        return stuff_map(self.backdrop, list(self.placed))

    def joints(self, number: int) -> list[tuple[float, float, int]] | None:
        """COCO's 17 key points (x, y, visibility) of a person, None for other things."""
        each = self.placed[number]
        if not each.sprite.marks:
            return None
        height, width = each.mask.shape
        joints: dict[str, tuple[float, float, int]] = {}
        for mark in each.sprite.marks:
            x, y = mark.at[0] + each.corner[0], mark.at[1] + each.corner[1]
            if 0 <= x < width and 0 <= y < height:  # those outside go unlabelled
                alpha = each.sprite.alpha
                row, column = (
                    min(int(value), side - 1) for value, side in zip(mark.at[::-1], alpha.shape, strict=True)
                )
                covered = mark.seen == 2 and not each.mask[int(y), int(x)] and alpha[row, column] > 0.5
                joints[mark.name] = round(x, 2), round(y, 2), 1 if covered else mark.seen
        return [joints.get(name, (0, 0, 0)) for name in JOINTS]

    def graph(self) -> dict[str, Any]:
        """Everything but pixels, as JSON values."""
        return {
            "index": self.index,
            "place": self.place,
            "things": [
                {
                    "name": each.thing.kind.name,
                    "colour": each.thing.look.colour,
                    "pattern": each.thing.look.pattern,
                    "pose": each.thing.look.pose,
                    "at": [round(value, 2) for value in each.thing.at],
                    "scale": round(each.thing.scale, 3),
                    "facing": "left" if each.thing.flip else "right",
                    "seen": int(each.mask.sum()),
                }
                for each in self.placed
            ],
            "phrases": [{"phrase": phrase.text, "things": sorted(phrase.things)} for phrase in self.phrases],
        }


def render(seed: int, index: int, size: tuple[int, int] = (384, 288), place: str | None = None) -> Scene:
    """Compose one scene.

    Args:
        seed: of the whole set.
        index: number of the scene, from 0; the same pair always gives the same scene.
        size: width, height, at least 128 each.
        place: name of the place, such as ``in a living room``; drawn by chance where None.

    Raises:
        ValueError: the size is too small for things to be told apart, or there is no such place.
    """
    width, height = size
    if min(size) < 128:
        raise ValueError(f"scenes are at least 128 pixels wide and high, not {width}x{height}")
    for attempt in range(8):
        rng = np.random.default_rng((seed, index, attempt))
        drawn = PLACES[int(rng.integers(len(PLACES)))]
        where = drawn if place is None else place_named(place)
        backdrop = where.make(rng, width, height)
        things = compose(rng, where, backdrop)
        placed = place_all(things, rng.spawn(len(things)), (height, width))
        if len(placed) >= 2:
            break
    said = phrases(rng, placed, int(rng.integers(4, MOST_PHRASES + 1)))
    spoken = captions(rng, placed, where.name)
    return Scene(index, where.name, backdrop, tuple(placed), tuple(said), tuple(spoken))
