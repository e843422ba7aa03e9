"""What every rule says of itself, whatever its kind."""

import numpy as np
import pytest

from ieiw.filters.registry import load_rule
from ieiw.filters.rule_set import RuleSet
from tests.support.frames import frame

EXAMPLES = {
    "threshold": {"score": "seam", "of": "pair", "max": 1.9},
    "gap": {"score": "noise", "max": 0.2},
    "cap": {"per": "source+task", "most": 2},
    "duplicates": {"of": "source", "distance": 3, "keep": "sharpness"},
    "decontaminate": {"pictures": ["eval"], "sets": [{"dataset": "gopro", "root": "data/gopro", "split": "test"}]},
    "licences": {"allow": ["CC0", "CC-BY-4.0"]},
}
WORDS = {
    "threshold": "seam of the pair: at most 1.9",
    "gap": "noise, source minus target: at most 0.2",
    "cap": "at most 2 of each source and task; the best by classical-quality stay",
    "duplicates": "no source within 3 bits of a better one, by sharpness",
    "decontaminate": "no picture within 6 bits of one in eval, gopro test",
    "licences": "licence starts with CC0 or CC-BY-4.0",
}


def rule(kind, **more):
    return RuleSet.model_validate({"rules": [{"name": "r", "kind": kind} | EXAMPLES[kind] | more]}).rules[0]


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_each_kind_is_told_in_words_and_with_its_scope(kind):
    assert type(rule(kind)) is load_rule(kind)
    assert rule(kind).describe() == WORDS[kind]
    assert rule(kind, tasks=["edit"]).describe() == WORDS[kind] + " (of edit)"
    scoped = rule(kind, tasks=["a", "b", "c"], sources=["coco"])
    assert scoped.describe() == WORDS[kind] + " (of 3 tasks in coco)"


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_what_each_kind_reads_and_whether_its_bound_can_move(kind):
    asked = rule(kind)
    scores = {"threshold": {"seam"}, "gap": {"noise"}, "cap": {"classical-quality"}, "decontaminate": {"phash"}}
    assert asked.scores() == scores.get(kind, {"sharpness", "phash"} if kind == "duplicates" else set())
    assert asked.relative == (kind in {"cap", "duplicates"})
    assert asked.subject == {"threshold": ("seam", "pair"), "gap": ("noise", "gap")}.get(kind)
    made = frame(40)[0]
    assert set(asked.margins(made, {"all": (None, 0.2)})) == ({"most"} if asked.subject else set())
    assert np.isnan(asked.values(made)).all() != (asked.subject is not None)
    assert len(asked.places()) == (2 if kind == "decontaminate" else 0)


@pytest.mark.parametrize("per", ["", "task", "source+task"])
@pytest.mark.parametrize("kind", ["threshold", "gap"])
def test_a_margin_is_negative_exactly_where_the_rule_refuses(kind, per):
    made = frame(300)[0]
    asked = rule(kind, per=per, min=0.1 if kind == "threshold" else -0.3, max=0.8, drop_highest=0.2)
    outcome = asked.ask(made, np.ones(300, bool))
    margins = asked.margins(made, outcome.limits)
    assert set(margins) == {"least", "most"}
    inside = np.minimum(*margins.values())
    assert ((inside < 0) | np.isnan(inside)).tolist() == outcome.drop.tolist()
    assert 0 < outcome.drop.sum() < 300


def test_which_values_are_better():
    assert [rule(kind).better for kind in ("threshold", "gap")] == ["lower", "lower"]
    assert rule("threshold", score="sharpness", of="target").better == "higher"
    assert rule("gap", score="sharpness").better == "lower"
