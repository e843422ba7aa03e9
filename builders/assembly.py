"""From the attempts of a unit to triplets and rejects: every attempt yields exactly one verdict, in order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, islice
from typing import Any, cast

from ieiw.builders.artefacts import Artefacts, unexpected
from ieiw.builders.protocols import Job, ModelTask, Source, Task
from ieiw.triplets.images.codec import decode
from ieiw.triplets.records import PICTURE_ROLES, Attempt, Built, OpenRecord, Picture, Record, Reject, attempt_rng
from ieiw.triplets.rejects import Place, Reason, Refusal


@dataclass(slots=True)
class _Work:
    """One record on its way through a window: its attempts, and either its open pictures or why there are none."""

    attempts: list[Attempt]
    open: OpenRecord | None = None
    job: Job | None = None
    refusal: Refusal | None = None
    stage: Place = Place.PLAN
    picture_sha256: str = ""


class _PictureFile:
    """A picture and the file it was decoded from, whose digest is made where it is asked for: targets need none."""

    def __init__(self, data: bytes) -> None:
        self.picture = decode(data)
        self._data = data

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self._data).hexdigest()


class Assembler:
    """Runs tasks over attempts. Knows no storage and no Beam; the only files it meets come through the source.

    Args:
        source: where pictures are read.
        tasks: by name, those that the attempts ask for.
        seed: of the recipe; see :func:`ieiw.triplets.records.attempt_rng`.
        artefacts: what models made for the tasks that have ``roles``; its ``batch`` is the number of records in flight.
        used: group -> records with an artefact that count against the cap from an earlier build of the same group.
    """

    def __init__(
        self,
        source: Source,
        tasks: Mapping[str, Task],
        seed: int,
        artefacts: Artefacts | None = None,
        used: Mapping[str, int] | None = None,
    ) -> None:
        self._source = source
        self._tasks = tasks
        self._seed = seed
        self._artefacts = artefacts
        self._used: dict[str, int] = dict(used or {})
        self._group: str | None = None  # the group at hand: each of its files is read and decoded once
        self._files: dict[tuple[str, bool], bytes | _PictureFile | Refusal] = {}
        self._shared: dict[str, dict[str, Any]] = {}

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
        record = work.attempts[0].record
        if record.fault is not None:
            work.refusal = Refusal(record.fault.reason, record.fault.detail)
            return
        work.stage = Place.READ
        pictures: dict[str, Picture] = {}
        data: dict[str, bytes] = {}
        for role, reference in record.files.items():
            file = self._read(record, reference, role in PICTURE_ROLES)
            if isinstance(file, Refusal):
                work.refusal = file
                return
            if isinstance(file, bytes):
                data[role] = file
                continue
            pictures[role] = file.picture
            if role == "picture":
                work.picture_sha256 = file.sha256
        shared = self._shared.setdefault(record.files.get("picture", ""), {})
        work.open = OpenRecord(work.attempts[0].source, record, pictures, data, shared)
        work.stage = Place.TASK

    def _read(self, record: Record, reference: str, is_picture: bool) -> bytes | _PictureFile | Refusal:
        """A file of the record, or why it cannot be read; what was read for another group is dropped."""
        if self._group != record.group:
            self._group, self._files, self._shared = record.group, {}, {}
        key = (reference, is_picture)
        if key not in self._files:
            try:
                data = self._source.read(reference)
                self._files[key] = _PictureFile(data) if is_picture else data
            except Refusal as refusal:
                self._files[key] = Refusal(refusal.reason, f"{reference}: {refusal.detail}")
        return self._files[key]

    def _ask(self, work: _Work) -> None:
        """Ask the first task that reads a model's results for its job; a refusal of its ends the record."""
        tasks = [self._tasks[attempt.task] for attempt in work.attempts if self._tasks[attempt.task].roles]
        if work.open is None or not tasks:
            return
        task, group = cast(ModelTask, tasks[0]), work.open.record.group
        try:
            job = task.job(work.open)
            if self._used.get(group, 0) >= task.cap:
                raise Refusal(Reason.PICTURE_CAP, f"{task.cap} pairs of this picture are built already")
        except Refusal as refusal:
            work.refusal = refusal
        except Exception as error:
            work.refusal = unexpected(error)
        else:
            work.job = job
            self._used[group] = self._used.get(group, 0) + 1

    def _supply(self, window: Sequence[_Work]) -> None:
        """Give every record of the window what its job asks for."""
        asked = [(work, work.open, work.job) for work in window if work.open is not None and work.job is not None]
        if not asked:
            return
        if self._artefacts is None:
            raise RuntimeError("a task that reads a model's results was built without them")
        results = self._artefacts.get([job for _, _, job in asked])
        for (work, record, job), result in zip(asked, results, strict=True):
            if isinstance(result, Refusal):
                work.refusal = result
            else:
                record.artefacts[job.digest] = result

    def _finish(self, work: _Work) -> Iterator[Built | Reject]:
        for attempt in work.attempts:
            if work.refusal is not None or work.open is None:
                refusal = work.refusal or Refusal(Reason.TASK_FAILED, "record was not opened")
                yield Reject(attempt, refusal.reason, work.stage, refusal.detail)
                continue
            yield self._verdict(attempt, work.open, work.picture_sha256)

    def _verdict(self, attempt: Attempt, record: OpenRecord, picture_sha256: str) -> Built | Reject:
        task = self._tasks[attempt.task]
        record.variant = attempt.variant
        try:
            triplets = list(task.triplets(record, attempt_rng(self._seed, attempt)))
            if len(triplets) != 1:
                raise ValueError(f"{attempt.task} yielded {len(triplets)} triplets for one attempt")
        except Refusal as refusal:
            return Reject(attempt, refusal.reason, Place.TASK, refusal.detail)
        except Exception as error:
            failure = unexpected(error)
            return Reject(attempt, failure.reason, Place.TASK, failure.detail)
        return Built(attempt, triplets[0], picture_sha256)
