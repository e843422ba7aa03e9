"""Instructions that a data set publishes: tidied, never rewritten; and several turns said as one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

_MOST_WORDS = 40
_TAG = re.compile(r"^\s*(?:\[[^\]]{1,30}\]|[A-Z]{3,10}:)\s*")
"""What posts on request sites begin with: ``[Specific]``, ``SELF:``."""
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_JOINTS = (
    (", then ", ", and finally "),
    (", and then ", ", and then "),
    ("; after that, ", "; last, "),
    (". Then ", ". Finally, "),
)
"""Ways to join the turns of a session: between two, and before the last of three or more."""
_KEPT_CAPITAL = re.compile(r"I\b|[A-Z]{2}|\S*\d")


def tidy(texts: Iterable[object]) -> tuple[str, ...]:
    """The usable ones among published instructions, in order, each once.

    White space is collapsed, HTML entities are decoded, and the tags of request sites are cut off. Left out are values that are
    no text (GIER holds NaN), texts without a letter, with links, or of more than 40 words: those tell stories.
    """
    found: dict[str, str] = {}
    for text in texts:
        if not isinstance(text, str):
            continue
        clean = _TAG.sub("", " ".join(html.unescape(text).split())).strip()
        usable = re.search(r"[^\W\d_]", clean) and not _LINK.search(clean) and len(clean.split()) <= _MOST_WORDS
        if usable:
            found.setdefault(clean.casefold().rstrip(".!? "), clean)
    return tuple(found.values())


def in_one(turns: Sequence[str]) -> tuple[str, ...]:
    """The instructions of a session as one, in a few wordings: ``add a hat, then make the dog brown``.

    Args:
        turns: at least two tidied instructions, in order.
    """
    parts = [turn.rstrip(" .;,") for turn in turns]
    spoken = []
    for between, last in _JOINTS:
        joints = [between] * (len(parts) - 2) + [last if len(parts) > 2 else between]
        text = parts[0].rstrip("?!") if not between.startswith(".") else parts[0]
        for joint, part in zip(joints, parts[1:], strict=True):
            text = _joined(text, joint, part)
        spoken.append(text)
    return tuple(dict.fromkeys(spoken))


def _joined(text: str, joint: str, part: str) -> str:
    if text[-1:] in {"?", "!"}:
        joint = joint.lstrip(",;.")
        joint = joint[0] + joint[1].upper() + joint[2:]
    lowered = part if _KEPT_CAPITAL.match(part) else part[:1].lower() + part[1:]
    return f"{text}{joint}{lowered}"
