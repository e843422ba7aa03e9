"""One triplet as a picture: source, target and what changed, with region and hole outlined."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageDraw

from ieiw.apps.drawing import GAIN, difference, font, save
from ieiw.triplets.drawings.answers import masks_of
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.records import Answer, Image, Mask

OUTLINES = {"region": (255, 214, 10), "hole": (0, 200, 255)}
"""Mask of an answer -> colour of its outline."""
_SIDE = 320  # pixels that the shorter side of a panel has at least
_GAP, _TEXT = 12, 16
_PAPER, _INK, _FAINT = (255, 255, 255), (20, 20, 20), (110, 110, 110)


def save_picture(source: Image, target: Image, instruction: str, answer: Answer | None, path: Path) -> Path:
    """Write the picture of one triplet; its format is that of the file's ending.

    Raises:
        UsageError: the ending is no picture format that can be written.
    """
    return save(compose(source, target, instruction, answer), path, quality=95)


def compose(source: Image, target: Image, instruction: str, answer: Answer | None) -> Pillow.Image:
    """Panels side by side under the instruction.

    Args:
        source: (height, width, 3), 0..255.
        target: the same; the difference is shown where both have one size.
        instruction: written above them.
        answer: its region and hole are outlined, where it has them.
    """
    masks = outlined(answer, source.shape)
    panels = [("source", _panel(source, masks)), ("target", _panel(target, {}))]
    if source.shape == target.shape:
        panels.append((f"difference × {GAIN}", _panel(difference(source, target), masks)))
    return _lay_out(panels, instruction, list(masks))


def outlined(answer: Answer | None, shape: tuple[int, ...]) -> dict[str, Mask]:
    """Region and hole of an answer, as far as it has them and they lie on a picture of this shape (height, width, 3)."""
    return {name: from_rle(mask) for name, mask in masks_of(answer).items() if mask.size == shape[:2]}


def _panel(pixels: Image, masks: Mapping[str, Mask]) -> Image:
    """The pixels at a whole multiple of their size, each mask's outline on top."""
    scale = max(1, -(-_SIDE // min(pixels.shape[:2])))
    large = _enlarged(pixels, scale)
    for name, mask in masks.items():
        lines, _ = cv2.findContours(_enlarged(mask.astype(np.uint8), scale), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(large, lines, -1, (0, 0, 0), 4)
        cv2.drawContours(large, lines, -1, OUTLINES[name], 2)
    return large


def _enlarged(pixels: npt.NDArray[np.uint8], scale: int) -> npt.NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    size = (width * scale, height * scale)
    return cast(npt.NDArray[np.uint8], cv2.resize(pixels, size, interpolation=cv2.INTER_NEAREST).copy())


def _lay_out(panels: list[tuple[str, Image]], instruction: str, legend: list[str]) -> Pillow.Image:
    small, large = font(_TEXT - 2), font(_TEXT + 2)
    width = sum(panel.shape[1] + _GAP for _, panel in panels) + _GAP
    lines = textwrap.wrap(instruction, max(20, width // 10)) or [""]
    top = _GAP + len(lines) * (_TEXT + 10) + _TEXT + 18
    sheet = Pillow.new("RGB", (width, top + max(panel.shape[0] for _, panel in panels) + _GAP), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        draw.text((_GAP, _GAP + number * (_TEXT + 10)), line, _INK, large)
    left = _GAP
    for title, panel in panels:
        sheet.paste(Pillow.fromarray(panel), (left, top))
        draw.text((left, top - _TEXT - 8), title, _FAINT, small)
        left += panel.shape[1] + _GAP
    right, top = width - _GAP, top - _TEXT - 8
    for name in reversed(legend):  # each outline next to its colour, from the right border leftwards
        right -= int(draw.textlength(name, small))
        draw.text((right, top), name, _FAINT, small)
        draw.rectangle((right - 20, top + 4, right - 6, top + 14), OUTLINES[name], (0, 0, 0))
        right -= 34
    return sheet
