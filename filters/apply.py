"""Apply rules to a frame: every row is kept, or dropped by the first rule that refuses it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.filters.duplicates import Alike, joined, near_duplicates, rank_within
from ieiw.filters.frame import Frame
from ieiw.filters.registry import better_of, kind_of
from ieiw.filters.rules import Cap, Decontaminate, Duplicates, Gap, Licences, PictureSet, Rule, RuleSet, Threshold
from ieiw.triplets.errors import UsageError

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[Any]
Near = Callable[[npt.NDArray[np.uint64], Sequence[str | PictureSet]], npt.NDArray[Any]]
"""Hashes and places -> for each hash the least distance in bits to a picture of the places; 65 where there is none."""
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
        asked = alive & _concerned(frame, rule)
        outcome = _ask(frame, rule, asked, near)
        drop = outcome.drop & asked
        verdict[drop] = number
        deciding[drop] = outcome.value[drop]
        undefined = int(np.isnan(outcome.value[drop]).sum()) if isinstance(rule, Threshold | Gap) else 0
        dropped = int(drop.sum())
        funnel.append(Step(rule.name, dropped, undefined, int(alive.sum()) - dropped, outcome.bounds))
    return Verdicts(verdict, deciding, funnel)


def _concerned(frame: Frame, rule: Rule) -> Bools:
    """Rows of the rule's tasks and sources."""
    rows = np.ones(len(frame), np.bool_)
    for column, wanted in (("task", rule.tasks), ("source", rule.sources)):
        if wanted:
            known = frame.names(column)
            rows &= np.isin(frame.codes(column), [known.index(name) for name in wanted if name in known])
    return rows


def check_names(frame: Frame, rules: RuleSet) -> None:
    """Refuse rules about tasks or sources that the build has not: a misspelt name would never drop anything.

    Raises:
        UsageError: names the rule and what there is.
    """
    for rule in rules.rules:
        for column, wanted in (("task", rule.tasks), ("source", rule.sources)):
            lost = sorted(set(wanted) - set(frame.names(column)) if wanted else ())
            if lost:
                there = ", ".join(sorted(frame.names(column))[:20])
                raise UsageError(f"rule {rule.name}, {column}s: the build has no {column} {lost[0]!r}. It has: {there}")


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
        return _unlicensed(frame, rule)
    return _capped(frame, rule, alive)


def _bounded(frame: Frame, rule: Threshold | Gap, values: Floats, alive: Bools) -> _Outcome:
    """Rows outside the bounds, which quantiles set over the rows still there, overall or in each group."""
    drop = np.isnan(values)
    bounds: dict[str, list[float | None]] = {}
    for members in _groups(frame, rule.per, alive):
        theirs = values[members]
        least, most = _limits(rule, theirs[~np.isnan(theirs)])
        if least is not None:
            drop[members] |= theirs < least
        if most is not None:
            drop[members] |= theirs > most
        bounds[_group_name(frame, rule.per, int(members[0]))] = [least, most]
    return _Outcome(drop, values, bounds)


def _groups(frame: Frame, per: str, alive: Bools) -> list[npt.NDArray[np.int64]]:
    """Rows still there, group by group."""
    rows = np.flatnonzero(alive)
    if not per or not len(rows):
        return [rows] if len(rows) else []
    codes = frame.codes(per)[rows]
    order = np.argsort(codes, kind="stable")
    return np.split(rows[order], np.flatnonzero(np.diff(codes[order])) + 1)


def _limits(rule: Threshold | Gap, sound: Floats) -> tuple[float | None, float | None]:
    """The bounds in force: the stricter of the absolute one and that of the quantile."""
    least, most = rule.min, rule.max
    if rule.drop_lowest is not None and len(sound):
        lowest = float(np.quantile(sound, rule.drop_lowest))
        least = lowest if least is None else max(least, lowest)
    if rule.drop_highest is not None and len(sound):
        highest = float(np.quantile(sound, 1 - rule.drop_highest))
        most = highest if most is None else min(most, highest)
    return least, most


