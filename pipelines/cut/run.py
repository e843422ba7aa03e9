"""``ieiw cut``: choose rows of a complete, scored build by rules. A view is an index only; a materialised cut is new shards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from ieiw.filters.apply import KEPT, Step, Verdicts, apply_rules, check_names, licences_of
from ieiw.filters.frame import Frame
from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.cut.choose import Chosen, choose, clear, publish_index
from ieiw.pipelines.cut.copy_shards import forget_attempt, remove_shards
from ieiw.pipelines.cut.copy_shards import materialise as copy_samples
from ieiw.pipelines.cut.dataset_card import add_card
from ieiw.pipelines.cut.decontaminate import nearest, stamp
from ieiw.pipelines.cut.default_rules import DEFAULT
from ieiw.pipelines.engine.lock import beside
from ieiw.pipelines.engine.progress import Progress
from ieiw.pipelines.index.frame import open_frame
from ieiw.pipelines.index.score_notes import notes_of
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.borrowed import check_writable
from ieiw.triplets.layout.cut_state import CUT_NAME, WHOLE_BUILD, CutState, FunnelStep, cut_file, load_cut
from ieiw.triplets.layout.index import Index, open_build
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import Store, open_store


def cut(
    location: str,
    name: str,
    rules: RuleSet,
    *,
    materialise: bool = False,
    report: Callable[[Progress], None] = lambda _: None,
) -> CutState:
    """Make a cut, or leave it as it is where the same rules chose from the same rows and scores before.

    A view reads columns of the index and scores, never a picture. Killed anywhere, it leaves the finished cut or none of
    that name, and the next run goes on (shards that were copied are kept).

    Args:
        location: a complete build, folder or URL.
        name: the cut's: letters, digits, dots, dashes.
        rules: what to keep.
        materialise: copy the kept samples into shards of the cut's own.
        report: told about the copying after each shard.

    Raises:
        UsageError: no such build, an unfinished one, a score that is missing or stale, rules that keep nothing (the message
            shows the funnel), shards that changed, no room on the disk, a take-down at work.
    """
    check_name(name)
    store = open_store(location)
    index = open_build(store)
    if unchanged := _unchanged(store, name, _wanted(index, rules, materialise)):
        return unchanged
    check_writable(store)
    with beside(store, "cut"):
        return _make(open_build(store), name, rules, materialise, report)


def _make(index: Index, name: str, rules: RuleSet, materialise: bool, report: Callable[[Progress], None]) -> CutState:
    wanted = _wanted(index, rules, materialise)
    frame = open_frame(index, scores=rules.scores())
    frame.nearest = nearest
    if rules != DEFAULT:  # those speak of tasks that a build need not have
        check_names(frame, rules)
    verdicts = apply_rules(frame, rules)
    if not (verdicts.rule == KEPT).any():
        raise UsageError(f"cut {name}: the rules keep none of {len(frame):,} rows\n{funnel_text(verdicts.funnel)}")
    frame.forget_scores()
    return commit(index, name, wanted, frame, verdicts, choose(index, frame, verdicts, rules.split), report)


def commit(
    index: Index,
    name: str,
    wanted: dict[str, Any],
    frame: Frame,
    verdicts: Verdicts,
    chosen: Chosen,
    report: Callable[[Progress], None] = lambda _: None,
) -> CutState:
    """Write a cut of these verdicts in place of the one of that name; ``wanted`` says what it is made of."""
    store, rules = index.store, RuleSet.model_validate(wanted["rules"])
    clear(store, name)
    if wanted["kind"] == "materialised":
        chosen = copy_samples(store, name, chosen, index.state.recipe.unit_bytes, report)
    else:
        remove_shards(store, name)
    files = publish_index(store, name, frame, verdicts, rules, chosen)
    reach("cut-index")
    state = _state(name, wanted, frame, verdicts, chosen).model_copy(update={"files": tuple(files)})
    state = add_card(store, state, rules, chosen)
    store.publish_bytes(cut_file(name), (state.model_dump_json(indent=1) + "\n").encode())
    forget_attempt(store, name)
    return state


def check_name(name: str) -> None:
    """Make sure that a cut can be called so.

    Raises:
        UsageError: it cannot.
    """
    if not CUT_NAME.fullmatch(name):
        raise UsageError(
            f"cut name {name!r}: use up to 64 letters, digits, dots, dashes and underscores, a letter or digit first"
        )
    if name.lower() == WHOLE_BUILD:
        raise UsageError(f"cut name {name!r}: the audit of the whole build has this name; take another")


def _wanted(index: Index, rules: RuleSet, materialise: bool) -> dict[str, Any]:
    """The fields of ``cut.json`` that say what a cut is made of: equal ones, equal cut."""
    return {
        "kind": "materialised" if materialise else "view",
        "index_sha256": index.digests(),
        "backends": index.state.backends,
        "rules": rules.model_dump(mode="json"),
        "scores": notes_of(index, rules),
        "pictures": tuple(map(stamp, rules.places())),
    }


def _unchanged(store: Store, name: str, wanted: dict[str, Any]) -> CutState | None:
    """The cut of that name, where it is made of the same and all its files and shards are there in their sizes."""
    if not store.exists(cut_file(name)):
        return None
    try:
        state = load_cut(store, name)
    except UsageError:  # damaged, or of another version: made again
        return None
    if any(getattr(state, field) != value for field, value in wanted.items()):
        return None
    files = {file.name: file.size for file in state.files} | {shard.name: shard.size for shard in state.shards}
    folders = {file.rpartition("/")[0] for file in files}
    sizes = {f"{folder}/{file}": size for folder in folders for file, size in store.sizes(folder).items()}
    return state if all(sizes.get(file) == size for file, size in files.items()) else None


def _state(name: str, wanted: dict[str, Any], frame: Frame, verdicts: Verdicts, chosen: Chosen) -> CutState:
    kept, validation = len(chosen.rows), int(chosen.validation.sum())
    return CutState(
        name=name,
        **wanted,
        candidates=len(frame),
        kept=kept,
        train=kept - validation,
        validation=validation,
        funnel=tuple(FunnelStep.model_validate(asdict(step)) for step in verdicts.funnel),
        licences=licences_of(frame, chosen.rows),
        shards=chosen.shards,
        sources=chosen.sources,
        tasks=chosen.tasks,
        emptied=tuple(chosen.emptied("source") + chosen.emptied("task")),
        files=(),
    )


def funnel_text(funnel: Sequence[Step | FunnelStep]) -> str:
    """The funnel as lines of text, one a rule; the rule that emptied the cut is marked."""
    width = max(len(step.rule) for step in funnel) if funnel else 0
    lines = []
    for step in funnel:
        mark = "  <- nothing left: loosen this rule" if step.left == 0 and step.dropped else ""
        undefined = f" ({step.undefined:,} without a value)" if step.undefined else ""
        lines.append(f"  {step.rule:<{width}}  dropped {step.dropped:>10,}{undefined}  left {step.left:>10,}{mark}")
    return "\n".join(lines)
