"""``kind: semantic-duplicates``."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from ieiw.filters.duplicates import Candidates, Links, combined_codes, near_duplicates
from ieiw.filters.frame import Frame
from ieiw.filters.near_vectors import Floats, Ints, near_vector_pairs
from ieiw.filters.rules.base import BestKept, Bools, Knob, Outcome


class SemanticDuplicates(BestKept):
    """Rows of one task whose picture means the same as that of a better row of another picture group, which stays.

    Two rows of one group show one scene and are none. A row whose picture has no vector goes, without a value.
    """

    kind: Literal["semantic-duplicates"]
    embedder: str
    of: Literal["source", "target"] = "target"
    similarity: float = Field(ge=0.5, lt=1)

    def knobs(self) -> tuple[Knob, ...]:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return (Knob("similarity", "cosine from", 0.5, 0.995, 0.005),)

    def words(self) -> str:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return f"no {self.of} as like a better one as {self.similarity:g} by {self.embedder}, by {self.keep}"

    def ask(self, frame: Frame, alive: Bools) -> Outcome:
        """The value is the cosine with the nearest better row that stays."""
        value = np.full(len(frame), np.nan, np.float32)
        at, vectors = frame.vectors(self.embedder, self.of)
        drop = alive & (at < 0)
        order = self.best_first(frame, alive & (at >= 0))
        tasks, pictures = frame.codes("task")[order], at[order]
        nodes = combined_codes(tasks, pictures)
        _, first = np.unique(nodes, return_index=True)
        distinct, place = np.unique(pictures[first], return_inverse=True)
        low, high, cosines = near_vector_pairs(vectors[distinct], self.similarity)
        links = _by_task(place, tasks[first], (low, high, 1 - cosines))
        groups = frame.codes("source+group")[order]
        far = near_duplicates(Candidates(nodes, np.arange(len(nodes)), groups), links)
        value[order] = 1 - far
        drop[order] = ~np.isnan(far)
        return Outcome(drop, value, {"all": [None, self.similarity]})


def _by_task(place: Ints, tasks: Ints, pairs: tuple[Ints, Ints, Floats]) -> Links:
    """Links between pictures as links between nodes (a picture in a task), of one task each."""
    firsts, seconds, distances = [], [], []
    for task in np.unique(tasks):
        node_of = np.full(int(place.max(initial=-1)) + 1, -1, np.int64)
        here = np.flatnonzero(tasks == task)
        node_of[place[here]] = here
        low, high = node_of[pairs[0]], node_of[pairs[1]]
        both = (low >= 0) & (high >= 0)
        firsts.append(low[both])
        seconds.append(high[both])
        distances.append(pairs[2][both])
    empty = np.empty(0, np.int64)
    return Links(
        np.concatenate([empty, *firsts]),
        np.concatenate([empty, *seconds]),
        np.concatenate([empty, *distances]),
        len(tasks),
    )
