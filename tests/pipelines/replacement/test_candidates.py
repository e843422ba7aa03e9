"""Which candidate is kept: the one of the greatest weighted sum, of scores in whichever direction they are better."""

import numpy as np
import pytest

from ieiw.models.embed.descriptor import Descriptor
from ieiw.pipelines.recipe.check import problems
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.replacement.candidates import Judges, Results, told
from ieiw.triplets.layout.recipe import Recipe
from tests.support.replaced import recipe_values


def flat(colour):
    return np.full((40, 40, 3), colour, np.uint8)


def noisy():
    return np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)


def results(*crops, reference, hole=True):
    picture, mask = flat((90, 90, 90)), np.zeros((40, 40), np.bool_)
    mask[10:30, 10:30] = hole
    wholes = [np.where(mask[..., None], crop, picture) for crop in crops]
    return Results(picture, mask, wholes, crops, [reference] * len(crops))


def judged(found, **weights):
    judges = Judges(weights or {"likeness": 1.0}, Descriptor())
    scores = judges.scores(found)
    return judges.best(scores), scores


def test_the_one_that_is_like_its_reference_is_kept():
    best, scores = judged(results(flat((200, 20, 20)), noisy(), reference=noisy()))
    assert best == 1 and scores["likeness"][0] < 0.9 < scores["likeness"][1] == pytest.approx(1, abs=1e-3)


def test_other_scores_count_by_their_weight_and_their_direction():
    found = results(noisy(), flat((20, 20, 200)), reference=flat((20, 20, 200)))
    assert judged(found, sharpness=1.0)[0] == 0
    assert judged(found, noise=1.0)[0] == 1  # lower is better
    assert judged(found, likeness=1.0, sharpness=0.0)[0] == 1


def test_a_score_without_meaning_weighs_nothing_and_is_not_recorded():
    best, scores = judged(results(flat((9, 9, 9)), flat((8, 8, 8)), reference=flat((8, 8, 8)), hole=False), seam=1.0)
    assert np.isnan(scores["seam"]).all() and best == 0
    assert set(told(scores, 0)) == {"likeness"}


def test_equal_ones_give_the_first():
    assert judged(results(*[flat((20, 20, 200))] * 3, reference=flat((20, 20, 200))))[0] == 0


@pytest.mark.parametrize("name", ["beauty", "aesthetic-v2", "phash"])
def test_a_score_of_something_else_is_refused_before_anything_is_painted(site, name):
    values = recipe_values(site.data, site.gallery, paint={"scores": {name: 1}})
    assert "no score of pixels" in str(problems(Components(Recipe.model_validate(values))))
