"""Apply rules to a frame: every row is kept, or dropped by the first rule that refuses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from filters.frame import Frame
from filters.rules import Cap, Decontaminate, Duplicates, Gap, Licences, Rule, RuleSet, Threshold

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[Any]
Near = Callable[[npt.NDArray[np.uint64], tuple[str, ...]], npt.NDArray[np.int64]]
"""Hashes and folders -> for each hash the least distance in bits to a picture in the folders."""
KEPT = -1


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the funnel."""

    rule: str
    dropped: int
    undefined: int
    left: int
    bounds: dict[str, list[float | None]]
    """The bounds that were in force, by group of ``per`` (one entry named ``all`` without): [least, most]."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What became of every row: the number of the rule that dropped it or :data:`KEPT`, and the value that decided."""

    rule: npt.NDArray[np.int16]
    value: npt.NDArray[np.float32]
    funnel: list[Step]


@dataclass(slots=True)
class _Outcome:
    """What one rule says of the rows still there."""

    drop: Bools
    value: Floats
    bounds: dict[str, list[float | None]]


def apply_rules(frame: Frame, rules: RuleSet, near: Near) -> Verdicts:
    """Ask the rules in order; a NaN score is a drop by that rule, never a pass.

    Args:
        frame: rows and scores.
        rules: what to ask.
        near: looks pictures up for decontamination.
    """
    count = len(frame)
    verdict = np.full(count, KEPT, np.int16)
    deciding = np.full(count, np.nan, np.float32)
    funnel: list[Step] = []
    for number, rule in enumerate(rules.rules):
        alive = verdict == KEPT
        outcome = _ask(frame, rule, alive, near)
        drop = outcome.drop & alive
        verdict[drop] = number
        deciding[drop] = outcome.value[drop]
        undefined = int(np.isnan(outcome.value[drop]).sum()) if isinstance(rule, Threshold | Gap) else 0
        dropped = int(drop.sum())
        funnel.append(Step(rule.name, dropped, undefined, int(alive.sum()) - dropped, outcome.bounds))
    return Verdicts(verdict, deciding, funnel)


def _ask(frame: Frame, rule: Rule, alive: Bools, near: Near) -> _Outcome:
    if isinstance(rule, Threshold):
        return _bounded(frame, rule, frame.score(rule.score, rule.of), alive)
    if isinstance(rule, Gap):
        return _bounded(frame, rule, frame.score(rule.score, "source") - frame.score(rule.score, "target"), alive)
    if isinstance(rule, Duplicates):
        return _duplicates(frame, rule, alive)
    if isinstance(rule, Decontaminate):
        return _contaminated(frame, rule, near)
    if isinstance(rule, Licences):
        allowed = pc.starts_with(frame.table["licence"], rule.allow[0])
        for text in rule.allow[1:]:
            allowed = pc.or_(allowed, pc.starts_with(frame.table["licence"], text))
        return _plain(~allowed.to_numpy())
    return _capped(frame, rule, alive)


def _plain(drop: Bools) -> _Outcome:
    return _Outcome(drop, np.full(len(drop), np.nan, np.float32), {})


def _bounded(frame: Frame, rule: Threshold | Gap, values: Floats, alive: Bools) -> _Outcome:
    """Rows outside the bounds, which quantiles set over the rows still there, overall or in each group."""
    drop = np.isnan(values)
    bounds: dict[str, list[float | None]] = {}
    groups = frame.codes(rule.per) if rule.per else np.zeros(len(values), np.int64)
    for code in np.unique(groups[alive]):
        members = groups == code
        sound = values[members & alive & ~np.isnan(values)]
        least, most = _limits(rule, sound)
        if least is not None:
            drop |= members & (values < least)
        if most is not None:
            drop |= members & (values > most)
        bounds[_group_name(frame, rule.per, int(np.flatnonzero(members)[0]))] = [least, most]
    return _Outcome(drop, values, bounds)


def _limits(rule: Threshold | Gap, sound: Floats) -> tuple[float | None, float | None]:
    least = [bound for bound in (rule.min,) if bound is not None]
    most = [bound for bound in (rule.max,) if bound is not None]
    if len(sound):
        if rule.drop_lowest is not None:
            least.append(float(np.quantile(sound, rule.drop_lowest)))
        if rule.drop_highest is not None:
            most.append(float(np.quantile(sound, 1 - rule.drop_highest)))
    return (max(least) if least else None), (min(most) if most else None)


