"""Which neighbours may take a region's place."""

import msgspec
import numpy as np
import pytest
from pydantic import ValidationError

from ieiw.builders.replacement.neighbours import RetrieveRules, fitting
from ieiw.triplets.images.masks import to_rle
from ieiw.triplets.layout.replacement import Reference, Retrieved


def outline(width=40, height=40, filled=1.0):
    mask = np.ones((height, width), np.bool_)
    mask[: round(height * (1 - filled))] = False
    return to_rle(mask)


def reference(number, **changes):
    made = Reference(
        id=f"r{number}",
        source="pets",
        picture=f"{number}.jpg",
        picture_sha256=f"{number:064x}",
        label="cat",
        box=(0, 0, 40, 40),
        outline=outline(),
        similarity=0.8,
        rank=number,
    )
    return msgspec.structs.replace(made, **changes)


QUERY = Retrieved(
    picture_sha256="f" * 64,
    region="1",
    label="dog",
    alike=0,
    place="",
    box=(5, 5, 40, 40),
    outline=outline(),
    references=(),
)


def test_the_nearest_that_fit_are_taken_in_order():
    found = [reference(number) for number in range(1, 6)]
    chosen, passed = fitting(QUERY, found, RetrieveRules(references=3))
    assert [each.id for each in chosen] == ["r1", "r2", "r3"]
    assert not passed


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"picture_sha256": "f" * 64}, "of the same picture"),
        ({"similarity": 0.99}, "too alike"),
        ({"similarity": 0.1}, "too unlike"),
        ({"label": "dog"}, "of the same name"),
        ({"box": (0, 0, 80, 20), "outline": outline(80, 20)}, "of another aspect"),
        ({"box": (0, 0, 10, 10), "outline": outline(10, 10)}, "too small"),
        ({"outline": outline(filled=0.3)}, "of another shape"),
    ],
)
def test_what_never_fits_is_passed_over_and_counted(changes, why):
    chosen, passed = fitting(QUERY, [reference(1, **changes), reference(2)], RetrieveRules())
    assert [each.id for each in chosen] == ["r2"]
    assert passed == {why: 1}


def test_one_picture_gives_one_reference():
    found = [reference(1), reference(2, picture_sha256=f"{1:064x}")]
    chosen, passed = fitting(QUERY, found, RetrieveRules())
    assert [each.id for each in chosen] == ["r1"]
    assert passed == {"of the same picture": 1}


def test_the_same_name_may_be_wanted_in_another_look():
    chosen, _ = fitting(QUERY, [reference(1, label="dog")], RetrieveRules(same_label="keep"))
    assert len(chosen) == 1


def test_things_without_a_name_are_refused_where_the_recipe_says_so():
    found = [reference(1, label="")]
    assert len(fitting(QUERY, found, RetrieveRules())[0]) == 1
    assert fitting(QUERY, found, RetrieveRules(unlabelled="refuse"))[1] == {"without a name": 1}


def test_bounds_that_leave_nothing_are_refused():
    with pytest.raises(ValidationError, match="min_similarity must be below"):
        RetrieveRules(min_similarity=0.9, max_similarity=0.5)
