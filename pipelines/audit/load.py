"""What an audit looks at: every row of a build with its verdict, its scores, and every reject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ieiw.filters.columns import coded, numbers
from ieiw.filters.composite import COMPOSITES
from ieiw.filters.frame import Frame
from ieiw.filters.registry import SCORES, better_of, kind_of
from ieiw.filters.rule_set import RuleSet
from ieiw.filters.rules.base import Rule
from ieiw.pipelines.index.frame import open_frame
from ieiw.pipelines.index.score_notes import fresh_note, notes_of
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import BuildState
from ieiw.triplets.layout.cut_state import CutState, load_cut, read_verdicts
from ieiw.triplets.layout.index import Index, open_build
from ieiw.triplets.storage.store import Store

KEPT = -1
TRAIN, VALIDATION, NEITHER = 0, 1, 2
_REJECT_COLUMNS = ["key", "source", "task", "unit", "record", "reason", "stage", "detail"]
Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class ScoreInfo:
    """A score that the build has values of. ``roles`` are ``source`` and ``target``, or ``pair``."""

    name: str
    roles: tuple[str, ...]
    better: Better
    composite: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that is counted.

    Attributes:
        frame: the build's rows, columns and scores.
        rule: number of the rule that dropped each row, :data:`KEPT` where none did.
        value: what that rule looked at; NaN where it was undefined.
        side: ``TRAIN``, ``VALIDATION`` or ``NEITHER`` for each row.
        rules: the cut's rules in order; empty without a cut.
        rejects: one row an attempt that made no triplet.
        scores: what the rows are scored with.
    """

    state: BuildState
    cut: CutState | None
    frame: Frame
    rule: npt.NDArray[np.int16]
    value: npt.NDArray[np.float32]
    side: npt.NDArray[np.uint8]
    rules: tuple[Rule, ...]
    rejects: pa.Table
    scores: tuple[ScoreInfo, ...]

    def reaching(self, number: int) -> npt.NDArray[np.bool_]:
        """The rows that a rule was asked about: kept, or dropped by it or a later one."""
        return np.asarray((self.rule == KEPT) | (self.rule >= number), np.bool_)


def load(store: Store, cut_name: str | None) -> Ledger:
    """Read a build and, where one is named, a cut of it.

    Raises:
        UsageError: no complete build, no such cut, a cut or scores of other rows than the build has now.
    """
    index = open_build(store)
    cut = load_cut(store, cut_name) if cut_name else None
    if cut is not None:
        check_fresh(index, cut)
    frame = open_frame(index, extra=["unit"])
    rule, value, side = verdicts_of(store, cut, len(frame))
    rules = RuleSet.model_validate(cut.rules).rules if cut else ()
    rejects = index.rejects(_REJECT_COLUMNS)
    return Ledger(index.state, cut, frame, rule, value, side, rules, rejects, scores_of(store, index.state))


def check_fresh(index: Index, cut: CutState) -> None:
    """Make sure that a cut chose from the rows and scores that the build has now.

    Raises:
        UsageError: it did not.
    """
    changed = "build" if cut.index_sha256 != index.digests() else ""
    if not changed and notes_of(index, RuleSet.model_validate(cut.rules)) != cut.scores:
        changed = "scores"
    if changed:
        place = index.store.location
        problem = f"{place}: the {changed} changed since the cut {cut.name!r} was made; make it again"
        raise UsageError(problem, Step("cut", place, {"name": cut.name}))


def scores_of(store: Store, state: BuildState) -> tuple[ScoreInfo, ...]:
    """Composites first, then every score with values, hashes left out.

    Raises:
        UsageError: a score was computed for other shards.
    """
    found: list[ScoreInfo] = []
    for name in sorted(set(store.folders("scores")) & SCORES.keys()):
        if fresh_note(store, state, name) is None:
            problem = f"{store.location}, score {name}: the build or the score has changed since; compute it again"
            raise UsageError(problem, Step("score", store.location, {"scores": name}))
        if (kind := kind_of(name)) != "hash":
            found.append(ScoreInfo(name, ("pair",) if kind == "pair" else ("source", "target"), better_of(name)))
    names = {each.name for each in found}
    made = [name for name, composite in COMPOSITES.items() if names >= set(composite.parts)]
    return (*(ScoreInfo(name, ("source", "target"), "higher", composite=True) for name in made), *found)


def verdicts_of(
    store: Store, cut: CutState | None, count: int
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """What a cut says of each of the ``count`` rows of its index: ``rule``, ``value`` and ``side`` of :class:`Ledger`.

    Raises:
        UsageError: a row has no verdict, or two.
    """
    rule, side = np.full(count, KEPT, np.int16), np.full(count, NEITHER, np.uint8)
    value = np.full(count, np.nan, np.float32)
    if cut is None:
        return rule, value, side
    seen = np.zeros(count, np.int8)
    rules = {step.rule: number for number, step in enumerate(cut.funnel)}
    for table in read_verdicts(store, cut, "dropped", ["row", "rule", "value"]):
        rows = numbers(table["row"])
        rule[rows] = _numbered(table["rule"], rules)
        value[rows] = numbers(table["value"])
        seen[rows] += 1
    for table in read_verdicts(store, cut, "kept", ["row", "side"]):
        rows = numbers(table["row"])
        side[rows] = _numbered(table["side"], {"train": TRAIN, "validation": VALIDATION})
        seen[rows] += 1
    wrong = int((seen != 1).sum())
    if wrong:
        problem = (
            f"{store.location}, cut {cut.name}: {wrong:,} rows of the build have no verdict, or two; make it again"
        )
        raise UsageError(problem, Step("cut", store.location, {"name": cut.name}))
    return rule, value, side


def _numbered(column: pa.ChunkedArray, numbers_of: dict[str, int]) -> npt.NDArray[Any]:
    codes, names = coded(column)
    return np.asarray(np.array([numbers_of[name] for name in names.to_pylist()], np.int16)[codes])
