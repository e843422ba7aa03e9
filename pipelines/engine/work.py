"""What a worker process does with a unit, whatever the stage. Knows no Beam: tests and benchmarks call the same code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ieiw.pipelines.engine.gpus import claim_gpu
from ieiw.pipelines.engine.in_progress import noted
from ieiw.pipelines.engine.stage import Stage, note_name
from ieiw.triplets.errors import DamageError
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import open_store


class UnitWork:
    """One process's share of a stage: skips what is done, notes what it is at, keeps the notes on damage.

    Args:
        stage: what to do.
        location: folder or URL of the build.
        running: folder for notes that say which process is at which unit, or None on a cluster.
    """

    def __init__(self, stage: Stage, location: str, running: Path | None = None) -> None:
        import cv2

        claim_gpu()
        cv2.setNumThreads(1)  # parallelism is over units; a worker's own threads would only fight for the cores
        self._stage = stage
        self._store = open_store(location)
        self._running = running if running is not None and running.is_dir() else None
        self._worker = stage.worker(location)

    def do(self, ref: UnitRef) -> Mapping[str, int]:
        """Do and commit one unit unless its mark is there; returns counter -> what to add to it.

        Raises:
            OSError: storage fails beyond its retries.
        """
        if self._store.exists(self._stage.mark(ref)):
            return {}
        with noted(self._running, ref):
            reach("unit-started")
            try:
                return self._worker.work(ref)
            except DamageError as error:
                self._store.publish_bytes(note_name("damage", self._stage, ref), str(error).encode())
                return {"damaged": 1}
