"""Colours that a sentence names, exchanged for others: what drawings need to be drawn again in other colours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ieiw.triplets.drawings.palette import PALETTES, Rgb


def exchangeable(sentence: str, colours: Sequence[tuple[str, Rgb]]) -> Mapping[str, Rgb] | None:
    """The palette to draw other colours from.

    Args:
        sentence: names the colours.
        colours: name and value of each colour of the drawing.

    Returns:
        The palette that all are of; None where there is none, or where the sentence does not name them once each and no other
        colour (a simple indicator, or a man in red): then its colours cannot be told from its other words.
    """
    palette = next((each for each in PALETTES.values() if dict(colours).items() <= each.items()), None)
    names = sorted(name for name, _ in colours)
    return palette if palette and sorted(_pattern(palette).findall(sentence)) == names else None


def exchanged(sentence: str, names: Mapping[str, str]) -> str:
    """The sentence with other names of colours, old -> new, each with the article that goes with it."""

    def other(match: re.Match[str]) -> str:
        name = names[match["name"]]
        article = match["article"] and f"{match['article'][0]}{'n' if name[0] in 'aeiou' else ''} "
        return f"{article or ''}{name}"

    return re.sub(rf"\b(?:(?P<article>[Aa]n?) )?(?P<name>{_pattern(names).pattern})", other, sentence)


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Whole names, ``lime green`` before ``green``."""
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
