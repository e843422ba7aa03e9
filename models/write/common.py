"""What both writers share."""

from __future__ import annotations

MOST_TOKENS = 1024
"""Of one answer."""


def whole_lines(text: str) -> str:
    """An answer that was cut at its greatest length, without its last line: half a sentence is no sentence."""
    return text.rpartition("\n")[0]
