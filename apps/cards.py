"""Cards: rows of pictures with a sentence below, laid out on one sheet in as many columns as fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont, ImageOps

from ieiw.apps.drawing import font, save
from ieiw.triplets.records import Image

PANEL = 208
"""Longer side of a picture on a card, in pixels, where nobody asks for another."""
_WIDTH = 1320  # of all columns; a card that is wider has a line of its own
_GAP, _MARGIN, _HEAD, _TEXT = 6, 28, 92, 48
_LEAST = 9  # pixels of letters that can still be read
_PAPER, _INK, _SOFT, _FLAG, _EDGE = (250, 250, 248), (28, 30, 34), (112, 116, 124), (176, 92, 20), (214, 214, 210)
_PICTURES = 3  # on a card


@dataclass(frozen=True, slots=True)
class Card:
    """Three pictures, a sentence, and a line of small print."""

    pictures: tuple[Image, Image, Image]
    sentence: str
    note: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the cards, line by line: ``title``; ``backends``; ``counts`` on the left and ``legend`` on the right.

    ``flagged`` colours the backends: a stand-in is among them.
    """

    title: str
    counts: str
    backends: str
    flagged: bool
    legend: str


def lay_out(cards: Sequence[Card], heading: Heading, path: Path, panel: int = PANEL) -> Path:
    """Draw a sheet and write it; the file's ending says its format: ``.png``, ``.jpg``, ``.webp``.

    Raises:
        UsageError: another ending, or a sheet that the format cannot hold.
    """
    card = _PICTURES * panel + (_PICTURES - 1) * _GAP
    columns = max(1, (_WIDTH + _MARGIN) // (card + _MARGIN))
    drawn = [_Drawn.of(each, panel) for each in cards]
    heights = [max(each.height for each in drawn[at : at + columns]) for at in range(0, len(drawn), columns)]
    width = columns * card + (columns - 1) * _MARGIN + 2 * _MARGIN
    sheet = Pillow.new("RGB", (width, _HEAD + sum(heights) + _MARGIN), _PAPER)
    pen = ImageDraw.Draw(sheet)
    right, top = width - _MARGIN, _HEAD
    room = width - 2 * _MARGIN
    pen.text((_MARGIN, 8), heading.title, _INK, _fitting(heading.title, room, 24, bold=True))
    pen.text((_MARGIN, 42), heading.backends, _FLAG if heading.flagged else _SOFT, _fitting(heading.backends, room, 14))
    pen.text((_MARGIN, 62), heading.counts, _SOFT, font(14))
    pen.text((right, 62), heading.legend, _SOFT, font(14), anchor="rt")
    for line, height in enumerate(heights):
        for column, each in enumerate(drawn[line * columns : (line + 1) * columns]):
            _draw(sheet, pen, (_MARGIN + column * (card + _MARGIN), top), each)
        top += height
    return save(sheet, path, quality=84)


def _fitting(text: str, room: int, size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The font in which a line fits, as far as people can still read it."""
    while size > _LEAST and font(size, bold).getlength(text) > room:
        size -= 1
    return font(size, bold)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A card at its size: pictures scaled to the panel, sentence in lines."""

    panel: int
    thumbs: list[Pillow.Image]
    lines: list[str]
    note: str

    @classmethod
    def of(cls, card: Card, panel: int) -> _Drawn:
        box = (panel, panel)
        thumbs = [ImageOps.contain(Pillow.fromarray(each), box, Pillow.Resampling.LANCZOS) for each in card.pictures]
        return cls(panel, thumbs, _wrapped(card.sentence, panel), card.note)

    @property
    def height(self) -> int:
        return max(thumb.height for thumb in self.thumbs) + len(self.lines) * 22 + _TEXT


def _draw(sheet: Pillow.Image, pen: ImageDraw.ImageDraw, at: tuple[int, int], card: _Drawn) -> None:
    x, y = at
    for number, thumb in enumerate(card.thumbs):
        left = x + number * (card.panel + _GAP) + (card.panel - thumb.width) // 2
        sheet.paste(thumb, (left, y))
        pen.rectangle((left - 1, y - 1, left + thumb.width, y + thumb.height), None, _EDGE)
    y += max(thumb.height for thumb in card.thumbs) + 8
    for line in card.lines:
        pen.text((x, y), line, _INK, font(17, bold=True))
        y += 22
    pen.text((x, y + 2), card.note, _SOFT, font(12))


def _wrapped(text: str, panel: int) -> list[str]:
    """Lines that fit a card; what is longer than three of them ends in an ellipsis."""
    letters, most = font(17, bold=True), _PICTURES * panel + (_PICTURES - 1) * _GAP
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if letters.getlength(longer) > most and line:
            lines.append(line)
            line = word
        else:
            line = longer
    lines.append(line)
    return lines if len(lines) <= 3 else [*lines[:2], f"{lines[2][:-1]}…"]
