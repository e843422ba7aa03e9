"""The sentences of a sample, as its member ``KEY.json`` has them."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

_SIDED = re.compile(
    r"\b(left|right|leftmost|rightmost|left-?hand(ed)?|right-?hand(ed)?|leftward\w*|rightward\w*|(anti|counter-?)?clockwise|east\w*|west\w*"
    r"|letters?|words?|text|sign|writing|numbers?|digits?|logo)\b",
    re.IGNORECASE,
)


class Sentences(msgspec.Struct):
    """Its own, and others that say the same."""

    instruction: str
    alternatives: list[str]

    def may_mirror(self) -> bool:
        """Whether one of them fits the mirrored pictures too."""
        return not all(map(is_sided, (self.instruction, *self.alternatives)))


read_sentences = msgspec.json.Decoder(Sentences).decode
"""Of a member's bytes; raises ``msgspec.DecodeError`` where it is damaged."""


@lru_cache(2**16)  # the search costs more than reading the latents of a sample
def is_sided(text: str) -> bool:
    """Whether a sentence speaks of sides or of something to be read.

    "Right" may be a side, a direction or a mere filler: swapping words is not exact, so such samples are not mirrored.
    """
    return _SIDED.search(text) is not None
