"""Two cuts of one build side by side: which rows they share, and why the others differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ieiw.filters.columns import coded, column, numbers
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.cut_state import CutState, load_cut, read_verdicts
from ieiw.triplets.layout.index import Index, open_build
from ieiw.triplets.storage.store import Store

_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Share:
    """Rows of one source or task: in both cuts, only in the first, only in the second."""

    both: int
    only_a: int
    only_b: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two cuts share.

    Attributes:
        a, b: names.
        total: over all rows.
        sources, tasks: the same by source and by task.
        dropped_by_b: of the rows only in ``a``, how many each rule of ``b`` dropped.
        dropped_by_a: of the rows only in ``b``, how many each rule of ``a`` dropped.
        examples_a, examples_b: a few keys of those, by rule.
    """

    a: str
    b: str
    total: Share
    sources: dict[str, Share]
    tasks: dict[str, Share]
    dropped_by_b: dict[str, int]
    dropped_by_a: dict[str, int]
    examples_a: dict[str, list[str]]
    examples_b: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Kept:
    """One cut's verdicts: the number of the rule that dropped each row of the index, -1 for kept ones."""

    rules: list[str]
    verdict: npt.NDArray[np.int64]


def compare(store: Store, a: str, b: str) -> Comparison:
    """Compare two cuts of the build as it is now.

    Raises:
        UsageError: no such cut, or one that was made before the build changed.
    """
    index = open_build(store)
    first, second = (_verdicts(index, load_cut(store, name)) for name in (a, b))
    table = index.columns(("key", "source", "task"))
    in_a, in_b = first.verdict < 0, second.verdict < 0
    dropped_by_b, examples_a = _reasons(second, in_a & ~in_b, table)
    dropped_by_a, examples_b = _reasons(first, in_b & ~in_a, table)
    return Comparison(
        a,
        b,
        Share(int((in_a & in_b).sum()), int((in_a & ~in_b).sum()), int((in_b & ~in_a).sum())),
        _shares(table["source"], in_a, in_b),
        _shares(table["task"], in_a, in_b),
        dropped_by_b,
        dropped_by_a,
        examples_a,
        examples_b,
    )


def _verdicts(index: Index, state: CutState) -> _Kept:
    if state.index_sha256 != index.digests():
        problem = f"cut {state.name} was made before the build changed; its rows are others now. Make it again"
        raise UsageError(problem, Step("cut", index.store.location, {"name": state.name}))
    rules = [step.rule for step in state.funnel]
    verdict = np.full(state.candidates, -1, np.int64)
    for table in read_verdicts(index.store, state, "dropped", ["row", "rule"]):
        codes, names = coded(table["rule"])
        verdict[numbers(table["row"])] = np.array([rules.index(name) for name in names.to_pylist()], np.int64)[codes]
    return _Kept(rules, verdict)


def _reasons(cut: _Kept, rows: npt.NDArray[np.bool_], table: pa.Table) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Rule -> how many of the rows it dropped, and the first keys of those."""
    counts: dict[str, int] = {}
    examples: dict[str, list[str]] = {}
    for number, rule in enumerate(cut.rules):
        mine = np.flatnonzero(rows & (cut.verdict == number))
        if len(mine):
            counts[rule] = len(mine)
            examples[rule] = [str(key) for key in table["key"].take(column(mine[:_EXAMPLES])).to_pylist()]
    return counts, examples


def _shares(values: pa.ChunkedArray, in_a: npt.NDArray[np.bool_], in_b: npt.NDArray[np.bool_]) -> dict[str, Share]:
    codes, distinct = coded(values)
    names = distinct.to_pylist()
    counted: Sequence[npt.NDArray[np.int64]] = [
        np.bincount(codes[rows], minlength=len(names)) for rows in (in_a & in_b, in_a & ~in_b, in_b & ~in_a)
    ]
    shares = {str(name): Share(*(int(each[at]) for each in counted)) for at, name in enumerate(names)}
    return dict(sorted(shares.items()))
