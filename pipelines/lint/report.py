"""What ``ieiw lint`` found: counts from the files, and findings that each name a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

_EACH = 3  # findings of one kind about one file that are told one by one; a file damaged all over is one story


class Kind(StrEnum):
    """What can be wrong."""

    STATE = "build_json"  # build.json is damaged
    UNFINISHED = "unfinished"  # the build is planned, not complete
    MISSING = "missing"  # a file that another one names is not there
    ORPHAN = "orphan"  # a file that nothing names
    UNREADABLE = "unreadable"  # Parquet that cannot be read
    SCHEMA = "schema"  # columns other than the contract's
    PLAN = "plan"  # the plan's rows disagree with themselves or with what was built
    KEY = "key"  # a key of another form, or one that its record does not give
    DUPLICATE = "duplicate_key"  # a key that stands twice
    BOOKS = "books"  # an attempt with no verdict, with two, or a verdict without an attempt
    MARK = "mark"  # a commit mark that disagrees with its files
    DIGEST = "digest"  # bytes that are not those whose digest was written down
    COUNTS = "counts"  # a number in build.json that the files do not give
    INDEX = "index"  # the compacted index is not what the units hold
    TAR = "tar"  # a shard that is not a plain, whole, deterministic ustar
    MEMBER = "member"  # a shard's member is missing, out of order, or not the bytes that its row names
    SAMPLE = "sample"  # a json member with other fields or types than the contract's, or other values than its row
    PICTURE = "picture"  # a picture that does not decode, or has another size than its row says
    PAIR = "pair"  # the two directions of a pair are not each other's mirror
    TAKEN_DOWN = "taken_down"  # a picture that was taken down is back, or its proof is damaged
    CHECK = "not_checked"  # a worker process of lint died


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``where`` is a file below the build."""

    kind: Kind
    where: str
    detail: str


class Findings:
    """Gathers findings; many of one kind about one file are told as a few and a count."""

    def __init__(self) -> None:
        self._found: list[Finding] = []
        self._count: Counter[tuple[Kind, str]] = Counter()

    def add(self, kind: Kind, where: str, detail: str) -> None:
        """Note a finding."""
        self._count[kind, where] += 1
        if self._count[kind, where] <= _EACH:
            self._found.append(Finding(kind, where, detail))

    def extend(self, findings: Iterable[Finding]) -> None:
        """Take over findings that were gathered elsewhere, already cut to a few."""
        self._found.extend(findings)

    def all(self) -> tuple[Finding, ...]:
        """All that was kept, and for each kind and file how many more there were."""
        more = (
            Finding(kind, where, f"and {count - _EACH:,} more of this kind")
            for (kind, where), count in self._count.items()
            if count > _EACH
        )
        return (*self._found, *more)


@dataclass(slots=True)
class SourceReport:
    """One source, counted from its files. ``attempts`` = ``built`` + ``rejected`` + ``pending``."""

    records: int = 0
    attempts: int = 0
    built: int = 0
    rejected: int = 0
    pending: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    units: int = 0
    pending_units: int = 0
    shards: int = 0
    shard_bytes: int = 0


@dataclass(frozen=True, slots=True)
class LintReport:
    """The whole of it.

    Attributes:
        state: ``planned`` or ``complete``, as build.json says; ``damaged`` where it cannot be read.
        sources: name -> counts from the files.
        findings: what is wrong.
        notes: what is worth a word but not wrong, such as files that killed workers of an unfinished build left.
    """

    state: str
    sources: dict[str, SourceReport]
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        """JSON values, for ``--json``."""
        return {
            "ok": self.ok,
            "state": self.state,
            "sources": {name: asdict(source) for name, source in self.sources.items()},
            "findings": [asdict(finding) for finding in self.findings],
            "notes": [asdict(note) for note in self.notes],
        }


@dataclass(frozen=True, slots=True)
class LintProgress:
    """Where a lint stands."""

    units: int
    done_units: int
    shard_bytes: int
