"""Work on units as a Beam pipeline: unit references in, files out. Nothing of a picture ever crosses Beam."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.metrics.metric import Metrics
from apache_beam.options.pipeline_options import PipelineOptions

from ieiw.pipelines.engine import parent
from ieiw.pipelines.engine.stage import load_stage
from ieiw.pipelines.engine.work import UnitWork
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.plan import UnitRef


class WorkOnUnit(beam.DoFn):
    """Does one unit's work, and adds its counts to Beam's own counters.

    Args:
        location: the build's folder or URL.
        running: folder for notes that say which process is at which unit; empty on a cluster.
        stage: :func:`~ieiw.pipelines.engine.stage.address` of the stage.
        options: of that stage, as JSON.
    """

    def __init__(self, location: str, running: str, stage: str, options: str) -> None:
        self._location, self._running = location, running
        self._stage, self._options = stage, options
        self._work: UnitWork | None = None

    def setup(self) -> None:
        """Once a worker: the stage's own worker."""
        running = Path(self._running) if self._running else None
        self._work = UnitWork(load_stage(self._stage, self._options), self._location, running)

    def process(self, element: str) -> None:
        """Do one unit's work."""
        if self._work is None:
            raise RuntimeError("Beam called process before setup")
        for name, count in self._work.do(UnitRef.decoded(element)).items():
            Metrics.counter("ieiw", name).inc(count)


def run(refs: Sequence[str], do: WorkOnUnit, beam_args: Sequence[str]) -> None:
    """Work on the units and wait until it is done.

    Args:
        refs: units, encoded.
        do: what to do with each.
        beam_args: flags for Beam, runner included.
    """
    # beam_args alone decide: PipelineOptions would otherwise read this process's own command line.
    pipeline = beam.Pipeline(options=PipelineOptions(list(beam_args)))
    _ = (
        pipeline
        | "Units" >> beam.Create(list(refs), reshuffle=False)
        | "Spread" >> beam.Reshuffle()
        | "Work" >> beam.ParDo(do)
    )
    with _watched_python(beam_args):
        pipeline.run().wait_until_finish()


@contextmanager
def _watched_python(beam_args: Sequence[str]) -> Iterator[None]:
    """Beam gives the path of this Python to a shell as it is, to start its workers: they start under watch of this process.

    The path is quoted, since a folder's name may hold a space.
    """
    python = sys.executable
    if any("multi_processing" in flag for flag in beam_args):  # else work here may start a Python itself
        sys.executable = f"{shlex.quote(python)} -m {parent.__name__}"
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
        raise UsageError(f"neither ieiw nor Beam knows {unknown[0]}; mend its spelling")
