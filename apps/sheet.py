"""Contact sheets: many triplets on one picture, source | target | difference with the instruction below."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from pipelines.state import BuildState
from triplets.pictures import decode
from triplets.records import Image
from triplets.storage import Store

AMPLIFIED = 4
"""The difference is shown this many times as strong."""
_THUMB, _GAP, _MARGIN, _HEAD, _TEXT, _COLUMNS = 208, 6, 28, 92, 48, 2
_PAPER, _INK, _SOFT, _FLAG, _EDGE = (250, 250, 248), (28, 30, 34), (112, 116, 124), (176, 92, 20), (214, 214, 210)
_COLUMNS_READ = ["key", "source", "task", "pair", "group", "record"]
_SHOWN = [
    *["key", "source", "task", "instruction", "backend", "region_share", "shard"],
    *[f"{role}_{part}" for role in ("source", "target") for part in ("offset", "size")],
]


def choose(store: Store, state: BuildState, count: int, seed: int) -> list[dict[str, Any]]:
    """Rows for a sheet: spread evenly over sources and tasks, each picture as rarely as can be, always the same ones.

    Args:
        store: of the build.
        state: of the build, finished or not.
        count: how many rows at most.
        seed: which ones.
    """
    queues: dict[tuple[str, str], list[tuple[str, str, str, str]]] = defaultdict(list)
    for name in _tables(store, state):
        with store.open(name) as file:
            table = pq.read_table(file, columns=_COLUMNS_READ)
        for row in table.to_pylist():
            rank = hashlib.blake2b(f"{seed}/{row['key']}".encode(), digest_size=8).hexdigest()
            queues[row["source"], row["task"]].append((rank, name, row["key"], f"{row['source']}/{row['group']}"))
    picked = _in_turn([sorted(queue) for _, queue in sorted(queues.items())], count)
    rows = {row["key"]: row for name in {name for _, name, _, _ in picked} for row in _rows(store, name, picked)}
    return [rows[key] for _, _, key, _ in picked]


def _tables(store: Store, state: BuildState) -> list[str]:
    """The index of a finished build, the row files of another."""
    if state.state == "complete":
        return [part.name for part in state.index if part.name.startswith("index/rows-")]
    return [f"rows/{name}" for name in sorted(store.sizes("rows"))]


def _in_turn(queues: list[list[tuple[str, str, str, str]]], count: int) -> list[tuple[str, str, str, str]]:
    """Deal from the queues in turn; a picture that is on the sheet already waits until all others are."""
    picked: list[tuple[str, str, str, str]] = []
    used: set[str] = set()
    waiting: list[list[tuple[str, str, str, str]]] = [[] for _ in queues]
    heads = [iter(queue) for queue in queues]
    while len(picked) < count:
        before = len(picked)
        for number, head in enumerate(heads):
            for card in head:
                if card[3] in used:
                    waiting[number].append(card)
                    continue
                used.add(card[3])
                picked.append(card)
                break
            if len(picked) == count:
                break
        if len(picked) == before:
            if not any(waiting):
                break
            heads, waiting, used = [iter(queue) for queue in waiting], [[] for _ in queues], set()
    return picked


def _rows(store: Store, name: str, picked: Sequence[tuple[str, str, str, str]]) -> Iterator[dict[str, Any]]:
    keys = [key for _, table, key, _ in picked if table == name]
    with store.open(name) as file:
        table = pq.read_table(file, columns=_SHOWN, filters=[("key", "in", keys)])
    yield from table.to_pylist()


def contact_sheet(store: Store, state: BuildState, rows: Sequence[dict[str, Any]], path: Path) -> Path:
    """Draw the sheet.

    Args:
        store: of the build.
        state: of the build.
        rows: as :func:`choose` gives them.
        path: file to write; its ending says the format: ``.png``, ``.jpg``, ``.webp``.
    """
    card = 3 * _THUMB + 2 * _GAP
    cards = [_make_card(store, row) for row in rows]
    heights = [_height(cards[at : at + _COLUMNS]) for at in range(0, len(cards), _COLUMNS)]
    width = _COLUMNS * card + (_COLUMNS - 1) * _MARGIN + 2 * _MARGIN
    sheet = Pillow.new("RGB", (width, _HEAD + sum(heights) + _MARGIN), _PAPER)
    pen = ImageDraw.Draw(sheet)
    _header(pen, state, len(rows), width - _MARGIN)
    top = _HEAD
    for line, height in enumerate(heights):
        for column, each in enumerate(cards[line * _COLUMNS : (line + 1) * _COLUMNS]):
            _draw(sheet, pen, (_MARGIN + column * (card + _MARGIN), top), each, state)
        top += height
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, quality=90)
    return path.resolve()


def _header(pen: ImageDraw.ImageDraw, state: BuildState, shown: int, right: int) -> None:
    built = sum(count.built for count in state.counts.values())
    rejected = sum(count.rejected for count in state.counts.values())
    pen.text((_MARGIN, 20), ", ".join(state.sources), _INK, _font(24, bold=True))
    counts = f"{built:,} triplets built, {rejected:,} attempts rejected" if state.counts else "not finished"
    pen.text((_MARGIN, 54), f"{counts}; {shown} shown", _SOFT, _font(14))
    pen.text((right, 30), backends(state), _FLAG if stand_ins(state) else _SOFT, _font(14), anchor="rt")
    pen.text((right, 54), f"source  |  target  |  difference × {AMPLIFIED}", _SOFT, _font(14), anchor="rt")


def stand_ins(state: BuildState) -> list[str]:
    """Names of the embedded algorithms that stood in for trained models."""
    return sorted(each["name"] for each in state.backends.values() if each.get("stand_in") == "yes")


def backends(state: BuildState) -> str:
    """What did the work, for people."""
    flagged = stand_ins(state)
    parts = [
        f"{role}: {each['name']}{' (stand-in)' if each['name'] in flagged else ''}"
        for role, each in state.backends.items()
    ]
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class _Card:
    """One triplet, ready to be drawn: its row, its three pictures, its instruction in lines."""

    row: dict[str, Any]
    thumbs: tuple[Pillow.Image, Pillow.Image, Pillow.Image]
    lines: list[str]


def _make_card(store: Store, row: dict[str, Any]) -> _Card:
    source, target = (
        decode(store.read_range(row["shard"], row[f"{role}_offset"], row[f"{role}_size"])).pixels
        for role in ("source", "target")
    )
    thumbs = (_thumb(source), _thumb(target), _thumb(difference(source, target)))
    return _Card(row, thumbs, _wrapped(row["instruction"]))


def _height(cards: Sequence[_Card]) -> int:
    """Of a line of cards."""
    return max(max(thumb.height for thumb in card.thumbs) + len(card.lines) * 22 for card in cards) + _TEXT


def _draw(sheet: Pillow.Image, pen: ImageDraw.ImageDraw, at: tuple[int, int], card: _Card, state: BuildState) -> None:
    x, y = at
    for number, thumb in enumerate(card.thumbs):
        left = x + number * (_THUMB + _GAP) + (_THUMB - thumb.width) // 2
        sheet.paste(thumb, (left, y))
        pen.rectangle((left - 1, y - 1, left + thumb.width, y + thumb.height), None, _EDGE)
    y += max(thumb.height for thumb in card.thumbs) + 8
    for line in card.lines:
        pen.text((x, y), line, _INK, _font(17, bold=True))
        y += 22
    row = card.row
    flagged = " (stand-in)" if row["backend"] in stand_ins(state) else ""
    note = f"{row['task']}   {row['backend']}{flagged}   region {row['region_share']:.1%}   {row['key']}"
    pen.text((x, y + 2), note, _SOFT, _font(12))


def difference(source: Image, target: Image) -> Image:
    """Absolute difference of the channel that differs most, amplified, dark on light: white where nothing changed.

    Args:
        source: (height, width, 3), uint8.
        target: of the same size; another size gives a grey field, since nothing can be compared.
    """
    if source.shape != target.shape:
        return np.full_like(target, 128)
    apart = np.abs(source.astype(np.int32) - target).max(axis=2, keepdims=True) * AMPLIFIED
    return np.repeat(np.asarray(255 - np.minimum(apart, 255), np.uint8), 3, axis=2)


def _thumb(pixels: Image) -> Pillow.Image:
    picture = Pillow.fromarray(pixels)
    picture.thumbnail((_THUMB, _THUMB), Pillow.Resampling.LANCZOS)
    return picture


def _wrapped(text: str) -> list[str]:
    """Lines that fit a card; what is longer than three of them ends in an ellipsis."""
    font, most = _font(17, bold=True), 3 * _THUMB + 2 * _GAP
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if font.getlength(longer) > most and line:
            lines.append(line)
            line = word
        else:
            line = longer
    lines.append(line)
    return lines if len(lines) <= 3 else [*lines[:2], f"{lines[2][:-1]}…"]


@cache
def _font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which matplotlib brings along and which knows most scripts of Europe."""
    from matplotlib import get_data_path

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(get_data_path()) / "fonts" / "ttf" / name), size)
