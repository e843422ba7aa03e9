"""The plan on disk: Parquet parts whose row groups are units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import cast

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.triplets.layout.rows import clean_text
from ieiw.triplets.layout.tables import read_row_group
from ieiw.triplets.records import Attempt, Fault, Record
from ieiw.triplets.rejects import Reason
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import Store

_REPEATED = ["unit", "source", "task", "record", "group", "split", "files", "licence", "fault"]
UNITS_PER_PART = 64
"""A part's footer is read for each of its units: few units keep it small, many keep the number of files down."""

PLAN = pa.schema(
    [
        pa.field("unit", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("task", pa.string(), nullable=False),
        pa.field("variant", pa.int32(), nullable=False),
        pa.field("key", pa.string(), nullable=False),
        pa.field("record", pa.string(), nullable=False),
        pa.field("group", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("files", pa.binary(), nullable=False),
        pa.field("annotation", pa.binary(), nullable=False),
        pa.field("width", pa.int32(), nullable=False),
        pa.field("height", pa.int32(), nullable=False),
        pa.field("licence", pa.string(), nullable=False),
        pa.field("fault", pa.string(), nullable=False),
        pa.field("fault_detail", pa.string(), nullable=False),
        pa.field("used", pa.int32(), nullable=False),
    ]
)
"""One row an attempt. ``files`` and ``annotation`` are JSON; width and height are 0 where the layout does not say."""


PlanRow = dict[str, object]


@dataclass(frozen=True, slots=True, order=True)
class UnitRef:
    """A work unit: all that Beam ever moves. ``round`` 0 is the plan, 1, 2, … are retries of rejects."""

    source: str
    fingerprint: str
    round: int
    number: int

    @property
    def unit(self) -> str:
        """Unit id, unique in the build: it changes with whatever could change the unit's content."""
        turn = f"r{self.round:02d}" if self.round else ""
        return f"{self.fingerprint[:6]}{turn}-{self.number:06d}"

    @property
    def part(self) -> str:
        """Name of the plan's part that holds the unit."""
        return part_name(self.source, self.fingerprint, self.round, self.number // UNITS_PER_PART)

    @property
    def row_group(self) -> int:
        """Its row group in that part."""
        return self.number % UNITS_PER_PART

    @property
    def rows(self) -> str:
        """Name of the unit's row file: the commit mark of a build."""
        return f"rows/{self.source}-{self.unit}.parquet"

    def encoded(self) -> str:
        """The reference as text, for jobs, notes and Beam."""
        return f"{self.source}/{self.fingerprint}/{self.round}/{self.number}"

    @classmethod
    def decoded(cls, text: str) -> UnitRef:
        """What :meth:`encoded` gave.

        Raises:
            ValueError: it did not give this text.
        """
        source, fingerprint, turn, number = text.split("/")
        return cls(source, fingerprint, int(turn), int(number))


def part_name(source: str, fingerprint: str, turn: int, part: int) -> str:
    """Name of a part of the plan; it carries the fingerprint, so that plans of two parameter sets never mix."""
    kind = f"retry-{turn:02d}" if turn else "part"
    return f"plan/{source}/{kind}-{fingerprint[:6]}-{part:05d}.parquet"


@dataclass(frozen=True, slots=True)
class PlanSize:
    """What a plan holds."""

    units: int
    records: int
    attempts: int
    faults: int


def write_plan(store: Store, units: Iterable[list[PlanRow]], first: UnitRef) -> PlanSize:
    """Write units as row groups, ``UNITS_PER_PART`` to a part, one unit in memory at a time.

    Args:
        store: the build.
        units: rows of each unit, in unit order, none empty.
        first: source, fingerprint and round of the plan; its number is 0.
    """
    counted = _Counter()
    pending = iter(units)
    part = 0
    while (opening := next(pending, None)) is not None:
        spooled = write_part(store, map(counted.seen, chain([opening], islice(pending, UNITS_PER_PART - 1))))
        store.publish(part_name(first.source, first.fingerprint, first.round, part), spooled)
        reach("plan-published")
        part += 1
    return PlanSize(counted.units, counted.records, counted.attempts, counted.faults)


def write_part(store: Store, units: Iterable[list[PlanRow]]) -> Path:
    """One part of a plan, its units as row groups, in a spooled file that is to be published."""
    spooled = store.spooled()
    with pq.ParquetWriter(spooled, PLAN, compression="zstd", use_dictionary=_REPEATED) as writer:
        for rows in units:
            table = pa.table({name: [row[name] for row in rows] for name in PLAN.names}, schema=PLAN)
            writer.write_table(table, row_group_size=len(rows))
    return spooled


class _Counter:
    """Counts what goes by on its way into Parquet."""

    def __init__(self) -> None:
        self.units = self.records = self.attempts = self.faults = 0

    def seen(self, rows: list[PlanRow]) -> list[PlanRow]:
        """The rows of one unit, counted."""
        self.units += 1
        self.attempts += len(rows)
        self.faults += sum(1 for row in rows if row["fault"])
        self.records += sum(1 for at, row in enumerate(rows) if at == 0 or rows[at - 1]["record"] != row["record"])
        return rows


def read_unit(store: Store, ref: UnitRef) -> list[PlanRow]:
    """The plan rows of one unit.

    Raises:
        FileNotFoundError: the plan was removed from the build.
    """
    with store.open(ref.part) as file:
        return cast(list[PlanRow], read_row_group(file, ref.row_group).to_pylist())


def read_attempts(store: Store, ref: UnitRef) -> Iterator[Attempt]:
    """The attempts of one unit, in building order."""
    return attempts_of(read_unit(store, ref))


def plan_rows(attempts: Sequence[Attempt], unit: str) -> list[PlanRow]:
    """Attempts as rows of the plan's Parquet schema; ``used``, what a group already has, is only set by retries."""
    rows: list[PlanRow] = []
    record: Record | None = None
    shared: PlanRow = {}
    for attempt in attempts:
        if attempt.record is not record:
            record = attempt.record
            width, height = record.size or (0, 0)
            shared = {
                "record": record.id,
                "group": record.group,
                "split": record.split,
                "files": msgspec.json.encode(record.files),
                "annotation": msgspec.json.encode(record.annotation),
                "width": width,
                "height": height,
                "licence": record.licence,
                "fault": record.fault.reason.value if record.fault else "",
                "fault_detail": clean_text(record.fault.detail)[:500] if record.fault else "",
                "unit": unit,
                "used": 0,
            }
        rows.append(
            shared | {"source": attempt.source, "task": attempt.task, "variant": attempt.variant, "key": attempt.key}
        )
    return rows


def attempts_of(rows: Sequence[PlanRow]) -> Iterator[Attempt]:
    """The attempts that :func:`plan_rows` wrote; attempts of one record share one :class:`Record`."""
    last: tuple[object, object] | None = None
    record: Record | None = None
    for row in rows:
        if record is None or last != (row["source"], row["record"]):
            last = (row["source"], row["record"])
            size = (int(str(row["width"])), int(str(row["height"])))
            record = Record(
                id=str(row["record"]),
                group=str(row["group"]),
                files=msgspec.json.decode(row["files"]),  # type: ignore[call-overload]
                annotation=msgspec.json.decode(row["annotation"]),  # type: ignore[call-overload]
                split=str(row["split"]),
                size=size if size != (0, 0) else None,
                licence=str(row["licence"]),
                fault=Fault(Reason(str(row["fault"])), str(row["fault_detail"])) if row["fault"] else None,
            )
        yield Attempt(str(row["source"]), record, str(row["task"]), int(str(row["variant"])))
