"""Whether a line has the shape of an instruction to change one thing: one imperative sentence, and no word about the task."""

from __future__ import annotations

import re

from ieiw.builders.instructions.class_naming import words_of
from ieiw.triplets.rejects import Reason, Refusal

_LEAST, _MOST = 4, 40
FORWARD = frozenset("change replace turn transform convert morph swap exchange switch make substitute".split())
"""Verbs after which what goes stands first."""
BACKWARD = frozenset("put place add insert substitute".split())
"""Verbs after which what comes stands first."""
_EDITS = FORWARD - {"switch"} | set("remove add insert erase delete adjust keep edit paint recolor".split())
_BANNED = frozenset(
    """
    caption captions image1 image2 source target reference mask region json sorry cannot can't unable i i'm ai model language
    not don't never description described label instruction example unknown original version
    """.split()
)
_MARKS = re.compile(r"[a-zA-ZÀ-ÿ0-9 ,.'’\"“”!()-]+")


def words_of_edit(sentence: str, known: frozenset[str]) -> list[str]:
    """The lower-case words of a sentence that is one imperative in Latin letters, without a leading ``please``.

    Args:
        sentence: as it was written.
        known: words that captions hold, and that a sentence may therefore say (``mask``).

    Raises:
        Refusal: ``instruction_unusable``: it is none, or it speaks of the task instead of the picture.
    """
    words = list(words_of(sentence))
    if not _MARKS.fullmatch(sentence) or not sentence.isprintable():
        raise _unusable("strange characters, or a question")
    if not _LEAST <= len(words) <= _MOST:
        raise _unusable(f"{len(words)} words")
    if re.search(r"[.!]\s*\S", sentence.rstrip(".!\"'”’")):
        raise _unusable("several sentences")
    if banned := _BANNED & {*words, *(word.partition("'")[0] for word in words)} - known:
        raise _unusable(f"it speaks of {min(banned)!r}")
    if words[0] == "please":
        words = words[1:]
    if words[0] not in FORWARD | BACKWARD:
        raise _unusable("no imperative of a change")
    if again := _EDITS & set(words[1:]):
        raise _unusable(f"a second edit: {min(again)!r}")
    return words


def _unusable(detail: str) -> Refusal:
    return Refusal(Reason.INSTRUCTION_UNUSABLE, detail)
