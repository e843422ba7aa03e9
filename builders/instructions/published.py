"""Instructions that a data set publishes: tidied, never rewritten; and several turns said as one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

_MOST_WORDS = 40
_TAG = re.compile(r"^\s*(?:\[[^\]]{1,30}\]|[A-Z]{3,10}:)\s*")
"""What posts on request sites begin with: ``[Specific]``, ``SELF:``."""
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_CLAUSES = ((", then ", ", and finally "), (", and then ", ", and then "), ("; after that, ", "; last, "))
"""Ways to join orders (``add a hat``): between two turns, and before the last of three or more."""
_SENTENCES = ((". Then ", ". Finally, "), (". ", ". "), (". After that, ", ". Last, "))
"""Ways to set turns side by side; orders take them as well as questions and wishes do."""
_NO_ORDER = re.compile(
    r"(?:it|i|he|she|they|we|you|there|this|that|these|the|a|an|what|why|how|can|could|would|is|are|maybe)\b",
    re.IGNORECASE,
)
"""How questions and wishes begin: ``could it be night?``, ``it should be one cow``."""
_REFRAMING = re.compile(
    r"\b(?:re|un)?(?:crop(?!s|[ -]?tops?)|rotat|flip(?![ -]?flop)|resiz|straighten|zoom|enlarg|shrink|tilt(?![ -]?shift)|deskew)|"
    r"(?<!gr[ae]y[ -])\b(?:re)?scal(?:e|ing)\b|\b(?:mirror|level)(?:ed)? (?:it|this|out|the)\b|"
    r"\bturn\b.*\b(?:sideways|upside|clockwise|degrees)|"
    r"\bmake (?:it|this|the whole|(?:the |this |my )?(?:photo|picture|image|pic))\b.*\b(?:portrait|landscape|square|bigger|smaller|"
    r"wider|larger)\b|"
    r"\b(?:trim|cut) (?:off )?(?:the |all )?(?:edges?|borders?|sides?|top|bottom|left|right)|\baspect ratio|\bperspective",
    re.IGNORECASE,
)
"""Words that ask for another frame of the same picture."""
_KEPT_CAPITAL = re.compile(r"I\b|[A-Z]{2}|\S*\d")


def tidy(texts: Iterable[object]) -> tuple[str, ...]:
    """The usable ones among published instructions, in order, each once (punctuation and case aside).

    White space is collapsed, HTML entities are decoded, and the tags of request sites are cut off. Left out are values that are
    no text (GIER holds NaN), texts without a letter, with links, or of more than 40 words: those tell stories.
    """
    usable: dict[str, str] = {}
    for text in texts:
        if not isinstance(text, str):
            continue
        clean = _TAG.sub("", " ".join(html.unescape(text).split())).strip()
        if re.search(r"[^\W\d_]", clean) and not _LINK.search(clean) and len(clean.split()) <= _MOST_WORDS:
            usable.setdefault(" ".join(re.findall(r"\w+", clean.casefold())), clean)
    return tuple(usable.values())


def reframes(text: str) -> bool:
    """Whether an instruction asks, among other things, to turn, cut or scale the picture: ``rotate it slightly``."""
    return _REFRAMING.search(text) is not None


def in_one(turns: Sequence[str]) -> tuple[str, ...]:
    """The instructions of a session as one, in a few wordings: ``add a hat, then make the dog brown``.

    Args:
        turns: at least two tidied instructions, in order.
    """
    parts = [turn.rstrip(" .;,") for turn in turns]
    orders = not any(part[-1:] in {"?", "!"} or _NO_ORDER.match(part) for part in parts)
    wordings = []
    for between, last in (*(_CLAUSES if orders else ()), *_SENTENCES):
        text = parts[0]
        for number, part in enumerate(parts[1:], 2):
            joint = last if number == len(parts) and number > 2 else between
            if text[-1] in "?!":
                joint = joint.lstrip(".")
            if joint.strip(". ") == "":
                part = part[:1].upper() + part[1:]
            elif not _KEPT_CAPITAL.match(part):
                part = part[:1].lower() + part[1:]
            text += joint + part
        if between.startswith("."):  # whole sentences begin and end as such
            text = text[:1].upper() + text[1:] + ("" if text[-1] in "?!" else ".")
        wordings.append(text)
    return tuple(dict.fromkeys(wordings))
