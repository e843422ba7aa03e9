"""Contact sheets: which rows each shows, and where their pictures lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.pipelines.audit.load import KEPT, TRAIN, VALIDATION, Ledger
from ieiw.pipelines.audit.sweeps import margins
from ieiw.triplets.layout.index import Index
from ieiw.triplets.storage.store import Store

_TEXTS = ["key", "source", "task", "record", "unit", "instruction"]
_SPANS = [f"{role}_{part}" for role in ("source", "target") for part in ("offset", "size", "sha256")]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows that tell something about a rule (or, with an empty ``rule``, about the build as a whole).

    ``values`` are what the rule looked at, None where that was undefined.
    """

    rule: str
    kind: str
    title: str
    rows: tuple[int, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One triplet of a sheet. ``source_picture`` and ``target_picture`` are digests; ``verdict`` a rule's name or a side."""

    row: int
    key: str
    source: str
    task: str
    record: str
    unit: str
    instruction: str
    verdict: str
    source_picture: str
    target_picture: str

    @property
    def pictures(self) -> tuple[str, str]:
        """Both digests."""
        return self.source_picture, self.target_picture


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture's bytes lie."""

    shard: str
    offset: int
    size: int
    sha256: str


def choose(ledger: Ledger, each: int, seed: int = 0) -> tuple[Sheet, ...]:
    """The sheets of every rule, then those of the build: ``each`` rows a sheet, empty sheets left out."""
    random = np.random.default_rng(seed)
    found: list[Sheet] = []
    for number, rule in enumerate(ledger.rules):
        found += _bounded(ledger, number, each)
        dropped = np.flatnonzero(ledger.rule == number)
        found.append(_sheet(rule.name, "random", "Random drops", _some(random, dropped, each), ledger.value))
    kept = ledger.rule == KEPT
    title, nothing = "Random, kept" if ledger.cut else "Random", np.full(len(kept), np.nan, np.float32)
    found.append(_sheet("", "random", title, _some(random, np.flatnonzero(kept), each), nothing))
    for name in [info.name for info in ledger.scores if info.composite][:1]:
        values, codes = ledger.frame.score(name, "target"), ledger.frame.codes("picture_sha256")
        for kind, end, order in (("worst", "Lowest", values), ("best", "Highest", -values)):
            rows = _first(order, kept & ~np.isnan(values), codes, each)
            found.append(_sheet("", kind, f"{end} {name} of the target", rows, values))
    return tuple(sheet for sheet in found if sheet.rows)


def _bounded(ledger: Ledger, number: int, each: int) -> Iterator[Sheet]:
    """By how far from the bound, then by value, among the rows that the rule was asked about."""
    sides = margins(ledger, number)
    if not sides:  # a rule of another kind, or a share of no defined values
        return
    rule, asked = ledger.rules[number], ledger.reaching(number)
    values = rule.values(ledger.frame)
    inside = np.minimum.reduce(list(sides.values()))
    good = values if rule.better == "higher" else -values
    codes = ledger.frame.codes("picture_sha256")

    def sheet(kind: str, title: str, rows: npt.NDArray[np.bool_], order: npt.NDArray[Any]) -> Sheet:
        return _sheet(rule.name, kind, title, _first(order, rows & ~np.isnan(values), codes, each), values)

    yield sheet("just-dropped", "Just dropped", asked & (inside < 0), -inside)
    yield sheet("just-kept", "Just kept", asked & (inside >= 0), inside)
    yield sheet("worst", "Worst", asked, good)
    yield sheet("best", "Best", asked, -good)


def _sheet(rule: str, kind: str, title: str, rows: npt.NDArray[np.int64], values: npt.NDArray[Any]) -> Sheet:
    shown = (float(value) if np.isfinite(value) else None for value in values[rows])
    return Sheet(rule, kind, title, tuple(rows.tolist()), tuple(shown))


def _some(random: np.random.Generator, rows: npt.NDArray[np.int64], each: int) -> npt.NDArray[np.int64]:
    return np.sort(random.choice(rows, min(each, len(rows)), replace=False)) if len(rows) else rows


def _first(
    order: npt.NDArray[Any], among: npt.NDArray[np.bool_], pictures: npt.NDArray[np.int64], each: int
) -> npt.NDArray[np.int64]:
    """Rows with the least ``order``; several rows of one picture only where there are too few pictures."""
    rows = np.flatnonzero(among)
    most = 16 * each
    if len(rows) > most:
        rows = rows[np.argpartition(order[rows], most)[:most]]
    rows = rows[np.lexsort((rows, order[rows]))]
    _, first = np.unique(pictures[rows], return_index=True)
    fresh = np.zeros(len(rows), np.bool_)
    fresh[first] = True
    picked = np.concatenate([np.flatnonzero(fresh), np.flatnonzero(~fresh)])[:each]
    return np.asarray(rows[np.sort(picked)], np.int64)


def cards(store: Store, ledger: Ledger, sheets: Sequence[Sheet]) -> tuple[dict[int, Card], dict[str, Place]]:
    """A card for every row on a sheet, and where its pictures lie by digest, in the order in which sheets need them."""
    rows = list(dict.fromkeys(row for sheet in sheets for row in sheet.rows))
    return cards_of(Index(store, ledger.state), rows, lambda row: verdict_name(ledger, row))


def cards_of(
    index: Index, rows: Sequence[int], verdict: Callable[[int], str]
) -> tuple[dict[int, Card], dict[str, Place]]:
    """A card for each row, with what ``verdict`` says of it, and where their pictures lie by digest."""
    made: dict[int, Card] = {}
    places: dict[str, Place] = {}
    for row, values in zip(rows, index.take(rows, [*_TEXTS, "shard", *_SPANS]), strict=True):
        for role in ("source", "target"):
            offset, size, digest = (values[f"{role}_{part}"] for part in ("offset", "size", "sha256"))
            places.setdefault(digest, Place(values["shard"], offset, size, digest))
        made[row] = Card(
            row=row,
            **{name: values[name] for name in _TEXTS},
            verdict=verdict(row),
            source_picture=values["source_sha256"],
            target_picture=values["target_sha256"],
        )
    return made, places


def verdict_name(ledger: Ledger, row: int) -> str:
    """The rule that dropped a row, else its side of the split, else ``built``."""
    number = int(ledger.rule[row])
    if number != KEPT:
        return ledger.rules[number].name
    return {TRAIN: "train", VALIDATION: "validation"}.get(int(ledger.side[row]), "built")
