"""Sentences that ask for one thing to be replaced by another, from captions, labels and colours alone.

``sentences`` needs no model; :mod:`ieiw.builders.instructions.replacing_prompt` asks a language model for one instead, and
:mod:`ieiw.builders.instructions.replacing_checks` says whether what it wrote may stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ieiw.builders.instructions.captions import contradicted, thing
from ieiw.builders.instructions.described import NAMELESS, Described, Thing
from ieiw.builders.instructions.looks import place_of
from ieiw.builders.instructions.replacing_checks import check_written
from ieiw.builders.instructions.replacing_prompt import PROMPT, prompt_of, read_answer
from ieiw.builders.instructions.sameness import same_thing
from ieiw.builders.instructions.templates import TEMPLATES
from ieiw.builders.instructions.words import COLOURS
from ieiw.triplets.rejects import Reason, Refusal

__all__ = [
    "PROMPT", "Described", "check_written", "phrases", "place_of", "prompt_of", "read_answer", "sentences",
]  # fmt: skip
_ANYTHING = "area"
_FEW = 3
"""Among more that are alike neither a colour nor a place alone tells which one is meant."""


def sentences(source: Described, target: Described, wordings: Sequence[str] = ()) -> tuple[str, ...]:
    """The templates of replacement, filled: ``change the black dog to a cat``.

    Args:
        source: what was in the picture.
        target: what is there now.
        wordings: a recipe's own templates, in place of the hand-written ones.

    Raises:
        Refusal: ``no_caption``: nothing is known of one of them; ``ambiguous``: nothing tells which of several is meant;
            ``instruction_unusable``: one names nothing that could be exchanged, both are the same thing, or what was painted is not
            what the data set called it.
    """
    old, new = phrases(source, target)
    return tuple(_fill(template, old, new) for template in _clear(wordings or TEMPLATES["replacement"], old))


def phrases(source: Described, target: Described) -> tuple[str, str]:
    """What was there as a definite, and what is there now as an indefinite noun phrase: ``the black dog``, ``a cat``.

    Raises:
        Refusal: as :func:`sentences`.
    """
    if contradicted(target):
        raise _unusable(f"the data set calls it {target.label!r}, the captioner {target.caption!r}")
    was, now = thing(source), thing(target).coloured(target.colour)
    if same_thing(was.name, now.name):
        was = was.coloured(source.colour)
        check_other_look(was, now)
    was = told(was, source)
    place = source.place if (source.alike or was.name == NAMELESS) and not was.is_placed else ""
    try:
        old = was.definite(place)
        if was.name == NAMELESS:  # what has no name may be a person, and nobody calls them an object
            old = old.replace(NAMELESS, _ANYTHING, 1)
        return old, now.indefinite()
    except Refusal as refusal:
        raise _unusable(refusal.detail) from refusal


def told(was: Thing, source: Described) -> Thing:
    """The thing with as much as tells it from others of its name.

    Raises:
        Refusal: ``ambiguous``: nothing does.
    """
    if not source.alike:
        return was
    known = was.coloured(source.colour)
    clues = bool(known.looks or known.around) + bool(source.place)
    if clues < (1 if source.alike <= _FEW else 2):
        raise Refusal(Reason.AMBIGUOUS, f"nothing tells this {was.name} from {source.alike} others")
    return known


def check_other_look(was: Thing, now: Thing) -> None:
    """Refuse two of a name that do not look unlike, as far as the words tell.

    Raises:
        Refusal: ``instruction_unusable``.
    """
    both_coloured = was.looks & COLOURS and now.looks & COLOURS
    if not now.looks - was.looks or not (was.looks - now.looks or both_coloured):
        raise _unusable(f"the same thing twice: {was.definite()!r} and {now.definite()!r}")


def _clear(templates: Sequence[str], old: str) -> Sequence[str]:
    """Templates in which no ``with`` follows one that belongs to the thing (``the man with a hat with a dog``)."""
    crowded = " with " in f" {old} "
    return [one for one in templates if not (crowded and re.search(r"\{the\} with\b", one))] or templates


def _fill(template: str, old: str, new: str) -> str:
    return template.replace("{the}", "\0").replace("{a}", new).replace("\0", old)


def _unusable(detail: str) -> Refusal:
    return Refusal(Reason.INSTRUCTION_UNUSABLE, detail)
