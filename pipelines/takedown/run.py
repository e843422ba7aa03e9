"""``ieiw takedown``: a picture and everything made of it leave a build, as one step that can be killed at any instant and goes on.

::

    takedown/ID.json says planned        nothing is changed yet; who asks again goes on from here
    build.json says taking_down          nobody reads the build any more
    plan, units, steps, index, scores …  each rewritten whole, or found rewritten
    latents of cuts                      those of shards that lost something are removed
    build.json says complete             the commit: from here on the build is as if the picture had never been built
    galleries                            each found without, or published without
    takedown/ID.json says done           the proof
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ieiw.pipelines.build.finalise import compact, sweep
from ieiw.pipelines.engine.lock import alone
from ieiw.pipelines.takedown import cuts, derived, in_galleries, latents, replaced
from ieiw.pipelines.takedown.find import Asked, find
from ieiw.pipelines.takedown.units import blank_plans, rewrite_unit
from ieiw.triplets.layout.borrowed import check_own, check_writable
from ieiw.triplets.layout.build_state import BuildState, require_state, save_state
from ieiw.triplets.layout.index import Index, open_build
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.replacement import FOLDER as STEPS
from ieiw.triplets.layout.takedown import TakeDown, Tombstones, read_all, save
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import Store, open_store

__all__ = ["Asked", "look", "resume", "take_down"]

Report = Callable[[str], None]
_VERB = "take-down"


def look(location: str, asked: Asked, galleries: Sequence[str] = ()) -> TakeDown:
    """What a take-down would take; nothing is written.

    Raises:
        UsageError: as :func:`take_down`.
    """
    asked.check()
    return in_galleries.planned(find(open_build(open_store(location)), asked), in_galleries.located(galleries))


def take_down(
    location: str,
    asked: Asked,
    report: Report = lambda _: None,
    *,
    galleries: Sequence[str] = (),
    take_over: bool = False,
) -> TakeDown:
    """Take pictures down, or go on where an earlier run was stopped. Asked for again, it changes nothing.

    Every attempt on the pictures becomes a reject (``taken_down``), so that the books still balance, in whatever task, variant or
    source; no later build in this place makes it again.

    Args:
        location: a complete build, folder or URL.
        asked: which pictures.
        report: told what is being done.
        galleries: folders of galleries that lose the pictures too; they may be named later, by the same wish once more.
        take_over: do it although another driver holds the lock.

    Returns:
        The proof.

    Raises:
        UsageError: no complete build, one to be read only, a picture that is not there, a shard or a cut that was changed, a
            place without a gallery, another at work on the build. Nothing is changed then.
    """
    asked.check()
    store = _own(location)
    with alone(store, _VERB, take_over):
        _go_on(store, report)
        done = [taken for taken in read_all(store) if taken.asked == asked.digests()]
        if done:
            return _in_galleries(store, done[-1], in_galleries.located(galleries), report)
        report("looking for the pictures")
        index = open_build(store)
        taken = find(index, asked)
        beside = [f"scores/{name}" for name in derived.score_names(store)]
        beside += [f"embeddings/{name}" for name in store.folders("embeddings")]
        beside += [f"{STEPS}/{name}" for name in store.folders(STEPS)]
        beside += [f"cuts/{name}" for name in store.folders("cuts")] + derived.pages(store)
        taken = taken.model_copy(update={"beside": tuple(sorted(beside))})
        taken = in_galleries.planned(taken, in_galleries.located(galleries))
        cuts.check(index, taken)
        save(store, taken)
        reach("takedown-planned")
        return _carry_out(store, taken, report)


def resume(location: str, report: Report = lambda _: None, *, take_over: bool = False) -> list[TakeDown]:
    """Finish what was stopped; returns what it finished."""
    store = _own(location)
    with alone(store, _VERB, take_over):
        return _go_on(store, report)


def _own(location: str) -> Store:
    store = open_store(location)
    require_state(store)
    check_own(store)
    check_writable(store)
    return store


def _go_on(store: Store, report: Report) -> list[TakeDown]:
    return [_carry_out(store, taken, report) for taken in read_all(store) if taken.state == "planned"]


def _in_galleries(store: Store, done: TakeDown, galleries: Sequence[str], report: Report) -> TakeDown:
    """What is done already, in galleries that were not named then or hold the pictures again."""
    more = in_galleries.planned(done, galleries)
    if more == done:
        return done
    more = more.model_copy(update={"state": "planned"})
    save(store, more)
    reach("takedown-planned")
    return _carry_out(store, more, report)


def _carry_out(store: Store, taken: TakeDown, report: Report) -> TakeDown:
    """Do what is left of a take-down that is planned."""
    state = require_state(store)
    before = tuple(part.sha256 for part in state.index) == taken.index
    if state.state == "complete" and before:
        cuts.stage(Index(store, state), taken)
        state = state.model_copy(update={"state": "taking_down"})
        save_state(store, state)
        reach("takedown-begun")
    if state.state == "taking_down":
        _rewrite(store, state, taken, report)
    in_galleries.rewrite(taken, report)
    for file in store.sizes(taken.folder):
        store.delete(f"{taken.folder}/{file}")
    done = taken.model_copy(update={"state": "done"})
    save(store, done)
    return done


def _rewrite(store: Store, state: BuildState, taken: TakeDown, report: Report) -> None:
    refs = [UnitRef.decoded(text) for text in taken.units]
    gone = Tombstones(frozenset(taken.keys), frozenset(taken.pictures))
    report(f"rewriting {len(refs):,} units")
    blank_plans(store, refs, gone)
    for ref in refs:
        rewrite_unit(store, ref, gone)
    replaced.rewrite(store, taken)
    sources = {
        name: source.model_copy(update={"faults": source.faults + taken.faults.get(name, 0)})
        for name, source in state.sources.items()
    }
    complete, named = compact(store, state.model_copy(update={"sources": sources}))
    report("rewriting scores and cuts")
    derived.rewrite(store, taken, state, complete)
    cuts.rewrite(Index(store, complete), taken)
    latents.forget(store)
    sweep(store, named)
    save_state(store, complete)
    reach("takedown-complete")
