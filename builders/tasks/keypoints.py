"""Key points: coloured circles on named joints of a person or an animal (InstructDiffusion, section 3.2)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, Literal

import numpy as np

from ieiw.builders.instructions.joints import LAYOUTS, fixed_colour, spoken
from ieiw.builders.instructions.point_sentences import Wish, fill_points, simple_points
from ieiw.builders.point_rules import PointRules
from ieiw.builders.protocols import Tools
from ieiw.builders.record_kinds import Kind
from ieiw.builders.tasks._base import TaskBase, pair_name
from ieiw.builders.tasks._views import Point, View, make_view
from ieiw.triplets.drawings.contrast import visible_shares
from ieiw.triplets.drawings.palette import PALETTES, Rgb, clashing
from ieiw.triplets.drawings.points import Answer, draw
from ieiw.triplets.drawings.points import Point as NamedPoint
from ieiw.triplets.records import Image, OpenRecord, Triplet
from ieiw.triplets.rejects import Reason, Refusal

_STANDS_OUT = 60.0
"""CIELAB distance of a circle's colour from what lies beneath; at 45 a brown circle on a dark suit was still overlooked."""
_ENOUGH = 0.9
"""Share of the pixels beneath and around a circle from which its colour must differ visibly."""
_WITHIN = 0.5
"""Radii from a circle's centre to the view's border: of a circle that is cut off, four fifths still show."""
_REACH = 6
"""Pixels looked at from a circle's centre to where its surroundings end."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A joint that is asked for: its number in the layout, its colour, and whether a circle is drawn for it."""

    joint: int
    colour: str
    rgb: Rgb
    drawn: bool = True


class Keypoints(TaskBase[PointRules]):
    """The task. A record's annotation is what :func:`ieiw.builders.sources._persons.records_of` writes."""

    name = "keypoints"
    version = 4
    needs = frozenset({Kind.JOINTED})
    drawing = Answer
    options = PointRules

    def __init__(self, tools: Tools, options: Mapping[str, Any]) -> None:
        super().__init__(tools, options)
        self._colours = PALETTES[self._options.palette]
        self._clashes = {name: clashing(name, self._colours) for name in self._colours}

    def triplets(self, record: OpenRecord, rng: np.random.Generator) -> Iterator[Triplet]:
        """One triplet: one to ``most`` joints, each in a colour of its own.

        Raises:
            Refusal: the person is too small, outside the picture or cannot be told from others; or no joint is in view.
        """
        view = record.once("view", lambda: make_view(record, self._options, self._tools.short_side))
        radius = float(self._options.radius * min(view.picture.shape[:2]))
        marks = self._marks(record, view, radius, rng)
        shown = [mark for mark in marks if mark.drawn]
        places = [view.joints[mark.joint] for mark in shown]
        target = draw(view.picture, places, radius, [mark.rgb for mark in shown])
        whole = self._options.view == "whole"
        keep, original = (
            (record.once_for_picture, record.record.files["picture"]) if whole else (record.once, record.record.id)
        )
        annotation = record.record.annotation
        names, noun = LAYOUTS[annotation["layout"]], annotation["noun"]
        wishes = [Wish(spoken(names[mark.joint], noun), mark.colour) for mark in marks]
        if self._options.instructions == "simple":
            sentences = simple_points(
                [wish.joint for wish in wishes], "" if view.person == f"the {noun}" else view.person
            )
        else:
            sentences = fill_points(wishes, view.person)
        yield Triplet(
            instruction=sentences[int(rng.integers(len(sentences)))],
            alternatives=sentences,
            source=keep("encoded", lambda: self._tools.encode(view.picture)),
            target=self._tools.encode(target),
            answer=_answer(record, view, marks, radius, self._options.view),
            region_share=len(shown) * math.pi * radius**2 / (view.picture.shape[0] * view.picture.shape[1]),
            pair=pair_name(record.source, self.name, original),
            facts={"kind": "positive" if len(shown) == len(marks) else "names an unlabelled joint"},
        )

    def _marks(self, record: OpenRecord, view: View, radius: float, rng: np.random.Generator) -> list[Mark]:
        """Joints and colours, in the order of the sentence."""
        inside = [joint for joint in range(len(view.joints)) if self._may_be_asked(view, joint, radius)]
        if not inside:
            raise Refusal(
                Reason.REGION_OUTSIDE, "no labelled joint lies in the view, half a circle's radius from its border"
            )
        wanted = int(rng.integers(1, self._options.most + 1))
        order = rng.permutation(inside).tolist()
        visible = self._visible(view, order[:wanted], radius)  # most often these are all that it takes
        marks: list[Mark] = []
        for joint in order:
            if len(marks) == wanted:
                break
            place, least = view.joints[joint], self._options.apart * radius
            if all(math.dist(place, view.joints[mark.joint]) >= least for mark in marks):
                if joint not in visible:
                    visible |= self._visible(view, [joint], radius)
                marks += self._coloured(record, joint, visible[joint], marks, rng)
        if not marks:
            raise Refusal(Reason.REGION_EMPTY, "no colour stands out from what lies beneath the joints")
        missing = [joint for joint, seen in enumerate(view.seen) if seen == 0]
        if missing and rng.random() < self._options.unlabelled:
            at, joint = int(rng.integers(len(marks) + 1)), int(rng.choice(missing))
            marks[at:at] = self._coloured(record, joint, list(self._colours), marks, rng, drawn=False)
        return marks

    def _may_be_asked(self, view: View, joint: int, radius: float) -> bool:
        """Whether the joint is labelled, by somebody who could know, and its circle lies in the view."""
        seen, (x, y) = view.seen[joint], view.joints[joint]
        left, top, across, down = view.box
        if seen != 2:
            # Where a hidden joint outside of the person's box lies, somebody guessed and nobody can check.
            in_box = left <= x <= left + across and top <= y <= top + down
            if not (seen == 1 and self._options.hidden and in_box):
                return False
        height, width = map(float, view.picture.shape[:2])
        edge = _WITHIN * radius
        return edge <= x < width - edge and edge <= y < height - edge

    def _visible(self, view: View, joints: Sequence[int], radius: float) -> dict[int, list[str]]:
        """For each joint the colours in which a circle on it shows."""
        if self._options.instructions == "simple":
            return dict.fromkeys(joints, [])
        beneath = [_around(view.picture, view.joints[joint], radius) for joint in joints]
        good = (visible_shares(beneath, self._colours, least=_STANDS_OUT) >= _ENOUGH).tolist()
        return {joint: list(compress(self._colours, each)) for joint, each in zip(joints, good, strict=True)}

    def _coloured(
        self,
        record: OpenRecord,
        joint: int,
        colours: list[str],
        marks: list[Mark],
        rng: np.random.Generator,
        *,
        drawn: bool = True,
    ) -> list[Mark]:
        """The joint in one of the colours that is not taken; nothing where all are."""
        if self._options.instructions == "simple":
            return [Mark(joint, "", fixed_colour(record.record.annotation["layout"], joint), drawn)]
        taken = set[str]().union(*(self._clashes[mark.colour] for mark in marks))
        free = [name for name in colours if name not in taken]
        if not free:
            return []
        colour = free[int(rng.integers(len(free)))]
        return [Mark(joint, colour, self._colours[colour], drawn)]


