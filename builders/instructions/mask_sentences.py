"""Hand-written sentences that ask for a see-through mask: by class, by noun phrase, by an expression as somebody wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_MASKING = (
    "put a translucent {color} mask over {what}",
    "lay a half-transparent {color} layer over {what}",
    "please put a see-through {color} mask on {what}",
    "use semi-transparent {color} to highlight {what}",
    "draw a see-through {color} overlay on {what}",
    "apply a half-transparent {color} mask to {what}",
    "use translucent {color} to fill in {what}",
    "can you put a semi-transparent {color} mask over {what}?",
    "use a translucent {color} overlay to show me {what}",
    "paint see-through {color} over {what} and leave the rest as it is",
    "I would like a semi-transparent {color} layer over {what}",
    "add a translucent {color} tint to {what}",
)
"""The colour comes first: "the man in the shirt in red" would be a man in a red shirt."""
_QUOTED = (
    "put a translucent {color} mask over this: {what}",
    "cover this with a see-through {color} layer: {what}",
    "highlight this in semi-transparent {color}: {what}",
    "shade this in translucent {color}: {what}",
    "find this and mask it in see-through {color}: {what}",
    'use half-transparent {color} to mark "{what}"',
    'lay a see-through {color} overlay on what "{what}" refers to',
    'can you put a translucent {color} mask on "{what}"?',
    'apply a semi-transparent {color} mask to what is meant by "{what}"',
    'which part of the picture does "{what}" mean? Fill it with translucent {color}',
    'segment "{what}" and show the result as a semi-transparent {color} overlay',
)
SENTENCES: Mapping[str, tuple[str, ...]] = {
    "segment": _MASKING,
    "refer": _MASKING,
    "refer-quoted": _QUOTED,
    "segment-simple": ("semantic segmentation: {what}, {color}",),
    "refer-simple": ("referring segmentation: {what}, {color}",),
}
"""``{what}`` is the region in words, ``{color}`` the palette's name of a colour."""


def fill_what(kind: str, what: str, templates: Sequence[str] = ()) -> tuple[str, ...]:
    """The sentences of a kind of :data:`SENTENCES`, or others in their place, about something; ``{color}`` stays open.

    Braces in ``what`` are data and are kept as they are.

    Raises:
        KeyError: there is no such kind, and no templates were given.
    """
    about = what.replace("{color}", "{ color}")
    return tuple(sentence.replace("{what}", about) for sentence in templates or SENTENCES[kind])
