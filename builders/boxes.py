"""Boxes of things in pictures."""

from __future__ import annotations

Box = tuple[float, float, float, float]
"""x, y, width, height, in pixels."""
CLEAR_SHARE = 0.12
"""Share of a view's width or height by which two things' centres stand apart for one to be clearly further to a side."""


def area(box: Box) -> float:
    """Pixels that it covers."""
    return box[2] * box[3]
