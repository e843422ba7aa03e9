"""Where things may stand and hang."""

import numpy as np

from ieiw.synthetic.backdrops.parts import WINDOW
from ieiw.synthetic.scene import render


def test_nothing_hangs_over_a_window_or_over_another_thing():
    rooms = [render(2, index, place="in a living room") for index in range(30)]
    boxes = 0
    for scene in rooms:
        hung = np.zeros(scene.stuff.shape, int)
        plain = scene.backdrop.stuff
        for each in scene.placed:
            if each.thing.zone.where == "wall":
                boxes += 1
                hung += each.mask
                assert not (plain[each.mask] == WINDOW).any()
        assert hung.max() <= 1
    assert boxes > 20
    assert sum((scene.backdrop.stuff == WINDOW).any() for scene in rooms) > 8


def test_nobody_stands_on_the_roof_of_a_car():
    for index in range(30):
        scene = render(2, index, place="on a street")
        standing = [each.thing for each in scene.placed if each.thing.zone.where == "floor"]
        for far in standing:
            for near in standing:
                left, top, right, bottom = near.box
                if far.at[1] < near.at[1] and left < far.at[0] < right:
                    assert not top <= far.at[1] <= top + 0.15 * (bottom - top)
