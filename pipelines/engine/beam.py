"""Work on units as a Beam pipeline: unit references in, files out. Nothing of a picture ever crosses Beam."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import apache_beam as beam
from apache_beam.metrics.metric import Metrics
from apache_beam.options.pipeline_options import PipelineOptions

from ieiw.pipelines.build.worker import leave_with_parent
from ieiw.pipelines.layout.plan_files import UnitRef
from ieiw.triplets.errors import UsageError

UnitTuple = tuple[str, str, int, int]


class UnitWorker(Protocol):
    """Does one kind of work on units; made once a process with the build's location, the notes' folder and options."""

    def work(self, ref: UnitRef) -> Mapping[str, int]:
        """Do and commit one unit's work; returns counter -> what to add to it."""
        ...


class WorkOnUnit(beam.DoFn):
    """Does one unit's work; emits its counts, for Beam's own counters.

    Args:
        location: the build's folder or URL.
        running: folder for notes that say which process is at which unit; empty on a cluster.
        worker: ``module:Class`` of a :class:`UnitWorker`.
        options: of that worker.
    """

    def __init__(self, location: str, running: str, worker: str, options: Mapping[str, str]) -> None:
        self._location = location
        self._running = running
        self._named = worker
        self._options = dict(options)
        self._worker: UnitWorker | None = None

    def setup(self) -> None:
        """Once a worker: quiet threads, a watch on the driver, and the build's own description."""
        import cv2

        cv2.setNumThreads(1)  # parallelism is over units; a worker's own threads would only fight for the cores
        leave_with_parent()
        module, _, name = self._named.partition(":")
        made = getattr(import_module(module), name)
        self._worker = made(self._location, Path(self._running) if self._running else None, self._options)

    def process(self, element: UnitTuple) -> Iterator[dict[str, int]]:
        """Do one unit's work."""
        if self._worker is None:
            raise RuntimeError("Beam called process before setup")
        counts = dict(self._worker.work(UnitRef(*element)))
        for name, count in counts.items():
            Metrics.counter("ieiw", name).inc(count)
        yield counts


def run(refs: Sequence[UnitRef], do: WorkOnUnit, beam_args: Sequence[str]) -> dict[str, Any]:
    """Work on the units and wait until it is done; returns Beam's committed counters by name."""
    elements: list[UnitTuple] = [(ref.source, ref.fingerprint, ref.round, ref.number) for ref in refs]
    # beam_args alone decide: PipelineOptions would otherwise read this process's own command line.
    pipeline = beam.Pipeline(options=PipelineOptions(list(beam_args)))
    _ = (
        pipeline
        | "Units" >> beam.Create(elements, reshuffle=False)
        | "Spread" >> beam.Reshuffle()
        | "Work" >> beam.ParDo(do)
    )
    with _quoted_python(beam_args):
        result = pipeline.run()
        result.wait_until_finish()
    counters = result.metrics().query()["counters"]
    return {
        counter.key.metric.name: counter.committed for counter in counters if counter.key.metric.namespace == "ieiw"
    }


@contextmanager
def _quoted_python(beam_args: Sequence[str]) -> Iterator[None]:
    """Beam gives the path of this Python to a shell as it is, to start its workers: a folder's name may hold a space."""
    python = sys.executable
    if any("multi_processing" in flag for flag in beam_args):  # else work here may start a Python itself
        sys.executable = shlex.quote(python)
    try:
        yield
    finally:
        sys.executable = python


def check_flags(beam_args: Sequence[str]) -> None:
    """Refuse flags that no part of Beam knows: it would drop them with a line in its log.

    Raises:
        UsageError: names the flag.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, conflict_handler="resolve")
    kinds: list[Any] = list(PipelineOptions.__subclasses__())
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
        if "_add_argparse_args" in vars(kind):
            kind._add_argparse_args(parser)
    _, unknown = parser.parse_known_args(list(beam_args))
    if unknown:
        raise UsageError(f"neither ieiw nor Beam knows {unknown[0]}; mend its spelling, or see ieiw build --help")
