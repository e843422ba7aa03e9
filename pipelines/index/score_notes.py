"""``scores/NAME/score.json``: what a score's values depend on, so that readers know whether they still hold."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from ieiw.filters.registry import load
from ieiw.filters.scores.base import Score
from ieiw.triplets.layout.build_state import BuildState
from ieiw.triplets.storage.store import Store


def value_type(score: Score) -> pa.DataType:
    """How a score's values are kept."""
    return pa.uint64() if score.kind == "hash" else pa.float32()


def read_note(store: Store, name: str) -> dict[str, Any]:
    """What ``score.json`` says.

    Raises:
        FileNotFoundError: the score was never computed.
    """
    return dict(json.loads(store.read(f"scores/{name}/score.json")))


def settings_of(state: BuildState, score: Score) -> dict[str, Any]:
    """What the values depend on."""
    own = score.describe()
    return ({"settings": own} if own else {}) | {
        "name": score.name,
        "version": score.version,
        "better": score.better,
        "kind": "pair" if score.kind == "pair" else "picture",
        "short_side": {source.name: state.recipe.image_of(source.name).short_side for source in state.recipe.sources},
        "index": [part.sha256 for part in state.index],
    }


def fresh_note(store: Store, state: BuildState, name: str) -> dict[str, Any] | None:
    """What ``score.json`` says of a score; None where it is missing, of another version, or of other shards."""
    try:
        note = read_note(store, name)
    except FileNotFoundError:
        return None
    settings = settings_of(state, load(name)())
    return note if {key: note.get(key) for key in settings} == settings else None
