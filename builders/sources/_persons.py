"""From a picture's persons (or animals) with joints to records, whatever file they came in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ieiw.builders.boxes import Box
from ieiw.builders.instructions.joints import LAYOUTS
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason

Joint = tuple[float, float, int]
"""x, y in pixels of the stored picture, continuous (0.5 is the centre of the first); 0 not labelled, 1 hidden, 2 seen."""


@dataclass(frozen=True, slots=True)
class Person:
    """One annotated being.

    Attributes:
        id: official, unique in the source.
        noun: what it is: ``person``, ``zebra``.
        box: around it, or None where nobody can tell.
        joints: in the order of the data set's layout; empty where it was given none.
        crowd: whether the box stands for many.
        fault: why it cannot be used.
    """

    id: str
    noun: str = "person"
    box: Box | None = None
    joints: tuple[Joint, ...] = ()
    crowd: bool = False
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture as a layout gives it: its group, file, size (None where the layout does not say) and licence.

    ``unlisted``: others may be in view whom the file leaves out, so that no sentence may rely on its list.
    """

    group: str
    file: str
    split: str
    size: tuple[int, int] | None = None
    licence: str = ""
    unlisted: bool = False


def records_of(scene: Scene, layout: str, persons: Sequence[Person]) -> Iterator[Record]:
    """One record for each person; each knows the boxes of the others of its kind, since a sentence must tell them apart."""
    for person in persons:
        fault = person.fault
        if fault is None and person.crowd:
            fault = Fault(Reason.CROWD, "a crowd region is no single person")
        elif fault is None and not any(seen for _, _, seen in person.joints):
            fault = Fault(Reason.NO_KEY_POINTS, f"no joint of this {person.noun} is labelled")
        if fault is not None:
            yield Record(person.id, scene.group, {}, {}, scene.split, fault=fault)
            continue
        others = [each for each in persons if each is not person and each.noun == person.noun and each.box is not None]
        yield Record(
            id=person.id,
            group=scene.group,
            files={"picture": scene.file},
            annotation={
                "layout": layout,
                "noun": person.noun,
                "joints": [list(joint) for joint in person.joints],
                "box": list(person.box or box_around(person.joints)),
                "others": [list(each.box or ()) for each in others if not each.crowd],
                "crowds": [list(each.box or ()) for each in others if each.crowd],
                "unlisted": scene.unlisted,
            },
            split=scene.split,
            size=scene.size,
            licence=scene.licence,
        )


def joints_of(
    flat: Sequence[float], layout: str, *, shift: float, codes: Mapping[int, int] | None = None
) -> tuple[Joint, ...]:
    """Joints from x, y, v, x, y, v, …

    Args:
        flat: as many triples as the layout has joints.
        layout: a name of :data:`~ieiw.builders.instructions.joints.LAYOUTS`.
        shift: added to x and y: 0.5 where the file counts pixels from 0, -0.5 where it counts from 1.
        codes: the file's visibility -> COCO's (0 not labelled, 1 hidden, 2 seen); None where the file's is COCO's.

    Raises:
        ValueError: another number of values, not finite, or an unknown visibility; the message says which.
    """
    count = len(LAYOUTS[layout])
    if len(flat) != 3 * count:
        raise ValueError(f"keypoints has {len(flat)} numbers, {3 * count} are needed")
    known = codes or {0: 0, 1: 1, 2: 2}
    joints: list[Joint] = []
    for at in range(count):
        x, y, code = flat[3 * at : 3 * at + 3]
        if not (math.isfinite(x) and math.isfinite(y) and code in known):
            raise ValueError(f"keypoints[{3 * at}:{3 * at + 3}] is {x}, {y}, {code}")
        seen = known[int(code)]
        joints.append((x + shift, y + shift, seen) if seen else (0.0, 0.0, 0))
    return tuple(joints)


def box_around(joints: Sequence[Joint], grow: float = 0.2) -> Box:
    """The box of the labelled joints, grown on each side by ``grow`` of its longer side, since limbs are thicker than lines.

    Raises:
        ValueError: no joint is labelled.
    """
    xs = [x for x, _, seen in joints if seen]
    ys = [y for _, y, seen in joints if seen]
    more = grow * max(max(xs) - min(xs), max(ys) - min(ys), 1.0)
    return min(xs) - more, min(ys) - more, max(xs) - min(xs) + 2 * more, max(ys) - min(ys) + 2 * more


def sound_box(values: Sequence[float]) -> Box:
    """A box of x, y, width, height.

    Raises:
        ValueError: not four finite numbers, or no area.
    """
    if len(values) != 4 or not all(map(math.isfinite, values)):
        raise ValueError(f"the box {list(values)} is not four finite numbers")
    x, y, width, height = values
    if width <= 0 or height <= 0:
        raise ValueError(f"the box {list(values)} has no area")
    return float(x), float(y), float(width), float(height)


def box_if_any(values: Sequence[float]) -> Box | None:
    """As :func:`sound_box`; None where it is none: of somebody without a labelled joint many files give four zeros."""
    try:
        return sound_box(values)
    except ValueError:
        return None
