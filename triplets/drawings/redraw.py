"""Drawings made anew: other colours for the same points or region, in the picture and in the sentence.

The paper redraws points, masks and their colours at every epoch. A shard holds one rendering; from its source picture and its
``answer`` the others follow, exactly as the tasks draw them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ieiw.triplets.drawings.contrast import visible_on
from ieiw.triplets.drawings.drawing import draw_points, outline_box, shade_region
from ieiw.triplets.drawings.palette import PALETTES, Rgb
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.records import Image


def redraw(
    source: Image, sentence: str, answer: Mapping[str, Any], rng: np.random.Generator
) -> tuple[Image, str] | None:
    """Draw a sample's target again in colours of another draw.

    Args:
        source: (height, width, 3), the sample's source picture, at the size the answer speaks of.
        sentence: one of the sample's wordings.
        answer: the sample's ``answer``, parsed: of the tasks ``keypoints``, ``segment``, ``refer`` and ``detect``.
        rng: draws the colours.

    Returns:
        Target and sentence; None where there is nothing to redraw: another task, no drawing, or a sentence that names its colours
        not exactly once each (a simple indicator, or a man in red).
    """
    points, mask = answer.get("points"), answer.get("mask")
    if isinstance(points, list) and points and "radius" in answer:
        return _points(source, sentence, answer, rng)
    if isinstance(mask, dict) and answer.get("present") and "color" in answer and "alpha" in answer:
        return _region(source, sentence, answer, rng)
    if answer.get("outlines") and "line" in answer and "color" in answer:
        return _boxes(source, sentence, answer, rng)
    return None


def _points(
    source: Image, sentence: str, answer: Mapping[str, Any], rng: np.random.Generator
) -> tuple[Image, str] | None:
    points, radius = answer["points"], float(answer["radius"])
    old = [str(point["colour"]) for point in points]
    colours = _palette_of(old, [point["rgb"] for point in points])
    if colours is None or not _each_once(sentence, old, colours):
        return None
    new: list[str] = []
    for point in points:
        where = [(point["x"], point["y"])] if point["drawn"] else []
        new.append(visible_on(source, where, rng, radius=radius, taken=new, colours=colours))
    drawn = [(point, colours[name]) for point, name in zip(points, new, strict=True) if point["drawn"]]
    target = draw_points(source, [(point["x"], point["y"]) for point, _ in drawn], radius, [rgb for _, rgb in drawn])
    return target, _renamed(sentence, dict(zip(old, new, strict=True)))


def _region(
    source: Image, sentence: str, answer: Mapping[str, Any], rng: np.random.Generator
) -> tuple[Image, str] | None:
    old, alpha = str(answer["color"]), float(answer["alpha"])
    colours = _palette_of([old], [answer["rgb"]])
    mask = from_rle(answer["mask"])
    if colours is None or mask.shape != source.shape[:2] or not _each_once(sentence, [old], colours):
        return None
    new = visible_on(source, mask, rng, alpha=alpha, colours=colours)
    return shade_region(source, mask, colours[new], alpha), _renamed(sentence, {old: new})


def _boxes(
    source: Image, sentence: str, answer: Mapping[str, Any], rng: np.random.Generator
) -> tuple[Image, str] | None:
    old, line = str(answer["color"]), int(answer["line"])
    colours = _palette_of([old], [answer["rgb"]])
    if colours is None or not _each_once(sentence, [old], colours):
        return None
    lines = np.zeros_like(source)
    for box in answer["outlines"]:
        lines = outline_box(lines, box, (255, 255, 255), line)
    new = visible_on(source, lines[..., 0] > 0, rng, colours=colours)
    target = source
    for box in answer["outlines"]:
        target = outline_box(target, box, colours[new], line)
    return target, _renamed(sentence, {old: new})


def _palette_of(names: Sequence[str], values: Sequence[Sequence[int]]) -> Mapping[str, Rgb] | None:
    """The palette that the colours are of."""
    wanted = {name: tuple(value) for name, value in zip(names, values, strict=True)}
    return next((each for each in PALETTES.values() if wanted.items() <= each.items()), None)


def _each_once(sentence: str, names: Sequence[str], colours: Mapping[str, Rgb]) -> bool:
    """Whether the sentence names these colours once each, and no other: then its colours can be told from its other words."""
    return sorted(_pattern(colours).findall(sentence)) == sorted(names)


def _renamed(sentence: str, names: Mapping[str, str]) -> str:
    return _pattern(names).sub(lambda found: names[found.group()], sentence)


def _pattern(names: Mapping[str, Any]) -> re.Pattern[str]:
    """Whole names, ``lime green`` before ``green``."""
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
