"""``build.json``: the state comes back as it was saved, and what cannot be read is named."""

import json

import pytest

from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.build_state import BuildState, Retry, load_state, require_state, save_state, source_state
from ieiw.triplets.layout.plan import PlanSize
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.storage.store import open_store


@pytest.fixture
def state():
    recipe = Recipe.model_validate({"sources": [{"name": name, "root": "x", "tasks": ["removal"]} for name in "ba"]})
    sources = {name: source_state(name * 64, {}, PlanSize(2, 3, 4, 0)) for name in "ba"}
    return BuildState(state="planned", recipe=recipe, backends={}, sources=sources)


def test_a_state_comes_back_and_gives_the_same_bytes(tmp_path, state):
    store = open_store(tmp_path)
    assert load_state(store) is None
    save_state(store, state)
    data = store.read("build.json")
    assert require_state(store) == state
    save_state(store, require_state(store))
    assert store.read("build.json") == data


def test_units_come_by_the_name_of_their_source_round_after_round(state):
    retried = state.sources["a"].model_copy(update={"retries": (Retry(reason="any", units=1, attempts=1),)})
    refs = list(state.model_copy(update={"sources": {"b": state.sources["b"], "a": retried}}).refs())
    assert [(ref.source, ref.round, ref.number) for ref in refs] == [
        ("a", 0, 0),
        ("a", 0, 1),
        ("a", 1, 0),
        ("b", 0, 0),
        ("b", 0, 1),
    ]


def test_a_field_that_is_wrong_is_named(tmp_path, state):
    store = open_store(tmp_path)
    save_state(store, state)
    values = json.loads(store.read("build.json"))
    values["sources"]["a"]["units"] = "many"
    store.publish_bytes("build.json", json.dumps(values).encode())
    with pytest.raises(UsageError, match=r"build\.json, sources\.a\.units: .*what is built is found again"):
        load_state(store)
