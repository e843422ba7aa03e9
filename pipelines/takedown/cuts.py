"""Cuts without what was taken down: the verdicts on all other rows stay what they are, and the cut is written again with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ieiw.filters.apply import KEPT, Step, Verdicts
from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.audit.load import VALIDATION, verdicts_of
from ieiw.pipelines.cut.choose import choose
from ieiw.pipelines.cut.run import commit
from ieiw.pipelines.index.frame import open_frame
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.cut_state import CutState, ScoreNote, Verdict, load_cut, read_verdicts
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.scores import values_digest
from ieiw.triplets.layout.takedown import TakeDown
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import Store

_VERDICT = np.dtype([("rule", "<i2"), ("value", "<f4"), ("validation", "?")])
"""What is kept of a cut while it is written again, one a row of the index after."""


def check(index: Index, taken: TakeDown) -> None:
    """Make sure, before anything changes, that all cuts can be written again.

    Raises:
        UsageError: a cut is damaged; make it again.
    """
    try:
        for _ in _verdicts(index, taken):
            pass
    except (OSError, pa.ArrowException) as error:
        problem = f"{index.store.location}: a cut is damaged ({error}). Make it again or remove it; nothing was changed"
        raise UsageError(problem) from error


def _verdicts(index: Index, taken: TakeDown) -> Iterator[tuple[str, npt.NDArray[np.void]]]:
    """Each cut of this index with its verdicts on the rows that are not taken."""
    store = index.store
    remains = np.ones(sum(part.rows for part in index.parts()), np.bool_)
    remains[list(taken.rows)] = False
    for name in store.folders("cuts"):
        if not store.exists(f"cuts/{name}/cut.json"):
            continue
        state = load_cut(store, name)
        if state.index_sha256 == index.digests():
            rule, value, side = verdicts_of(store, state, len(remains))
            kept = np.empty(int(remains.sum()), _VERDICT)
            kept["rule"], kept["value"], kept["validation"] = rule[remains], value[remains], side[remains] == VALIDATION
            yield name, kept


def stage(index: Index, taken: TakeDown) -> None:
    """Lay aside the verdicts of all cuts, before anything changes: a cut that is half written has lost its own."""
    store = index.store
    for name, kept in _verdicts(index, taken):
        file = store.spooled()
        with file.open("wb") as stream:
            np.save(stream, kept, allow_pickle=False)
        store.publish(f"{taken.folder}/{name}.npy", file)
        store.publish_bytes(f"{taken.folder}/{name}.json", store.read(f"cuts/{name}/cut.json"))
        reach("takedown-staged")


def rewrite(index: Index, taken: TakeDown) -> None:
    """Write every cut of the index before again, as one of the index after; cuts that were older go where they hold a key.

    Args:
        index: after, not yet declared complete.
        taken: whose verdicts :func:`stage` has laid aside.
    """
    store = index.store
    staged = {file.removesuffix(".json") for file in store.sizes(taken.folder) if file.endswith(".json")}
    for name in store.folders("cuts"):
        if name not in staged and _holds(store, name, taken):
            remove(store, name)
    for name in sorted(staged):
        before = CutState.model_validate_json(store.read(f"{taken.folder}/{name}.json"))
        if not _is_done(store, name, index):
            with store.open(f"{taken.folder}/{name}.npy") as file:
                _rewrite(index, before, np.load(file, allow_pickle=False), taken)
        reach("takedown-cut")


def remove(store: Store, name: str) -> None:
    """Remove all files of a cut, its commit mark first."""
    for folder in ("", "/index", "/shards"):
        for file in sorted(store.sizes(f"cuts/{name}{folder}"), key=lambda file: file != "cut.json"):
            store.delete(f"cuts/{name}{folder}/{file}")


def _holds(store: Store, name: str, taken: TakeDown) -> bool:
    """Whether a cut that was made of an older index, or was never finished, may hold one of the keys."""
    if not store.exists(f"cuts/{name}/cut.json"):
        return True
    state, keys = load_cut(store, name), pa.array(taken.keys, pa.string())
    kinds: tuple[Verdict, ...] = ("kept", "dropped")
    try:
        tables = [table for kind in kinds for table in read_verdicts(store, state, kind, ["key"])]
    except (OSError, pa.ArrowException):  # damaged
        return True
    return any(pc.any(pc.is_in(table["key"], keys)).as_py() for table in tables)


def _is_done(store: Store, name: str, index: Index) -> bool:
    return store.exists(f"cuts/{name}/cut.json") and load_cut(store, name).index_sha256 == index.digests()


def _rewrite(index: Index, before: CutState, verdict: npt.NDArray[np.void], taken: TakeDown) -> None:
    if not (verdict["rule"] == KEPT).any():
        remove(index.store, before.name)
        return
    rules = RuleSet.model_validate(before.rules)
    verdicts = Verdicts(verdict["rule"], verdict["value"], list(_funnel(before, verdict)))
    frame = open_frame(index)
    chosen = choose(index, frame, verdicts, rules.split)
    chosen = replace(chosen, validation=verdict["validation"][chosen.rows])
    wanted = {name: getattr(before, name) for name in ("kind", "backends", "rules", "pictures")}
    scores = {name: _note(index.store, name, note, taken) for name, note in before.scores.items()}
    commit(index, before.name, wanted | {"index_sha256": index.digests(), "scores": scores}, frame, verdicts, chosen)


def _funnel(before: CutState, verdict: npt.NDArray[np.void]) -> Iterator[Step]:
    """What each rule dropped of the rows that are left; its bounds were found among all of them."""
    left = len(verdict)
    for number, step in enumerate(before.funnel):
        dropped = verdict["rule"] == number
        undefined = int(np.isnan(verdict["value"][dropped]).sum()) if step.undefined else 0
        left -= int(dropped.sum())
        yield Step(step.rule, int(dropped.sum()), undefined, left, dict(step.bounds))


def _note(store: Store, name: str, note: ScoreNote, taken: TakeDown) -> ScoreNote:
    """The digest of a score's values now, where the cut was made with those before."""
    if note.sha256 != taken.scores.get(name):
        return note
    return note.model_copy(update={"sha256": values_digest(store, name)})
