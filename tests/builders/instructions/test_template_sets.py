"""Sets of templates: what each kind has, and what a triplet gets of a long set."""

import numpy as np

from ieiw.builders.catalogue import TASKS
from ieiw.builders.instructions.template_sets import MOST, check_templates, chosen, hand_written, kinds


def test_long_sets_are_drawn_from_and_short_ones_used_whole():
    rng = np.random.default_rng(0)
    many = tuple(f"number {n}" for n in range(100))
    drawn = chosen({"depth": many}, "depth", ("own",), rng)
    assert len(drawn) == len(set(drawn)) == MOST
    before = rng.bit_generator.state
    assert chosen({}, "depth", ("own",), rng) == ("own",)
    assert chosen({"depth": many[:5]}, "depth", ("own",), rng) == many[:5]
    assert rng.bit_generator.state == before


def test_every_kind_has_ten_hand_written_templates_and_they_pass_their_own_check():
    own = {"edit", "keypoints"}  # people's own words; clauses by joint
    assert set(kinds()) - {"refer-quoted"} == set(TASKS) - own
    for kind in kinds():
        assert len(hand_written(kind)) >= (9 if kind == "refer-quoted" else 10)
        check_templates(kind, hand_written(kind))
