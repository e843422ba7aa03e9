"""The pen draws the same from corners in a list and from corners written as SVG writes them."""

import numpy as np
import pytest

from ieiw.synthetic.palette import Paint
from ieiw.synthetic.rasteriser import Pen


@pytest.mark.parametrize("part", ["poly", "blob"])
def test_corners_may_be_written_as_svg_writes_them(part):
    sprites = []
    for corners in ([(-0.4, -0.1), (0.3, -0.125), (0.0, -0.9)], "-0.4,-0.1 0.3,-0.125 0.0,-0.9"):
        pen = Pen((-0.5, -1.0, 0.5, 0.0), 40.0)
        pen.mark("inside", (0.0, -0.3))
        getattr(pen, part)(corners, Paint((200, 30, 40)))
        pen.line(corners, 0.05, Paint((20, 30, 40)))
        pen.cover(corners)
        sprites.append(pen.done())
    listed, written = sprites
    assert np.array_equal(listed.rgb, written.rgb)
    assert np.array_equal(listed.alpha, written.alpha)
    assert [mark.seen for mark in written.marks] == [mark.seen for mark in listed.marks] == [1]
    assert written.alpha.max() == 1
