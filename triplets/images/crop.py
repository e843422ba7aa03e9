"""Places of crops: spread over the picture, and no two alike as long as the picture has room."""

from __future__ import annotations

import hashlib

_ONE = 1 << 64
_STEPS = (int(0.7548776662466927 * _ONE), int(0.5698402909980532 * _ONE))
"""The steps of the R2 sequence (Roberts, 2018) along x and y: successive points keep away from each other."""


def crop_box(size: tuple[int, int], side: int, turn: int, key: str) -> tuple[int, int, int, int]:
    """The crop of a picture for one of its turns.

    Turns 0, 1, 2, … of one key give boxes that are spread evenly and differ from each other, until each place was used once;
    then they come again.

    Args:
        size: (width, height) of the picture.
        side: of the square crop; a picture's shorter side limits it.
        turn: which of the crops, from 0.
        key: of the picture; pictures of other keys are cut elsewhere.

    Returns:
        (x, y, width, height) in pixels, inside the picture.
    """
    width, height = min(side, size[0]), min(side, size[1])
    columns, rows = size[0] - width + 1, size[1] - height + 1
    wanted = turn % (columns * rows)
    seed = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
    starts = int.from_bytes(seed[:8], "little"), int.from_bytes(seed[8:16], "little")
    taken: set[tuple[int, int]] = set()
    point = 0
    while True:
        x = (starts[0] + point * _STEPS[0]) % _ONE * columns // _ONE
        y = (starts[1] + point * _STEPS[1]) % _ONE * rows // _ONE
        point += 1
        if (x, y) in taken:
            continue
        if len(taken) == wanted:
            return x, y, width, height
        taken.add((x, y))
