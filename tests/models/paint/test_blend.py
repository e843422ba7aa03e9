"""The stand-in painter: the object is opaque, of its colour, in its place, and brings nothing of its old ground along."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ieiw.models.inpaint.patch import Patch
from ieiw.models.roles import PAINT
from tests.support.references import BLUE, GREEN, HOLE, RED, reference_job


def paint(job, seed=0):
    return PAINT.make("blend", {}).paint([job], [seed])[0]


def near(image, colour, most):
    return np.linalg.norm(image.astype(float) - colour, axis=-1) < most


def lightness(image):
    return cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 0]


def test_the_object_stands_opaque_on_the_lower_edge_of_the_hole_and_nothing_else_changes():
    job = reference_job()
    painted = paint(job)
    assert np.array_equal(painted[~job.hole], job.picture[~job.hole])
    red = near(painted, RED, 60)
    rows, columns = (np.flatnonzero(red.any(axis=axis)) for axis in (1, 0))
    assert abs(rows[-1] - (HOLE[1] - 1)) <= 2  # on the lower edge
    assert abs((columns[0] + columns[-1]) / 2 - (HOLE[2] + HOLE[3] - 1) / 2) <= 1.5
    assert columns[-1] - columns[0] > 0.9 * (HOLE[3] - HOLE[2])
    disc = cv2.erode(red.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert disc.sum() > 0.7 * np.pi / 4 * 48**2


def test_every_pixel_of_a_plain_place_is_of_the_object_or_of_the_ground_or_at_their_edge():
    painted = paint(reference_job())
    white = cv2.dilate(near(painted, (255, 255, 255), 90).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    other = ~near(painted, RED, 60) & ~near(painted, GREEN, 25) & ~white
    assert other.mean() < 0.03
    assert not near(painted, BLUE, 110).any()  # no halo of the old ground
    assert (painted[..., 2].astype(int) < 120)[~white].all()


def test_light_follows_the_place_but_only_so_far():
    dark, bright, same = (paint(reference_job(ground=(g,) * 3, around=(128,) * 3)) for g in (20, 240, 128))
    middle = (slice(58, 72), slice(62, 76))
    level = [lightness(each)[middle].mean() for each in (dark, same, bright)]
    assert level[0] < level[1] - 5 and level[1] + 5 < level[2]
    assert level[2] - level[0] < 30
    assert near(same[middle], RED, 12).all()
    assert all(near(each[middle], RED, 75).all() for each in (dark, bright))


def test_seeds_mirror_and_shift_and_the_same_seed_gives_the_same_bytes():
    job = reference_job()
    plain, again = paint(job), paint(job)
    assert np.array_equal(plain, again)
    others = [paint(job, seed) for seed in range(1, 9)]
    assert all(not np.array_equal(plain, each) for each in others)

    def spot(image):
        white = near(image, (255, 255, 255), 60)
        red = near(image, RED, 60)
        return np.nonzero(white)[1].mean() < np.nonzero(red)[1].mean()

    assert spot(plain)
    assert {spot(each) for each in others} == {True, False}


def test_what_stood_in_the_hole_is_gone():
    job = reference_job(ground=None)
    with_rest = job.picture.copy()
    with_rest[job.hole] = (255, 0, 255)
    assert np.array_equal(paint(replace(job, picture=with_rest)), paint(job))


@pytest.mark.parametrize("hole", [(0, 40, 0, 30), (80, 112, 90, 112), (50, 52, 10, 100), (10, 11, 5, 6)], ids=str)
@pytest.mark.parametrize("size", [1, 3, 300])
def test_any_place_and_any_size_will_do(hole, size):
    job = reference_job(hole=hole, size=112)
    silhouette = np.zeros((size + 1, size), bool)
    silhouette[:size] = True
    job = replace(job, reference=np.full((size + 1, size, 3), 90, np.uint8), silhouette=silhouette)
    for seed in range(3):
        painted = paint(job, seed)
        assert painted.shape == job.picture.shape and painted.dtype == np.uint8
        assert np.array_equal(painted[~job.hole], job.picture[~job.hole])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hole": np.zeros((112, 112), bool)}, "hole is empty"),
        ({"hole": np.ones((112, 112), bool)}, "covers the whole picture"),
        ({"hole": np.ones((112, 111), bool)}, "picture of shape"),
        ({"silhouette": np.ones((60, 60), bool)}, "without an outline"),
        ({"silhouette": np.zeros((60, 60), bool)}, "silhouette is empty"),
        ({"silhouette": np.ones((60, 61), bool)}, "reference of shape"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_jobs_that_nobody_could_paint_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        paint(replace(reference_job(), **change))
    with pytest.raises(ValueError, match="1 jobs and 0 seeds"):
        PAINT.make("blend", {}).paint([reference_job()], [])


def test_a_picture_is_emptied_once_for_all_its_references_and_seeds(monkeypatch):
    asked = []
    empty = Patch.paint
    monkeypatch.setattr(Patch, "paint", lambda self, *given: asked.append(len(given[0])) or empty(self, *given))
    job, other = reference_job(), reference_job(ground=(20, 20, 20))
    jobs, seeds = [job, other, replace(job, reference=other.reference), job], [0, 0, 0, 1]
    together = PAINT.make("blend", {}).paint(jobs, seeds)
    assert asked == [2]
    assert all(
        np.array_equal(one, paint(*each)) for one, each in zip(together, zip(jobs, seeds, strict=True), strict=True)
    )
