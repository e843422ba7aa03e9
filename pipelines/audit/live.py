"""``ieiw audit --serve``: the rows of a build under rules whose numbers move, kept in memory; nothing is written."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.filters.apply import KEPT, Verdicts
from ieiw.filters.frame import Frame, Nearest
from ieiw.filters.moving import Moving, Values, fitted, moved
from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.audit.contact_sheets import Card, Place, Sheet, cards_of
from ieiw.pipelines.audit.load import check_fresh
from ieiw.pipelines.index.frame import open_frame
from ieiw.pipelines.index.score_notes import notes_of
from ieiw.triplets.layout.cut_state import load_cut
from ieiw.triplets.layout.index import Index, open_build
from ieiw.triplets.storage.store import Store

_THUMBNAIL = 224
_REMEMBERED = 10_000
"""Pictures that may be asked for, those of the last sheets, and a fifth as many thumbnails of some kilobytes."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What rules make of the rows. ``waiting`` names those whose drops are of an earlier move, until one is settled."""

    rules: RuleSet
    verdicts: Verdicts
    waiting: tuple[str, ...]

    @property
    def kept(self) -> int:
        """How many rows stay."""
        return self.verdicts.funnel[-1].left if self.verdicts.funnel else len(self.verdicts.rule)


class Live:
    """A build under moving rules; may be asked from several threads.

    Attributes:
        rules: where the knobs start.
        start: what those rules make of the rows.
    """

    def __init__(self, index: Index, frame: Frame, rules: RuleSet) -> None:
        self.index = index
        self.frame = frame
        self.rules = fitted(rules, frame)
        self._lock = Lock()
        self._moving = Moving(frame)
        self._places: OrderedDict[str, Place] = OrderedDict()
        self._small = lru_cache(_REMEMBERED // 5)(self._thumbnail)
        self.start = self.move({}, settle=True)

    def move(self, values: Values, *, settle: bool) -> Moved:
        """The rows under moved rules. Relative rules are asked again only where ``settle``.

        Raises:
            UsageError: no such rule or knob, or a value that it does not allow.
        """
        rules = moved(self.rules, values)
        with self._lock:
            return Moved(rules, *self._moving.apply(rules, settle=settle))

    def sheets(self, now: Moved, rule: str, each: int) -> tuple[tuple[Sheet, int], ...]:
        """What a move adds to the rows kept at the start, and what it loses: ``each`` rows, and how many there are.

        The rows are spread evenly by what ``rule``, the one that was moved, looks at.
        """
        before, after = (moment.verdicts.rule == KEPT for moment in (self.start, now))
        shown = next((one for one in now.rules.rules if one.name == rule), None)
        with self._lock:  # the frame keeps what it looks up
            values = shown.values(self.frame) if shown else np.full(len(before), np.nan, np.float32)
        return tuple(
            (_spread(rule, kind, np.flatnonzero(rows), values, each), int(rows.sum()))
            for kind, rows in (("added", after & ~before), ("lost", before & ~after))
        )

    def cards(self, now: Moved, sheets: Sequence[Sheet]) -> dict[int, Card]:
        """A card for each row on the sheets: ``kept``, or by which rule it is dropped. Their pictures may be asked for then."""
        names = [rule.name for rule in now.rules.rules]
        verdicts = now.verdicts.rule
        rows = [row for sheet in sheets for row in sheet.rows]
        made, places = cards_of(
            self.index, rows, lambda row: "kept" if verdicts[row] == KEPT else names[int(verdicts[row])]
        )
        with self._lock:
            for digest, place in places.items():
                self._places[digest] = place
                self._places.move_to_end(digest)
            while len(self._places) > _REMEMBERED:
                self._places.popitem(last=False)
        return made

    def thumbnail(self, digest: str) -> bytes:
        """WebP bytes of a picture of a card.

        Raises:
            KeyError: of no card that was shown lately.
            UsageError: its shard is missing or changed.
        """
        with self._lock:
            place = self._places[digest]
        return self._small(place)

    def _thumbnail(self, place: Place) -> bytes:
        from ieiw.pipelines.audit.thumbnails import thumbnail

        return thumbnail(self.index.store, place, _THUMBNAIL)


def open_live(store: Store, cut: str | None, default: RuleSet, nearest: Nearest) -> Live:
    """Read what the rules of a cut look at, those of ``default`` without one.

    Raises:
        UsageError: no complete build, no such cut, one of other rows or scores, scores that the rules need and are not there.
    """
    index = open_build(store)
    if cut:
        state = load_cut(store, cut)
        check_fresh(index, state)
        rules = RuleSet.model_validate(state.rules)
    else:
        rules = default
        notes_of(index, rules)
    frame = open_frame(index, scores=rules.scores())
    frame.nearest = nearest
    return Live(index, frame, rules)


def _spread(rule: str, kind: str, rows: npt.NDArray[np.int64], values: npt.NDArray[Any], each: int) -> Sheet:
    ordered = rows[np.argsort(values[rows], kind="stable")]
    picked = ordered[np.unique(np.linspace(0, len(ordered) - 1, min(each, len(ordered))).astype(np.int64))]
    shown = (float(value) if np.isfinite(value) else None for value in values[picked])
    return Sheet(rule, kind, f"Would be {kind}", tuple(picked.tolist()), tuple(shown))