def _around(image: Image, place: Point, radius: float) -> Image:
    """Pixels (N, 3) beneath a circle and around it: it must stand out from its surroundings as well.

    Of large circles every second, third, … pixel of both directions: some 150 tell as much as all.
    """
    reach = 1.5 * radius + 1
    height, width = image.shape[:2]
    x, y = place
    step = max(1, int(reach / _REACH))
    rows = slice(max(0, math.floor(y - reach)), min(height, math.ceil(y + reach)), step)
    columns = slice(max(0, math.floor(x - reach)), min(width, math.ceil(x + reach)), step)
    return image[rows, columns].reshape(-1, 3)


def _answer(
    record: OpenRecord, view: View, marks: list[Mark], radius: float, shown: Literal["person", "whole"]
) -> Answer:
    """What an evaluator needs, in pixels of the output; ``joints`` holds all that are labelled, also those not asked for."""
    annotation = record.record.annotation
    names = LAYOUTS[annotation["layout"]]
    places = [
        (round(x, 3), round(y, 3), seen) if seen else (0.0, 0.0, 0)
        for (x, y), seen in zip(view.joints, view.seen, strict=True)
    ]
    points = [
        NamedPoint(
            joint=names[mark.joint],
            words=spoken(names[mark.joint], annotation["noun"]),
            colour=mark.colour,
            rgb=mark.rgb,
            drawn=mark.drawn,
            x=places[mark.joint][0] if mark.drawn else -1.0,
            y=places[mark.joint][1] if mark.drawn else -1.0,
            visibility=places[mark.joint][2],
        )
        for mark in marks
    ]
    x, y, width, height = view.box
    return Answer(
        points=tuple(points),
        radius=round(radius, 4),
        layout=annotation["layout"],
        joints=tuple(places),
        box=(round(x, 3), round(y, 3), round(width, 3), round(height, 3)),
        view=shown,
        who=view.person,
    )
