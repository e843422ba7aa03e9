"""``kind: duplicates``."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from ieiw.filters.duplicates import Candidates, combined_codes, links_of_hashes, near_duplicates, rank_within
from ieiw.filters.frame import Frame
from ieiw.filters.near import MOST_BITS
from ieiw.filters.rules.base import BestKept, Bools, Knob, Outcome


class Duplicates(BestKept):
    """Rows of one task whose pictures are like those of a better row, which stays.

    ``distance`` 0: byte for byte. Above: within so many bits of the perceptual hash. That one sees no small edits; therefore
    ``of: pair`` never takes two rows of one picture group for near duplicates, while ``of: source`` keeps one row of a picture.
    """

    kind: Literal["duplicates"]
    of: Literal["source", "target", "pair"] = "pair"
    distance: int = Field(default=0, ge=0, le=MOST_BITS)

    def knobs(self) -> tuple[Knob, ...]:
        """See :class:`~ieiw.filters.rules.base.Rule`: how near, where that asks for the hash already."""
        return (Knob("distance", "bits apart", 1, MOST_BITS, 1),) if self.distance else ()

    def words(self) -> str:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        near = f"within {self.distance} bits of" if self.distance else "equal to"
        return f"no {self.of} {near} a better one, by {self.keep}"

    def scores(self) -> set[str]:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return super().scores() | ({"phash"} if self.distance else set())

    def ask(self, frame: Frame, alive: Bools) -> Outcome:
        """Rows like a better one, within one task: a removal and its addition are none. The value is the distance in bits."""
        order = self.best_first(frame, alive)
        roles = ("source", "target") if self.of == "pair" else (self.of,)
        tasks = frame.codes("task")[order]
        identities = combined_codes(tasks, *(half[order] for role in roles for half in frame.digests(role)))
        value = np.full(len(frame), np.nan, np.float32)
        if self.distance:
            groups = frame.codes("source+group")[order] if self.of == "pair" else None
            hashes = tuple(frame.score("phash", role)[order] for role in roles)
            nodes = combined_codes(tasks, *hashes)
            _, first = np.unique(nodes, return_index=True)
            links = links_of_hashes(tuple(each[first] for each in hashes), tasks[first], self.distance)
            value[order] = near_duplicates(Candidates(nodes, identities, groups), links)
        else:
            value[order[rank_within(identities) > 0]] = 0
        return Outcome(~np.isnan(value), value, {"all": [float(self.distance + 1), None]})
