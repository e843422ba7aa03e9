"""From the attempts of a unit to triplets and rejects: every attempt yields exactly one verdict, in order."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import cast

from ieiw.builders.artefacts import Artefacts, unexpected
from ieiw.builders.opening import Closed, Opener
from ieiw.builders.protocols import Job, ModelTask, Source, Task
from ieiw.triplets.records import Attempt, Built, OpenRecord, Reject, Triplet, attempt_rng
from ieiw.triplets.rejects import Place, Reason, Refusal


@dataclass(slots=True)
class _Work:
    """One record on its way through a window: its attempts, and either its open pictures or why there are none.

    What one task asks of a model, and what it is refused, is no business of the others: both are kept by task.
    """

    attempts: list[Attempt]
    open: OpenRecord | None = None
    refusal: Refusal | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)
    stage: Place = Place.PLAN
    picture_sha256: str = ""


@dataclass(slots=True)
class _Made:
    """What the variants of one record and task gave so far: ``count`` of them, by the digest of what each was the first to give."""

    count: int = 0
    first: dict[bytes, int] = field(default_factory=dict)

    def add(self, variant: int, triplet: Triplet) -> None:
        """Remember what a variant gave.

        Raises:
            Refusal: an earlier one gave the same sentence and pictures.
        """
        found = hashlib.blake2b(triplet.instruction.encode("utf-8", "replace"))
        for picture in (triplet.source, triplet.target):
            found.update(len(picture.data).to_bytes(8, "little") + picture.data)
        first = self.first.setdefault(found.digest(), variant)
        if first != variant:
            raise Refusal(Reason.SAME_AS_ANOTHER, f"variant {first} has the same sentence and pictures")


class Assembler:
    """Runs tasks over attempts. Knows no storage and no Beam; the only files it meets come through the source.

    Args:
        source: where pictures are read.
        tasks: by name, those that the attempts ask for.
        seed: of the recipe; see :func:`ieiw.triplets.records.attempt_rng`.
        artefacts: what models made for the tasks that have ``roles``; its ``batch`` is the number of records in flight.
        used: (group, task) -> records of an earlier build of the same group that count against the task's cap.
        frame: see :class:`ieiw.triplets.records.Picture`.
        taken_down: SHA-256 (hex) of picture files of which nothing may be made.
    """

    def __init__(
        self,
        source: Source,
        tasks: Mapping[str, Task],
        seed: int,
        artefacts: Artefacts | None = None,
        used: Mapping[tuple[str, str], int] | None = None,
        frame: str = "",
        taken_down: frozenset[str] = frozenset(),
    ) -> None:
        self._tasks = tasks
        self._seed = seed
        self._artefacts = artefacts
        self._used = Counter(used or {})
        self._opener = Opener(source, frame, taken_down)

    def run(self, attempts: Iterable[Attempt]) -> Iterator[Built | Reject]:
        """One verdict for each attempt, in order. Attempts of one record, and records of one group, are adjacent.

        Raises:
            OSError: the storage of the source fails (what is merely missing becomes a reject).
        """
        records = (list(same) for _, same in groupby(attempts, key=lambda attempt: attempt.record.id))
        size = self._artefacts.batch if self._artefacts else 1
        while window := [_Work(group) for group in islice(records, size)]:
            for work in window:
                self._open(work)
                self._ask(work)
            self._supply(window)
            for work in window:
                yield from self._finish(work)

    def _open(self, work: _Work) -> None:
        """Open the record of a work for its attempts."""
        attempt = work.attempts[0]
        found = self._opener.open(attempt.record, attempt.source)
        if isinstance(found, Closed):
            work.refusal, work.stage = found.refusal, found.stage
            return
        work.open, work.picture_sha256 = found
        work.stage = Place.TASK

    def _ask(self, work: _Work) -> None:
        """Ask every task that reads a model's results for its job."""
        if work.open is None:
            return
        group = work.open.record.group
        for name in dict.fromkeys(attempt.task for attempt in work.attempts):
            if not self._tasks[name].roles:
                continue
            task = cast(ModelTask, self._tasks[name])
            try:
                job = task.job(work.open)
                if self._used[group, name] >= task.cap:
                    raise Refusal(Reason.PICTURE_CAP, f"{task.cap} pairs of this picture are built already")
            except Refusal as refusal:
                work.refused[name] = refusal
            except Exception as error:
                work.refused[name] = unexpected(error)
            else:
                work.jobs[name] = job
                self._used[group, name] += 1

    def _supply(self, window: Sequence[_Work]) -> None:
        """Give every record of the window what its jobs ask for; equal jobs of a record are done once."""
        asked = {(number, job.digest): job for number, work in enumerate(window) for job in work.jobs.values()}
        if not asked:
            return
        if self._artefacts is None:
            raise RuntimeError("a task that reads a model's results was built without them")
        for (number, digest), result in zip(asked, self._artefacts.get(list(asked.values())), strict=True):
            work = window[number]
            if isinstance(result, Refusal):
                work.refused.update({name: result for name, job in work.jobs.items() if job.digest == digest})
            elif work.open is not None:
                work.open.artefacts[digest] = result

    def _finish(self, work: _Work) -> Iterator[Built | Reject]:
        several = {attempt.task: _Made() for attempt in work.attempts if attempt.variant}
        for attempt in work.attempts:
            refusal = work.refusal or work.refused.get(attempt.task)
            if refusal is not None or work.open is None:
                refusal = refusal or Refusal(Reason.TASK_FAILED, "record was not opened")
                yield Reject(attempt, refusal.reason, work.stage, refusal.detail)
                continue
            made = several.get(attempt.task)
            # A retry brings some variants without the others, and the verdict on them must not depend on that.
            for variant in range(made.count, attempt.variant) if made else ():
                self._verdict(replace(attempt, variant=variant), work.open, work.picture_sha256, made)
            yield self._verdict(attempt, work.open, work.picture_sha256, made)

    def _verdict(self, attempt: Attempt, record: OpenRecord, picture_sha256: str, made: _Made | None) -> Built | Reject:
        task = self._tasks[attempt.task]
        record.variant = attempt.variant
        if made is not None:
            made.count = attempt.variant + 1
        try:
            triplets = list(task.triplets(record, attempt_rng(self._seed, attempt)))
            if len(triplets) != 1:
                raise ValueError(f"{attempt.task} yielded {len(triplets)} triplets for one attempt")
            if made is not None:
                made.add(attempt.variant, triplets[0])
        except Refusal as refusal:
            return Reject(attempt, refusal.reason, Place.TASK, refusal.detail)
        except Exception as error:
            failure = unexpected(error)
            return Reject(attempt, failure.reason, Place.TASK, failure.detail)
        return Built(attempt, triplets[0], picture_sha256)
