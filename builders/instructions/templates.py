"""Ten hand-written templates a task. ``{the}`` is the definite noun phrase, ``{a}`` the indefinite one; of a replacement, what goes
and what comes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ieiw.builders.instructions.phrases import NounPhrase
from ieiw.builders.instructions.words import POSITIONS

TEMPLATES: dict[str, tuple[str, ...]] = {
    "removal": (
        "remove {the}",
        "erase {the}",
        "get rid of {the}",
        "please remove {the}",
        "edit out {the}",
        "can you remove {the}?",
        "make {the} disappear",
        "take {the} out of the picture",
        "show me the scene without {the}",
        "I don't want {the} in this picture",
    ),
    "addition": (
        "add {a}",
        "please add {a}",
        "add {a} to the picture",
        "put {a} in the picture",
        "can you add {a}?",
        "how about adding {a}?",
        "place {a} in the scene",
        "show me the scene with {a}",
        "I would like to see {a} here",
        "I want {a} in this picture",
    ),
    "replacement": (
        "change {the} to {a}",
        "replace {the} with {a}",
        "turn {the} into {a}",
        "swap {the} for {a}",
        "please change {the} to {a}",
        "can you change {the} to {a}?",
        "put {a} in place of {the}",
        "exchange {the} for {a}",
        "I would like {a} instead of {the}",
        "could you put {a} where {the} used to be?",
    ),
}

_PLACED = re.compile(
    rf" (?:{'|'.join(sorted({*POSITIONS.values()}))}|in the (?:background|foreground|corner))(?: side)?$"
)
_BESIDE = re.compile(r" (?:above|behind|below|beside|near|next to|on|to the (?:left|right) of|under) ")


def fill(task: str, phrase: NounPhrase, templates: Sequence[str] = ()) -> tuple[str, ...]:
    """All templates of a task, or others in their place, filled.

    Raises:
        KeyError: the task has no templates, and none were given.
    """
    return tuple(filled(template, phrase) for template in templates or TEMPLATES[task])


def filled(template: str, phrase: NounPhrase) -> str:
    """A template about a thing, its place said once: ``a cat on the left of the picture``, no ``cat above it to the picture``."""
    if _PLACED.search(phrase.definite):
        template = re.sub(r"\} (?:in|to) th", "} of th", template.replace("} here", "} in this picture"))
    elif _BESIDE.search(phrase.definite):
        template = template.replace("} here", "} in this picture").replace("} to th", "} in th")
    return template.format(the=phrase.definite, a=phrase.indefinite)
