"""``scores/NAME/score.json``: what a score's values depend on, so that readers know whether they still hold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pyarrow as pa

from ieiw.filters.registry import load
from ieiw.filters.rule_set import RuleSet
from ieiw.filters.scores.base import Score
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import BuildState
from ieiw.triplets.layout.cut_state import ScoreNote
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.scores import read_note, values_digest
from ieiw.triplets.storage.store import Store


def value_type(score: Score | type[Score]) -> pa.DataType:
    """How a score's values are kept."""
    return pa.uint64() if score.kind == "hash" else pa.float32()


def facts_of(state: BuildState, score: type[Score]) -> dict[str, Any]:
    """What the values of a score depend on, whatever its options: while these hold, values are read without its weights."""
    return {
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
    facts = facts_of(state, load(name))
    return note if {key: note.get(key) for key in facts} == facts else None


def notes_of(index: Index, rules: RuleSet) -> dict[str, ScoreNote]:
    """Version and digest of each score that the rules read.

    Raises:
        UsageError: a score was not computed for this build as it is now.
    """
    notes = {name: fresh_note(index.store, index.state, name) for name in sorted(rules.scores())}
    if missing := [name for name, note in notes.items() if note is None]:
        problem = f"{index.store.location}: scores missing or older than the build: {', '.join(missing)}; compute them"
        raise UsageError(problem, Step("score", index.store.location, {"scores": ",".join(missing)}))
    with ThreadPoolExecutor(4) as pool:
        digests = pool.map(partial(values_digest, index.store), notes)
    return {
        name: ScoreNote(version=int(note["version"]), sha256=digest)
        for (name, note), digest in zip(notes.items(), digests, strict=True)
        if note is not None
    }
