"""Rules whose numbers move: what is remembered is what would be found again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.filters.apply import apply_rules
from ieiw.filters.moving import Moving, fitted, moved
from ieiw.filters.rule_set import RuleSet
from ieiw.triplets.errors import UsageError
from tests.support.frames import SIZES, frame

STEADY = [
    {"name": "noisy", "kind": "threshold", "score": "noise", "max": 0.8, "min": 0.1},
    {"name": "gap", "kind": "gap", "score": "contrast", "max": 0.5, "tasks": ["removal"], "per": "source"},
    {"name": "seam", "kind": "threshold", "score": "seam", "of": "pair", "max": 0.9, "sources": ["a"]},
]
RELATIVE = [
    {"name": "low", "kind": "threshold", "score": "sharpness", "drop_lowest": 0.2, "per": "task"},
    {"name": "few", "kind": "cap", "per": "task", "most": 8, "keep": "sharpness"},
    {"name": "same", "kind": "duplicates", "of": "target", "distance": 2, "keep": "sharpness"},
]
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["noisy.max", "gap.max", "seam.max", "low.drop_lowest", "few.most"]),
        st.floats(0.1, 0.9),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


def rule_set(*rules):
    return RuleSet.model_validate({"rules": rules})


def same(found, expected):
    counts = [
        [(step.rule, step.dropped, step.undefined, step.left) for step in each.funnel] for each in (found, expected)
    ]
    return (
        counts[0] == counts[1]
        and np.array_equal(found.rule, expected.rule)
        and np.array_equal(found.value, expected.value, equal_nan=True)
    )


@settings(max_examples=60, deadline=None)
@given(SIZES, MOVES, st.permutations([*STEADY, *RELATIVE]))
def test_a_settled_move_is_what_the_rules_say_from_the_start(size, moves, order):
    frame_here = frame(*size, nan=0.05)[0]
    rules, moving, values = rule_set(*order), Moving(frame_here), {}
    moving.apply(rules, settle=True)
    for name, value, settle in moves:
        rule, _, field = name.partition(".")
        values = values | {rule: values.get(rule, {}) | {field: round(20 * value) if field == "most" else value}}
        now = moved(rules, values)
        found, waiting = moving.apply(now, settle=settle)
        if not waiting:
            assert same(found, apply_rules(frame_here, now))
        assert not (settle and waiting)
    assert same(moving.apply(now, settle=True)[0], apply_rules(frame_here, now))


@settings(max_examples=40, deadline=None)
@given(SIZES, MOVES)
def test_thresholds_alone_are_live(size, moves):
    frame_here = frame(*size)[0]
    rules, moving = rule_set(*STEADY), Moving(frame_here)
    for name, value, _ in moves:
        rule, _, field = name.partition(".")
        if field != "max":
            continue
        now = moved(rules, {rule: {field: value}})
        found, waiting = moving.apply(now, settle=False)
        assert not waiting
        assert same(found, apply_rules(frame_here, now))


def test_rules_that_wait_are_named_and_their_drops_stand():
    frame_here = frame(200, nan=0)[0]
    rules, moving = rule_set(*STEADY, *RELATIVE), Moving(frame_here)
    before, waiting = moving.apply(rules, settle=True)
    assert waiting == ()
    stricter = moved(rules, {"noisy": {"max": 0.4}})
    found, waiting = moving.apply(stricter, settle=False)
    assert waiting == ("low", "few", "same")
    assert not ((before.rule >= 3) & (found.rule == -1)).any()
    assert moving.apply(stricter, settle=True)[1] == ()


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"nosuch": {"max": 1}}, "'nosuch' has no knob max"),
        ({"noisy": {"drop_lowest": 0.1}}, "'noisy' has no knob drop_lowest"),
        ({"noisy": {"score": 1}}, "'noisy' has no knob score"),
        ({"noisy": {"min": 2}}, "min 2 is above max 0.8"),
        ({"noisy": {"min": float("nan")}}, "finite"),
        ({"low": {"drop_lowest": 1}}, "less than 1"),
        ({"few": {"most": 0}}, "greater than or equal to 1"),
        ({"few": {"most": 1.5}}, "integer"),
        ({"same": {"distance": 65}}, "less than or equal"),
    ],
)
def test_what_no_knob_allows_is_refused(values, problem):
    with pytest.raises(UsageError, match=problem):
        moved(rule_set(*STEADY, *RELATIVE), values)


def test_rules_are_fitted_to_the_tasks_and_sources_that_are_there():
    rules = rule_set(
        STEADY[0] | {"tasks": ["removal", "deblur"], "sources": ["b", "z"]},
        STEADY[2] | {"tasks": ["deblur"]},
        STEADY[1],
    )
    left = fitted(rules, frame(50)[0]).rules
    assert [(rule.name, rule.tasks, rule.sources) for rule in left] == [
        ("noisy", ("removal",), ("b",)),
        ("gap", ("removal",), ()),
    ]
