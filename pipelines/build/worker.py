"""Builds a unit: its attempts become triplets and rejects. Knows no Beam: benchmarks and tests call the same code."""

from __future__ import annotations

from collections.abc import Sequence

from ieiw.builders.artefacts import Artefacts, ByKind
from ieiw.builders.assembly import Assembler
from ieiw.builders.protocols import PaintJob
from ieiw.builders.replacement.made import ReplacementJob
from ieiw.pipelines.build.commit_unit import write_unit
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.replacement.artefacts import Committed
from ieiw.pipelines.replacement.chain import steps_of
from ieiw.pipelines.replacement.step import TASK
from ieiw.triplets.layout.build_state import require_state
from ieiw.triplets.layout.plan import PlanRow, UnitRef, attempts_of, read_unit
from ieiw.triplets.layout.takedown import tombstones
from ieiw.triplets.storage.store import open_store


class UnitBuilder:
    """Builds units of one build; sources, tasks and models are made once a process.

    Args:
        location: the build's folder or URL; its ``build.json`` says all the rest.
    """

    def __init__(self, location: str) -> None:
        self._store = open_store(location)
        self._state = require_state(self._store)
        self._components = Components(self._state.recipe)
        self._taken_down = tombstones(self._store).pictures

    def work(self, ref: UnitRef) -> dict[str, int]:
        """Build and commit a unit.

        Returns:
            Triplets ``built`` and attempts ``rejected``; both 0 where another machine's driver has finished the build meanwhile.

        Raises:
            OSError: the storage of the source or of the build fails beyond its retries.
        """
        rows = read_unit(self._store, ref)
        used = {(str(row["group"]), str(row["task"])): int(str(row["used"])) for row in rows if row["used"]}
        made = self._components
        source, tasks, artefacts = made.source(ref.source), made.tasks(ref.source), self._artefacts(ref, rows)
        recipe = self._state.recipe
        frame = recipe.source(ref.source).frame
        assembler = Assembler(source, tasks, recipe.seed, artefacts, used, frame, self._taken_down)
        try:
            mark = write_unit(self._store, ref, assembler.run(attempts_of(rows)))
        except FileNotFoundError:
            # That driver swept our half-written shard away: its work stands.
            if not self._store.exists(ref.rows):
                raise
            return {"built": 0, "rejected": 0}
        return {"built": mark.built, "rejected": mark.rejected}

    def _artefacts(self, ref: UnitRef, rows: Sequence[PlanRow]) -> Artefacts | None:
        """What models make for the unit's attempts, now or in steps before."""
        painter = self._components.artefacts(ref.source)
        attempts = [attempt for attempt in attempts_of(rows) if attempt.task == TASK]
        if not attempts:
            return painter
        steps = steps_of(self._components, ref.source, self._state.sources[ref.source].inputs)
        kinds: dict[type, Artefacts] = {ReplacementJob: Committed(self._store, steps, ref, attempts)}
        return ByKind(kinds | ({PaintJob: painter} if painter else {}))
