"""Which one is meant: words that tell a person from the others in view, or none where nothing tells them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ieiw.builders.boxes import CLEAR_SHARE, Box, area

_COUNTS = 0.1
"""Those whose part in view is smaller than this share of the one who is meant are background that nobody thinks of."""
_SHOWN = 0.5
"""Whether those are seen of whose box less than this share lies in view nobody knows: it may be its empty corner."""
_LARGER = 2.5
"""The one in front covers at least so many times the area of anyone else."""
_BEYOND = 0.1
"""Joints further outside a person's box than this share of its longer side belong to a part of them that the box leaves out."""
_CENTRAL = 0.12
"""The one in the middle is no further from the view's centre, as a share of its width …"""
_ASIDE = 0.2
"""… from which everyone else keeps so far away, …"""
_SLIGHT = 0.15
"""… except those who cover less than this share of the area of the one in the middle."""
_WEIGHTY = 0.6
"""… and covers at least this share of anyone's area; somebody behind a larger person is not whom one thinks of."""
_OFF = 0.2
"""Half of the joints of the one in the middle lie no further from the centre than this share of the width: an arm that
reaches across the picture widens the box of somebody who stands at its side."""
_TELLING = 5
"""Fewer joints do not tell where somebody is."""
_AMID = 0.15
"""Amid a crowd, the one in the middle covers at least this share of the view: the people of a crowd are smaller."""


@dataclass(frozen=True, slots=True)
class Company:
    """Who is in view.

    Attributes:
        one: the box of the one who is meant.
        others: boxes of the others of the kind.
        crowds: boxes that hold many of the kind.
        size: (width, height) of the view; boxes may reach beyond it.
        whole: whether everybody is listed; else others may be in view whom nobody boxed.
        joints: x, y of the joints of the one who is meant. Whoever is in front shows them all within the box: a body with its
            face in another's box is the same person's, outlined twice.
    """

    one: Box
    others: Sequence[Box]
    crowds: Sequence[Box]
    size: tuple[float, float]
    whole: bool = True
    joints: Sequence[tuple[float, float]] = ()


def who(company: Company, noun: str = "person") -> str | None:
    """``the person``, ``the person on the left``, ``the person in the middle``; None where no such words fit one alone.

    Amid people whom nobody listed, or of whom nobody knows whether they are seen, only a place in the middle of the picture can be
    told: further left there may be another one, or nobody at all.
    """
    one = _seen(company.one, company.size)
    if area(one) <= 0:
        return None
    rivals, masses = _noticed(company.others, one, company.size), _noticed(company.crowds, one, company.size)
    shown = [box for box in company.others if area(_seen(box, company.size)) >= _SHOWN * area(box)]
    if company.whole:
        words = _told(company, rivals, masses, noun)
        if words == _told(company, _noticed(shown, one, company.size), masses, noun):
            return words
    return f"the {noun} in the middle of the picture" if not masses and _central(company, rivals) else None


def _noticed(boxes: Sequence[Box], one: Box, size: tuple[float, float]) -> list[Box]:
    """The parts in view of those whom one thinks of."""
    return [box for box in (_seen(box, size) for box in boxes) if area(box) > _COUNTS * area(one)]


def _told(company: Company, rivals: Sequence[Box], masses: Sequence[Box], noun: str) -> str | None:
    """As :func:`who`, where everybody in view is known."""
    one = _seen(company.one, company.size)
    if not rivals and not masses:
        return f"the {noun}"
    place = _place(company, rivals, masses)
    if place:
        return f"the {noun} {place}"
    foremost = all(area(one) >= _LARGER * area(box) and _feet(one) >= _feet(box) for box in rivals)
    x, y, width, height = company.one
    more = _BEYOND * max(width, height)
    complete = all(
        x - more <= across <= x + width + more and y - more <= down <= y + height + more
        for across, down in company.joints
    )
    return f"the {noun} in front" if foremost and not masses and complete else None


def _place(company: Company, rivals: Sequence[Box], masses: Sequence[Box]) -> str:
    one, size = _seen(company.one, company.size), company.size
    margin = CLEAR_SHARE * size[0]
    many = len(rivals) + len(masses) > 1 or bool(masses)
    lefts = [_centre(box) for box in rivals] + [box[0] for box in masses]
    rights = [_centre(box) for box in rivals] + [box[0] + box[2] for box in masses]
    left_half, right_half = _centre(one) < size[0] / 2, _centre(one) > size[0] / 2
    outer_left = all(one[0] < box[0] for box in rivals)
    outer_right = all(one[0] + one[2] > box[0] + box[2] for box in rivals)
    if outer_left and _centre(one) + margin <= min(lefts) and (left_half or not many):
        return "on the far left" if many else "on the left"
    if outer_right and _centre(one) - margin >= max(rights) and (right_half or not many):
        return "on the far right" if many else "on the right"
    if many and _central(company, rivals) and (not masses or area(one) >= _AMID * size[0] * size[1]):
        return "in the middle"
    return ""


def _central(company: Company, rivals: Sequence[Box]) -> bool:
    """Whether one is in the middle of the view, and nobody else of note is."""
    one, size = _seen(company.one, company.size), company.size
    middle = size[0] / 2
    if len(company.joints) >= _TELLING:
        half_of_them = median(across for across, _ in company.joints)
        if abs(half_of_them - middle) > _OFF * size[0]:
            return False
    near = [box for box in rivals if abs(_centre(box) - middle) < _ASIDE * size[0]]
    alone = all(area(box) < _SLIGHT * area(one) for box in near)
    weighty = all(area(one) >= _WEIGHTY * area(box) for box in rivals)
    return abs(_centre(one) - middle) <= _CENTRAL * size[0] and alone and weighty


def _seen(box: Box, size: tuple[float, float]) -> Box:
    """The part of a box that lies in view; of no area where none does."""
    left, top = max(0.0, box[0]), max(0.0, box[1])
    right, bottom = min(size[0], box[0] + box[2]), min(size[1], box[1] + box[3])
    return left, top, max(0.0, right - left), max(0.0, bottom - top)


def _centre(box: Box) -> float:
    return box[0] + box[2] / 2


def _feet(box: Box) -> float:
    return box[1] + box[3]