def _group_name(frame: Frame, per: str, row: int) -> str:
    return "/".join(str(frame.table[column][row]) for column in per.split("+")) if per else "all"


def _best_first(frame: Frame, keep: str, alive: Bools) -> npt.NDArray[np.int64]:
    """Rows still there, best first; equal ones in the order of the index, those without a score last."""
    rows = np.flatnonzero(alive)
    values = frame.score(keep, "pair" if kind_of(keep) == "pair" else "target")[rows]
    cost = -values if better_of(keep) == "higher" else values
    return rows[np.argsort(np.where(np.isnan(cost), np.inf, cost), kind="stable")]


def _capped(frame: Frame, rule: Cap, alive: Bools) -> _Outcome:
    """All but the best ``most`` of each group; the value is the row's place in its group, from 1."""
    order = _best_first(frame, rule.keep, alive)
    place = np.full(len(frame), np.nan, np.float32)
    place[order] = rank_within(frame.codes("source+group" if rule.per == "group" else rule.per)[order]) + 1
    return _Outcome(place > rule.most, place, {"all": [None, float(rule.most)]})


def _duplicates(frame: Frame, rule: Duplicates, alive: Bools) -> _Outcome:
    """Rows like a better one, within one task: a removal and its addition are none. The value is the distance in bits."""
    order = _best_first(frame, rule.keep, alive)
    roles = ("source", "target") if rule.of == "pair" else (rule.of,)
    tasks = frame.codes("task")[order]
    identities = joined(tasks, *(half[order] for role in roles for half in frame.words(role)))
    value = np.full(len(frame), np.nan, np.float32)
    if rule.distance:
        groups = frame.codes("source+group")[order] if rule.of == "pair" else None
        hashes = tuple(frame.score("phash", role)[order] for role in roles)
        value[order] = near_duplicates(Alike(hashes, tasks, identities, groups), rule.distance)
    else:
        value[order[rank_within(identities) > 0]] = 0
    return _Outcome(~np.isnan(value), value, {"all": [float(rule.distance + 1), None]})


def _least_of_each(codes: npt.NDArray[np.int64], values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """For each row the least value of all rows of its code."""
    _, codes = np.unique(codes, return_inverse=True)
    least = np.full(int(codes.max(initial=-1)) + 1, np.inf, np.float32)
    np.minimum.at(least, codes, values)
    return least[codes]


def _contaminated(frame: Frame, rule: Decontaminate, near: Near) -> _Outcome:
    """Rows with a picture near one of the given pictures, and all others of that picture; the value is the least distance in bits.

    A crop (of one person, say) does not look like the whole: a row that shows the whole tells for those that show a part.
    """
    hashes, inverse = np.unique([frame.score("phash", role) for role in ("source", "target")], return_inverse=True)
    least = near(hashes, rule.places)[inverse].reshape(2, -1).min(axis=0).astype(np.float32)
    for column in ("source+group", "picture_sha256", "source+group"):
        least = _least_of_each(frame.codes(column), least)
    return _Outcome(least <= rule.distance, least, {"all": [float(rule.distance + 1), None]})


def _unlicensed(frame: Frame, rule: Licences) -> _Outcome:
    """Rows whose licence starts with none of the allowed texts."""
    allowed = np.array([name.startswith(rule.allow) for name in frame.names("licence")], np.bool_)
    return _Outcome(~allowed[frame.codes("licence")], np.full(len(frame), np.nan, np.float32), {})


def licences_of(frame: Frame, rows: npt.NDArray[np.int64]) -> dict[str, int]:
    """Licence -> how many of the rows, most frequent first; what follows a comma (a picture's address) is left out."""
    names = frame.names("licence")
    counts = np.bincount(frame.codes("licence")[rows], minlength=len(names))
    found: Counter[str] = Counter()
    for name, count in zip(names, counts.tolist(), strict=True):
        if count:
            found[name.partition(",")[0].strip()] += count
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))
