"""Ears that a file calls seen though the head is turned the other way: Human-Art guesses them and marks them like all others.

Ear, nose and eye of one side lie on that side of the head. Seen from there they follow one another in one sense of rotation, at
any tilt of the head; of an ear on the far side, in the other. Of 51 seen ears in COCO's sample none contradicts its face.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ieiw.builders.instructions.joints import LAYOUTS
from ieiw.builders.sources._persons import Joint

_CLEAR = 0.25
"""Sine of the angle between ear-nose and nose-eye from which the sense of rotation is beyond doubt."""
_SEEN = 2
_TURN = {"left": 1.0, "right": -1.0}
"""Sign of the cross product (ear to nose) x (nose to eye) on each side, with y pointing down."""


def without_far_ears(joints: Sequence[Joint], layout: str) -> tuple[Joint, ...]:
    """The joints, an ear on the far side of the head as not labelled; all of them where the layout has no ears."""
    named = dict(zip(LAYOUTS[layout], joints, strict=True))
    for side, turn in _TURN.items():
        ear = f"{side}_ear"
        if ear in named and _is_far(named[ear], named["nose"], named[f"{side}_eye"], turn):
            named[ear] = (0.0, 0.0, 0)
    return tuple(named.values())


def _is_far(ear: Joint, nose: Joint, eye: Joint, turn: float) -> bool:
    if ear[2] != _SEEN or not nose[2] or not eye[2]:
        return False
    across, along = (nose[0] - ear[0], nose[1] - ear[1]), (eye[0] - nose[0], eye[1] - nose[1])
    cross, lengths = across[0] * along[1] - across[1] * along[0], math.hypot(*across) * math.hypot(*along)
    return math.hypot(*across) > math.hypot(*along) and turn * cross < -_CLEAR * lengths
