"""Hand-written sentences that ask for a see-through mask: by class, by noun phrase, by an expression as somebody wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_MASKING = (
    "highlight {what} with a semi-transparent {color} mask",
    "cover {what} with a see-through {color} layer",
    "shade {what} in translucent {color}",
    "mark {what} in semi-transparent {color}",
    "put a translucent {color} mask over {what}",
    "please mask {what} in see-through {color}",
    "tint {what} {color} and leave the rest of the picture as it is",
    "overlay {what} with half-transparent {color}",
    "find {what} and fill the area with translucent {color}",
    "segment {what} and show the result as a semi-transparent {color} overlay",
    "lay a half-transparent {color} mask on {what}",
    "I would like to see {what} tinted {color}, everything else unchanged",
)
_QUOTED = (
    "highlight what this describes with a semi-transparent {color} mask: {what}",
    "cover this with a see-through {color} layer: {what}",
    "shade the following in translucent {color}: {what}",
    "mark in semi-transparent {color}: {what}",
    "put a translucent {color} mask over this: {what}",
    "find this and mask it in see-through {color}: {what}",
    'tint what "{what}" refers to {color} and leave the rest of the picture as it is',
    'overlay what is meant by "{what}" with half-transparent {color}',
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
