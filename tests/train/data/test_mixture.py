"""The mixture: the weights of the recipe hold unless the stage file says otherwise, and the order of samples keeps to them."""

import json
from collections import Counter

import pytest

from ieiw.train.data.dataset import open_cut
from ieiw.train.data.mixture import describe, mixture
from ieiw.train.data.order import Order, SamplingConfig
from ieiw.triplets.errors import UsageError
from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build


@pytest.fixture
def cut(tmp_path):
    made = tiny_build(tmp_path / "build", Wanted(pictures=12, size=(32, 32)))
    write_cut(made)
    return open_cut(made.store, "all")


def weigh(cut, **weights):
    """Give sources a weight in the recipe of the build, as building again with another recipe does."""
    values = json.loads(cut.store.read("build.json"))
    for source in values["recipe"]["sources"]:
        if source["name"] in weights:
            source["weight"] = weights[source["name"]]
    cut.store.publish_bytes("build.json", json.dumps(values).encode())


def test_without_any_weight_every_source_comes_once(cut):
    assert mixture(cut, {}) == {}
    assert "every source" in describe(cut, {})


def test_the_recipes_weights_hold_and_the_stage_file_wins(cut):
    weigh(cut, shapes=0.5, **{"tiles-2": 3})
    assert mixture(cut, {}) == {"shapes": 0.5, "tiles-2": 3}
    assert mixture(cut, {"shapes": 2}) == {"shapes": 2, "tiles-2": 3}
    assert mixture(cut, {"shapes": 1, "tiles-2": 0}) == {"shapes": 1, "tiles-2": 0}
    assert describe(cut, {"tiles-2": 3}).endswith("tiles-2 3; the others once")


def test_an_epoch_holds_each_source_as_often_as_its_weight_says(cut):
    weigh(cut, **{"tiles-2": 3})
    sources = cut.state.sources
    weights = {sources.index(name): weight for name, weight in mixture(cut, {}).items()}
    order = Order(cut.samples, [shard.size for shard in cut.state.shards], SamplingConfig(0, 4, weights))
    rows = [row for number in range(order.batches_per_epoch) for row in order.batch(0, number).tolist()]
    seen = Counter(sources[cut.samples["source"][row]] for row in rows)
    own = Counter(sources[number] for number in cut.samples["source"].tolist())
    assert seen == {"shapes": own["shapes"], "tiles-2": 3 * own["tiles-2"]}


def test_sources_of_the_build_that_the_cut_has_not_are_passed_over(cut):
    values = json.loads(cut.store.read("build.json"))
    values["recipe"]["sources"].append({"name": "later", "root": "x", "tasks": ["removal"], "weight": 7})
    cut.store.publish_bytes("build.json", json.dumps(values).encode())
    assert mixture(cut, {}) == {}


def test_a_cut_that_was_copied_without_its_build_trains_unweighted(cut):
    cut.store.delete("build.json")
    assert mixture(cut, {"shapes": 2}) == {"shapes": 2}


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"recipe": {"sources": [{"name": 3}]}}'])
def test_a_damaged_build_is_refused(cut, data):
    cut.store.publish_bytes("build.json", data)
    with pytest.raises(UsageError, match=r"build\.json, .*what is built is found again"):
        mixture(cut, {})
