"""The data card: what comes from outside stays text, and the numbers are the cut's."""

import pytest
import yaml

from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.cut.dataset_card import card
from ieiw.pipelines.cut.run import cut
from ieiw.triplets.layout.cut_state import CutState, FunnelStep, load_cut
from tests.support.scored import ALL, WANTED
from tests.support.tiny_build import tiny_build


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return tiny_build(tmp_path_factory.mktemp("cut") / "build", WANTED)


HOSTILE = "<script>alert(1)</script> | `x` **b** [a](http://x)\n# head"


def hostile_state():
    return CutState(
        name="nightly",
        kind="view",
        index_sha256=(),
        backends={"inpaint": {"name": HOSTILE, "stand_in": "yes"}},
        rules={},
        scores={},
        candidates=10,
        kept=7,
        train=5,
        validation=2,
        funnel=(FunnelStep(rule="r", dropped=3, undefined=1, left=7, bounds={HOSTILE: (0.5, None)}),),
        licences={HOSTILE: 7},
        shards=(),
        sources=(),
        tasks=(),
        files=(),
    )


def test_the_card_escapes_what_comes_from_outside():
    text = card(hostile_state(), RuleSet(), [(HOSTILE, "removal", 5, 2)])
    _, front, body = text.split("---\n", 2)
    assert yaml.safe_load(front)["license"] == ["other"]
    assert "<script" not in text
    assert "\n# head" not in text
    outside = body.split("```")[0::2]
    assert all("`x`" not in part for part in outside)
    rows = [line for line in body.splitlines() if "alert" in line]
    assert len(rows) == 4
    assert all(line.startswith("|") for line in rows)
    assert len({line.replace(r"\|", "").count("|") for line in rows if "removal" in line}) == 1
    assert "stand-in" in body


def test_the_card_counts_and_names_its_files(tiny):
    cut(tiny.store.location, "card", ALL, materialise=True)
    text = tiny.store.read("cuts/card/README.md").decode()
    front = yaml.safe_load(text.split("---\n", 2)[1])
    assert front["license"] == ["cc-by-4.0"]
    assert front["size_categories"] == ["n<1K"]
    assert front["configs"][0]["data_files"] == [
        {"split": "train", "path": "shards/train-*.tar"},
        {"split": "validation", "path": "shards/validation-*.tar"},
    ]
    state = load_cut(tiny.store, "card")
    assert f"{state.kept:,} of {state.candidates:,}" in text
    assert "| shapes | addition |" in text
