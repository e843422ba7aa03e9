"""The build as a Beam pipeline: unit references in, files out. Nothing of a picture ever crosses Beam."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.metrics.metric import Metrics
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.plan_files import UnitRef
from pipelines.worker import UnitBuilder, leave_with_parent

UnitTuple = tuple[str, str, int, int]


class BuildUnit(beam.DoFn):
    """Builds and commits one unit; emits what it came to, for Beam's own counters."""

    def __init__(self, location: str, running: str) -> None:
        self._location = location
        self._running = running
        self._builder: UnitBuilder | None = None

    def setup(self) -> None:
        """Once a worker: quiet threads, a watch on the driver, and the build's own description."""
        import cv2

        cv2.setNumThreads(1)  # parallelism is over units; a worker's own threads would only fight for the cores
        leave_with_parent()
        self._builder = UnitBuilder(self._location, Path(self._running) if self._running else None)

    def process(self, element: UnitTuple) -> Iterator[tuple[int, int]]:
        """Build one unit."""
        if self._builder is None:
            raise RuntimeError("Beam called process before setup")
        built, rejected = self._builder.build(UnitRef(*element))
        Metrics.counter("ieiw", "built").inc(built)
        Metrics.counter("ieiw", "rejected").inc(rejected)
        yield built, rejected


def run(location: str, refs: Sequence[UnitRef], running: str, beam_args: Sequence[str]) -> dict[str, Any]:
    """Build the units and wait until it is done; returns Beam's committed counters by name."""
    elements: list[UnitTuple] = [(ref.source, ref.fingerprint, ref.round, ref.number) for ref in refs]
    # beam_args alone decide: PipelineOptions would otherwise read this process's own command line.
    pipeline = beam.Pipeline(options=PipelineOptions(list(beam_args)))
    _ = (
        pipeline
        | "Units" >> beam.Create(elements, reshuffle=False)
        | "Spread" >> beam.Reshuffle()
        | "Build" >> beam.ParDo(BuildUnit(location, running))
    )
    result = pipeline.run()
    result.wait_until_finish()
    counters = result.metrics().query()["counters"]
    return {
        counter.key.metric.name: counter.committed for counter in counters if counter.key.metric.namespace == "ieiw"
    }
