"""Colours with a name: what is drawn is what the phrase says."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

Rgb = tuple[float, float, float]
"""Red, green, blue, 0..255."""

COLOURS: dict[str, Rgb] = {
    "red": (206, 44, 48),
    "orange": (240, 136, 36),
    "yellow": (246, 204, 52),
    "green": (66, 152, 76),
    "blue": (48, 108, 198),
    "purple": (128, 76, 168),
    "pink": (240, 140, 172),
    "brown": (128, 84, 52),
    "black": (50, 50, 56),
    "white": (240, 238, 232),
    "gray": (144, 146, 150),
    "golden": (214, 160, 84),
}
"""The words that phrases use; every one is told from the others at a glance."""

VIVID = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
"""What toys, cars and clothes come in."""


@dataclass(frozen=True, slots=True)
class Paint:
    """What a part is filled with.

    Attributes:
        rgb: main colour.
        second: colour of stripes, spots or checks.
        pattern: ``plain``, ``striped``, ``spotted`` or ``checked``.
        period: distance from stripe to stripe, in units of the thing's own height.
        angle: direction in which stripes repeat, radians; 0 gives upright stripes.
        grain: strength of the surface's texture, 0..1.
        texture: name of the surface's texture, as :func:`ieiw.synthetic.textures.tile` knows it.
        opacity: 0..1.
    """

    rgb: Rgb
    second: Rgb = (255, 255, 255)
    pattern: str = "plain"
    period: float = 0.2
    angle: float = 0.0
    grain: float = 0.0
    texture: str = "fine"
    opacity: float = 1.0

    def toned(self, by: float) -> Paint:
        """Lighter (``by`` > 0, at 1 white) or darker (``by`` < 0, at -1 black), pattern kept."""
        return replace(self, rgb=tone(self.rgb, by), second=tone(self.second, by))

    def plain(self, by: float = 0.0) -> Paint:
        """Toned, without the pattern."""
        return replace(self, rgb=tone(self.rgb, by), pattern="plain")


def tone(rgb: Rgb, by: float) -> Rgb:
    """Mix with white (``by`` > 0) or black (``by`` < 0)."""
    goal, share = (255.0, by) if by > 0 else (0.0, -by)
    return mix(rgb, (goal, goal, goal), share)


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """``one`` at share 0, ``other`` at share 1."""
    return (
        one[0] + (other[0] - one[0]) * share,
        one[1] + (other[1] - one[1]) * share,
        one[2] + (other[2] - one[2]) * share,
    )


def jitter(rng: np.random.Generator, rgb: Rgb, amount: float = 10.0) -> Rgb:
    """The same colour, never twice quite the same; small enough that its name stays right."""
    shift = rng.uniform(-amount, amount, 3) * 0.5 + rng.uniform(-amount, amount)
    red, green, blue = np.clip(np.asarray(rgb) + shift, 0, 255).tolist()
    return (red, green, blue)
