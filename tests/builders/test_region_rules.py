"""Region rules: each bound refuses by its own name, just beyond itself and not before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.builders.region_rules import RegionRules, check_region, hole_of, region_rules
from ieiw.triplets.errors import UsageError
from ieiw.triplets.rejects import Refusal

HEIGHT, WIDTH = 100, 120


def region(x, y, width, height):
    mask = np.zeros((HEIGHT, WIDTH), np.bool_)
    mask[y : y + height, x : x + width] = True
    return mask


def verdict(mask, **rules):
    try:
        check_region(mask, RegionRules(**rules))
    except Refusal as refusal:
        return refusal.reason.value
    return "good"


@pytest.mark.parametrize(
    ("mask", "rules", "expected"),
    [
        (region(0, 0, 0, 0), {}, "region_empty"),
        (region(30, 30, 30, 20), {}, "good"),
        (region(30, 30, 12, 10), {"min_share": 0.01}, "good"),
        (region(30, 30, 11, 10), {"min_share": 0.01}, "region_too_small"),
        (region(30, 30, 40, 30), {"max_share": 0.1}, "good"),
        (region(30, 30, 41, 30), {"max_share": 0.1}, "region_too_large"),
        (region(10, 30, 80, 10), {"min_side": 10}, "good"),
        (region(10, 30, 80, 9), {"min_side": 10}, "region_too_thin"),
        (region(10, 10, 9, 80), {"min_side": 10}, "region_too_thin"),
        (region(0, 30, 30, 20), {"border": "keep"}, "good"),
        (region(0, 30, 30, 20), {"border": "refuse"}, "region_cut_by_border"),
        (region(1, 1, 30, 20), {"border": "refuse"}, "good"),
        (region(0, 0, WIDTH, 20), {"max_border_share": 0.4}, "good"),
        (region(0, 0, WIDTH, 20), {"max_border_share": 0.3}, "region_cut_by_border"),
    ],
)
def test_each_bound_refuses_by_its_own_name(mask, rules, expected):
    assert verdict(mask, **rules) == expected


@given(st.integers(0, 90), st.integers(0, 70), st.integers(1, 30), st.integers(1, 30))
def test_a_mirrored_region_meets_the_same_verdict(x, y, width, height):
    mask = region(x, y, width, height)
    assert verdict(mask) == verdict(mask[:, ::-1]) == verdict(mask[::-1]) == verdict(mask.T)


@given(st.integers(0, 90), st.integers(0, 70), st.integers(1, 60), st.integers(1, 60))
def test_what_is_checked_as_good_has_a_hole_that_holds_it_and_leaves_picture_around_it(x, y, width, height):
    mask, rules = region(x, y, width, height), RegionRules()
    if verdict(mask) == "good":
        hole = hole_of(mask, rules)
        assert not (mask & ~hole).any()
        assert not hole.all()


def test_a_hole_that_eats_the_picture_is_refused():
    with pytest.raises(Refusal, match="region_too_large"):
        hole_of(region(20, 20, 60, 50), RegionRules(dilate_pixels=40))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"min_shar": 0.1}, r"region\.min_shar: .*known: min_share"),
        ({"min_share": "much"}, r"region\.min_share"),
        ({"max_share": 2}, r"region\.max_share"),
        ({"border": "maybe"}, r"region\.border"),
        ({"min_share": 0.4, "max_share": 0.3}, r"min_share must be below max_share"),
    ],
)
def test_wrong_rules_are_named(values, message):
    with pytest.raises(UsageError, match=message):
        region_rules(values)
