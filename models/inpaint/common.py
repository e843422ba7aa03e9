"""What every inpainter asks of its input, in one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ieiw.triplets.records import Image, Mask


def pairs(pictures: Sequence[Image], holes: Sequence[Mask]) -> Iterator[tuple[Image, Mask]]:
    """Each picture with its hole.

    Raises:
        ValueError: lengths or sizes differ, or a hole covers the whole picture; before the first pair is given.
    """
    if len(pictures) != len(holes):
        raise ValueError(f"{len(pictures)} pictures and {len(holes)} holes")
    for picture, hole in zip(pictures, holes, strict=True):
        if picture.shape != (*hole.shape, 3):
            raise ValueError(f"a picture of shape {picture.shape} and a hole of shape {hole.shape}")
        if hole.all():
            raise ValueError("the hole covers the whole picture: nothing is left to paint from")
    return iter(zip(pictures, holes, strict=True))


def ranged(name: str, value: float, least: float, most: float) -> float:
    """The value of an option, if it is a number within bounds.

    Raises:
        ValueError: it is not; the message names the option.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{name} is {value!r}: give a number of {least:g} to {most:g}")
    return value
