"""Sentences that ask for joints to be marked: one clause a joint, joined as a person would write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Wish:
    """One joint to mark: what it is called (``left elbow``) and in which colour (``red``)."""

    joint: str
    colour: str

    def words(self, number: int) -> dict[str, str]:
        """What the clause of this number is filled with."""
        article = "an" if self.colour[0] in "aeiou" else "a"
        return {
            f"joint{number}": f"the {self.joint}",
            f"colour{number}": self.colour,
            f"a_colour{number}": f"{article} {self.colour}",
        }


@dataclass(frozen=True, slots=True)
class Sentence:
    """A template: what comes before, the first clause (it names the person), every other clause, and what comes after.

    The person is never followed by the colour: "the elbow of the person in red" would be a person dressed in red, and
    "the person with a red dot" one who wears it.
    """

    first: str
    other: str
    before: str = ""
    after: str = "."


SENTENCES = (
    Sentence("{a_colour} {kind} on {whose}", "{a_colour} one on {joint}", "Put "),
    Sentence("{a_colour} {kind} on {whose}", "{a_colour} one on {joint}", "Please draw "),
    Sentence("{a_colour} {kind} to mark {whose}", "{a_colour} one for {joint}", "Use "),
    Sentence("in {colour} where {whose} is", "in {colour} where {joint} is", "Show me "),
    Sentence("{a_colour} {kind} on {whose}", "{a_colour} one on {joint}", "Can you put ", "?"),
    Sentence("{own} with {a_colour} {kind}", "{joint} with {a_colour} one", "{On}mark "),
    Sentence("{a_colour} {kind} on {whose}", "{a_colour} one on {joint}", "I would like "),
    Sentence("{own} in {colour}", "{joint} in {colour}", "{On}mark "),
    Sentence("{a_colour} {kind} to {whose}", "{a_colour} one to {joint}", "Add "),
    Sentence("{own} with {a_colour} {kind}", "{joint} with {a_colour} one", "{On}please cover "),
    Sentence("{a_colour} {kind} exactly on {whose}", "{a_colour} one on {joint}", "Place "),
    Sentence("{a_colour} {kind} where {whose} is", "{a_colour} one where {joint} is", "I need "),
)
"""Hand-written; ``{kind}`` is a dot or a circle, ``{whose}`` the first joint with the person: ``the person's left elbow``. Where
somebody is told by a place, ``{On}`` names them (``On the person on the left, mark the elbow``), ``{own}`` is the bare joint."""
_KINDS = ("dot", "circle")
_NUMBERED = re.compile(r"\{(joint|colour|a_colour)\}")
"""What is another word in every clause."""


def fill_points(wishes: Sequence[Wish], who: str) -> tuple[str, ...]:
    """Every template filled, circles and dots by turns.

    Args:
        wishes: at least one joint, in the order of the sentence.
        who: noun phrase with its article, such as ``the person on the left``.

    Raises:
        ValueError: no joint.
    """
    if not wishes:
        raise ValueError("a sentence without a joint")
    placed = bool(re.search(r" (?:on|in) ", who))
    whose = _whose(wishes[0].joint, who, placed)
    words = {
        "whose": whose,
        "On": f"On {who}, " if placed else "",
        "own": f"the {wishes[0].joint}" if placed else whose,
    }
    for number, wish in enumerate(wishes):
        words |= wish.words(number)
    sentences = (template.format_map(words) for template in _templates(len(wishes)))
    return tuple(sentence[0].upper() + sentence[1:] for sentence in sentences)


def _whose(joint: str, who: str, placed: bool) -> str:
    """``the person's left elbow``, ``the top of the person's head``; ``the left elbow of the person on the left``."""
    if placed:
        return f"the {joint} of {who}"
    part, of, whole = joint.rpartition(" of the ")
    return f"the {part} of {who}'s {whole}" if of else f"{who}'s {joint}"


@cache
def _templates(count: int) -> tuple[str, ...]:
    """Every sentence for so many joints, to be filled at once: clause by clause took three times as long."""
    templates = []
    for at, sentence in enumerate(SENTENCES):
        forms = [sentence.first, *[sentence.other] * (count - 1)]
        clauses = [_NUMBERED.sub(rf"{{\g<1>{number}}}", form) for number, form in enumerate(forms)]
        text = f"{sentence.before}{joined(clauses)}{sentence.after}"
        templates.append(text.replace("{kind}", _KINDS[at % 2]))
    return tuple(templates)


def joined(clauses: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(clauses[:-1]), clauses[-1]]))


_INDICATORS = ("keypoint detection", "key point detection", "pose estimation")


def simple_points(joints: Sequence[str], who: str = "") -> tuple[str, ...]:
    """The paper's simple indicators: the task's name and the joints; each joint has one fixed colour, so none is said.

    Args:
        joints: names such as ``left elbow``.
        who: noun phrase where a picture holds several persons; empty in a crop of one.

    Raises:
        ValueError: no joint.
    """
    if not joints:
        raise ValueError("an indicator without a joint")
    place = f" ({who})" if who else ""
    return tuple(f"{indicator}{place}: {', '.join(joints)}" for indicator in _INDICATORS)
