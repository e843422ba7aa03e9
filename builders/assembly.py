"""From the attempts of a unit to triplets and rejects: every attempt yields exactly one verdict, in order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import groupby, islice
from typing import Any

from ieiw.builders.protocols import PAINTED, PaintingTask, PaintJob, Source, Task
from ieiw.models.protocols import Inpainter
from ieiw.triplets.images.codec import decode
from ieiw.triplets.records import PICTURE_ROLES, Attempt, Built, Image, OpenRecord, Picture, Record, Reject, attempt_rng
from ieiw.triplets.rejects import Place, Reason, Refusal


@dataclass(slots=True)
class _Work:
    """One record on its way through a window: its attempts, and either its open pictures or why there are none."""

    attempts: list[Attempt]
    open: OpenRecord | None = None
    job: PaintJob | None = None
    refusal: Refusal | None = None
    stage: Place = Place.PLAN
    picture_sha256: str = ""


class _Read:
    """A picture and the file it was decoded from, whose digest is made where it is asked for: targets need none."""

    def __init__(self, data: bytes) -> None:
        self.picture = decode(data)
        self._data = data

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self._data).hexdigest()


@dataclass(slots=True)
class _Decoded:
    """The files of the group at hand, so that each is read and decoded once."""

    group: str | None = None
    kept: dict[str, _Read | Refusal] = field(default_factory=dict)
    data: dict[str, bytes | Refusal] = field(default_factory=dict)
    shared: dict[str, dict[str, Any]] = field(default_factory=dict)


class Assembler:
    """Runs tasks over attempts. Knows no storage and no Beam; the only files it meets come through the source.

    Args:
        source: where pictures are read.
        tasks: by name, those that the attempts ask for.
        seed: of the recipe; see :func:`ieiw.triplets.records.attempt_rng`.
        inpainter: paints for the painting tasks; its ``batch`` is the number of records in flight.
        used: group -> painted records that count against the cap from an earlier build of the same group.
    """

    def __init__(
        self,
        source: Source,
        tasks: Mapping[str, Task],
        seed: int,
        inpainter: Inpainter | None = None,
        used: Mapping[str, int] | None = None,
    ) -> None:
        self._source = source
        self._tasks = tasks
        self._painting = {name: task for name, task in tasks.items() if isinstance(task, PaintingTask)}
        self._seed = seed
        self._inpainter = inpainter
        self._used: dict[str, int] = dict(used or {})
        self._decoded = _Decoded()

    def run(self, attempts: Iterable[Attempt]) -> Iterator[Built | Reject]:
        """One verdict for each attempt, in order. Attempts of one record, and records of one group, are adjacent.

        Raises:
            OSError: the storage of the source fails (what is merely missing becomes a reject).
        """
        records = (list(same) for _, same in groupby(attempts, key=lambda attempt: attempt.record.id))
        size = max(1, self._inpainter.batch) if self._inpainter else 1
        while window := [_Work(group) for group in islice(records, size)]:
            for work in window:
                self._open(work)
                self._prepare(work)
            self._paint([work for work in window if work.job is not None])
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
            read = self._picture(record, reference) if role in PICTURE_ROLES else self._data(record, reference)
            if isinstance(read, Refusal):
                work.refusal = read
                return
            if isinstance(read, bytes):
                data[role] = read
                continue
            pictures[role] = read.picture
            if role == "picture":
                work.picture_sha256 = read.sha256
        shared = self._decoded.shared.setdefault(record.files.get("picture", ""), {})
        work.open = OpenRecord(work.attempts[0].source, record, pictures, data, shared)
        work.stage = Place.TASK

    def _picture(self, record: Record, reference: str) -> _Read | Refusal:
        kept = self._files(record).kept
        if reference not in kept:
            try:
                kept[reference] = _Read(self._source.read(reference))
            except Refusal as refusal:
                kept[reference] = Refusal(refusal.reason, f"{reference}: {refusal.detail}")
        return kept[reference]

    def _data(self, record: Record, reference: str) -> bytes | Refusal:
        kept = self._files(record).data
        if reference not in kept:
            try:
                kept[reference] = self._source.read(reference)
            except Refusal as refusal:
                kept[reference] = Refusal(refusal.reason, f"{reference}: {refusal.detail}")
        return kept[reference]

    def _files(self, record: Record) -> _Decoded:
        """What was read for the record's group; of another group nothing is kept."""
        if self._decoded.group != record.group:
            self._decoded = _Decoded(record.group)
        return self._decoded

    def _prepare(self, work: _Work) -> None:
        """Ask the painting tasks what to paint; refusals of theirs end the record."""
        painting = [self._painting[attempt.task] for attempt in work.attempts if attempt.task in self._painting]
        if work.open is None or not painting:
            return
        group = work.open.record.group
        try:
            job = painting[0].prepare(work.open)
            if self._used.get(group, 0) >= painting[0].cap:
                raise Refusal(Reason.PICTURE_CAP, f"{painting[0].cap} pairs of this picture are built already")
        except Refusal as refusal:
            work.refusal = refusal
        except Exception as error:
            work.refusal = _unexpected(error)
        else:
            work.job = job
            self._used[group] = self._used.get(group, 0) + 1

    def _paint(self, works: list[_Work]) -> None:
        if not works:
            return
        jobs = [work.job for work in works if work.job is not None]
        if self._inpainter is None:
            raise RuntimeError("a painting task was built without an inpainter")
        try:
            painted = self._inpainter.paint([job.picture for job in jobs], [job.hole for job in jobs])
        except Exception as error:
            if len(works) == 1:
                works[0].refusal = _unexpected(error)
                return
            for work in works:  # one bad picture must not cost its neighbours theirs
                self._paint([work])
            return
        for work, picture in zip(works, painted, strict=True):
            if work.open is not None:
                work.open.once(PAINTED, partial(_itself, picture))

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
            unexpected = _unexpected(error)
            return Reject(attempt, unexpected.reason, Place.TASK, unexpected.detail)
        return Built(attempt, triplets[0], picture_sha256)


def _itself(picture: Image) -> Image:
    return picture


def _unexpected(error: Exception) -> Refusal:
    """An error no task foresaw costs one attempt, not the build; the reject names it."""
    return Refusal(Reason.TASK_FAILED, f"{type(error).__name__}: {error}")
