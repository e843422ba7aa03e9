"""Scoring as a stage of the engine: a unit's shard in, one small file of values out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ieiw.filters.registry import load
from ieiw.pipelines.engine.stage import Stage
from ieiw.triplets.layout.marks import SET_ASIDE, count_of, mark_of
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.scores import PARTS
from ieiw.triplets.layout.shards import canonical_json
from ieiw.triplets.storage.store import Store

if TYPE_CHECKING:
    from ieiw.pipelines.scoring.worker import UnitScorer


class ScoreStage(Stage):
    """Scores the named scores of one pass.

    Attributes:
        scores: names, in the order in which they are computed.
        options: score -> what it is made with.
    """

    name: ClassVar[str] = "score"
    scores: tuple[str, ...]
    options: Mapping[str, Mapping[str, Any]] = {}

    def worker(self, location: str) -> UnitScorer:
        """See :class:`~ieiw.pipelines.engine.stage.Stage`."""
        from ieiw.pipelines.scoring.worker import UnitScorer

        return UnitScorer(location, self.scores, self.options, self.mark)

    def mark(self, ref: UnitRef) -> str:
        """Name of the unit's values; it carries the scores of the pass, with their versions and options."""
        versions = ",".join(f"{name}.{load(name).version}" for name in sorted(self.scores))
        versions += canonical_json(self.options) if self.options else ""
        return f"{PARTS}/{hashlib.sha256(versions.encode()).hexdigest()[:8]}-{ref.source}-{ref.unit}.parquet"

    def needs(self, ref: UnitRef) -> Sequence[str]:
        """The unit's row file."""
        return (ref.rows,)

    def count(self, store: Store, ref: UnitRef) -> Mapping[str, int]:
        """Triplets scored, or quarantined with their unit."""
        return count_of(store, self.mark(ref), ref, "scored")

    def quarantine(self, store: Store, ref: UnitRef, detail: str) -> None:
        """A part without values: rules see the unit's triplets as undefined, and the score's note names the unit."""
        from ieiw.pipelines.scoring.worker import commit_values, no_values

        text = f"{ref.source}: {detail}; its {mark_of(store, ref.rows).built:,} triplets have no values"
        commit_values(
            store, self.mark(ref), no_values(self.scores, self.options).replace_schema_metadata({SET_ASIDE: text})
        )
