"""What models make: one bad picture does not cost its neighbours theirs."""

import numpy as np

from ieiw.builders.artefacts import Inpainted
from ieiw.builders.protocols import PaintJob
from ieiw.models.inpaint.noop import Noop
from ieiw.triplets.rejects import Reason, Refusal


def job(value):
    hole = np.zeros((4, 4), bool)
    hole[1, 1] = True
    return PaintJob(np.full((4, 4, 3), value, np.uint8), hole)


class Moody(Noop):
    def paint(self, pictures, holes):
        if any(picture[0, 0, 0] == 13 for picture in pictures):
            raise RuntimeError("not this one")
        return super().paint(pictures, holes)


def test_a_picture_that_fails_is_refused_alone():
    good, bad, other = Inpainted(Moody()).get([job(1), job(13), job(2)])
    assert good[0, 0, 0] == 1 and other[0, 0, 0] == 2
    assert isinstance(bad, Refusal) and bad.reason is Reason.TASK_FAILED and "not this one" in bad.detail
    assert Inpainted(Moody()).get([]) == []


def test_a_digest_is_that_of_picture_and_hole():
    assert job(1).digest == job(1).digest != job(2).digest
