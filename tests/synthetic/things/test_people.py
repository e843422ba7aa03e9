"""Left and right of generated people are their own, whichever way they face."""

import numpy as np

from ieiw.synthetic import render
from ieiw.synthetic.things.people import JOINTS


def people(count):
    """(thing, joints by name) of the persons of some scenes."""
    for index in range(count):
        scene = render(11, index)
        for number, placed in enumerate(scene.placed):
            joints = scene.joints(number)
            if joints is not None:
                yield placed.thing, dict(zip(JOINTS, joints, strict=True))


def test_who_faces_us_has_the_left_side_on_our_right():
    flips = set()
    for thing, joints in people(30):
        shoulders = joints["left_shoulder"], joints["right_shoulder"]
        if thing.look.pose != "walking" and all(seen for *_, seen in shoulders):
            assert shoulders[0][0] > shoulders[1][0]
            flips.add(thing.flip)
    assert flips == {True, False}


def test_who_walks_shows_the_side_that_is_near():
    flips = set()
    for thing, joints in people(120):
        if thing.look.pose == "walking":
            near, far = ("left", "right") if thing.flip else ("right", "left")
            assert joints[f"{far}_eye"] == (0, 0, 0)
            if joints[f"{near}_eye"][2] and joints["nose"][2]:
                assert np.sign(joints["nose"][0] - joints[f"{near}_eye"][0]) == (-1 if thing.flip else 1)
            flips.add(thing.flip)
    assert flips == {True, False}