def _group_name(frame: Frame, per: str, row: int) -> str:
    return "/".join(str(frame.table[column][row]) for column in per.split("+")) if per else "all"


def _best_first(frame: Frame, keep: str, alive: Bools) -> npt.NDArray[np.int64]:
    """Rows still there, best target first; equal ones, and those without a score, in the order of the index."""
    rows = np.flatnonzero(alive)
    values = np.nan_to_num(frame.score(keep, "target")[rows], nan=-np.inf)
    return rows[np.argsort(-values, kind="stable")]


def _capped(frame: Frame, rule: Cap, alive: Bools) -> _Outcome:
    """All but the best ``most`` of each group."""
    order = _best_first(frame, rule.keep, alive)
    codes = frame.codes(rule.per)[order]
    drop = np.zeros(len(frame), np.bool_)
    drop[order] = _rank_within(codes) >= rule.most
    return _plain(drop)


def _rank_within(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each element, how many equal ones stand before it."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    fresh = np.ones(len(codes), np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    first = np.maximum.accumulate(np.where(fresh, np.arange(len(codes)), 0))
    ranks = np.empty(len(codes), np.int64)
    ranks[order] = np.arange(len(codes)) - first
    return ranks


def _duplicates(frame: Frame, rule: Duplicates, alive: Bools) -> _Outcome:
    """All but the best row of each set of equal pictures, within one task: a removal and its addition are no duplicates."""
    order = _best_first(frame, rule.keep, alive)
    roles = ("source", "target") if rule.of == "pair" else (rule.of,)
    same = frame.codes("task")[order]
    for role in roles:
        codes = (
            _clusters(frame.score("phash", role)[order], rule.distance)
            if rule.distance
            else frame.codes(f"{role}_sha256")[order]
        )
        same = _joined(same, codes)
    drop = np.zeros(len(frame), np.bool_)
    drop[order] = _rank_within(same) > 0
    return _plain(drop)


def _joined(first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    _, codes = np.unique(np.stack([first, second], axis=1), axis=0, return_inverse=True)
    return np.asarray(codes, np.int64).ravel()


def _clusters(hashes: npt.NDArray[np.uint64], distance: int) -> npt.NDArray[np.int64]:
    """Numbers of clusters: hashes linked by at most ``distance`` bits. A hash index finds the links, scipy the components."""
    import faiss
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    distinct, inverse = np.unique(hashes, return_inverse=True)
    packed = distinct.astype(">u8").view(np.uint8).reshape(-1, 8)
    # By the pigeonhole principle two codes within `distance` bits agree on one of distance + 1 equal parts.
    parts = max(2, distance + 1)
    index = faiss.IndexBinaryMultiHash(64, parts, 64 // parts)
    index.add(packed)
    limits, _, neighbours = index.range_search(packed, distance + 1)
    rows = np.repeat(np.arange(len(distinct)), np.diff(limits.astype(np.int64)))
    links = coo_matrix((np.ones(len(rows), np.int8), (rows, neighbours)), shape=(len(distinct), len(distinct)))
    _, labels = connected_components(links, directed=False)
    return np.asarray(labels[inverse], np.int64)


def _contaminated(frame: Frame, rule: Decontaminate, near: Near) -> _Outcome:
    least = np.full(len(frame), 65, np.int64)
    for role in ("source", "target"):
        hashes, inverse = np.unique(frame.score("phash", role), return_inverse=True)
        least = np.minimum(least, near(hashes, rule.pictures)[inverse])
    return _Outcome(least <= rule.distance, least.astype(np.float32), {"all": [float(rule.distance + 1), None]})


def licences_of(table: pa.Table) -> dict[str, int]:
    """Licence -> rows, most frequent first; what follows a comma (a picture's address) is left out."""
    counted = pc.value_counts(pc.list_element(pc.split_pattern(table["licence"], ","), 0)).to_pylist()
    return {str(each["values"]): int(each["counts"]) for each in sorted(counted, key=lambda each: -int(each["counts"]))}
