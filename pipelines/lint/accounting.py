"""The books of one source across its units and rounds, a few bytes an attempt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ieiw.pipelines.lint.report import Findings, Kind, SourceReport
from ieiw.pipelines.lint.unit import BUILT, PENDING, REASONS, REJECTED, UnitResult
from ieiw.triplets.layout.build_state import FILE, SourceCounts, SourceState

_Tails = npt.NDArray[np.bytes_]
_Codes = npt.NDArray[np.uint8]
_SHOWN = 3


@dataclass(slots=True)
class Ledger:
    """Gathers unit results of one source and closes the account."""

    name: str
    state: SourceState
    report: SourceReport = field(default_factory=SourceReport)
    _rounds: dict[int, list[UnitResult]] = field(default_factory=dict)
    _halves: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, result: UnitResult, committed: bool, found: Findings) -> None:
        """Enter one unit."""
        report = self.report
        report.units += 1
        report.pending_units += not committed
        report.shards += result.shard_bytes > 0
        report.shard_bytes += result.shard_bytes
        for pair, full in result.halves.items():
            other, where = self._halves.setdefault(pair, (full, result.ref.rows))
            if other != full:
                found.add(
                    Kind.PAIR, result.ref.rows, f"pair {pair}: the untouched picture differs from that in {where}"
                )
        result.halves = {}
        self._rounds.setdefault(result.ref.round, []).append(result)

    def close(self, found: Findings) -> None:
        """Settle all rounds, compare the plan with build.json, fill the report."""
        first = self._rounds.get(0, [])
        for turn, results in sorted(self._rounds.items()):
            planned = self.state.attempts if turn == 0 else self.state.retries[turn - 1].attempts
            _compare(found, self._field("attempts", turn), planned, sum(len(result.tails) for result in results))
        _compare(found, self._field("records", 0), self.state.records, sum(result.records for result in first))
        _compare(found, self._field("faults", 0), self.state.faults, sum(result.faults for result in first))
        tails, codes, order = _sorted(first)
        self._duplicates(tails, order, first, found)
        for turn in sorted(self._rounds.keys() - {0}):
            again, _, places = _sorted(self._rounds[turn])
            self._duplicates(again, places, self._rounds[turn], found)
            self._supersede(turn, tails, codes, found)
        report = self.report
        report.records = sum(result.records for result in first)
        report.attempts = len(codes)
        report.built = int(np.count_nonzero(codes == BUILT))
        report.pending = int(np.count_nonzero(codes == PENDING))
        report.rejected = len(codes) - report.built - report.pending
        counted = np.bincount(codes, minlength=REJECTED + len(REASONS))[REJECTED:]
        report.reasons = {str(reason): int(n) for reason, n in zip(REASONS, counted, strict=False) if n}

    def results(self) -> Sequence[UnitResult]:
        """All units in building order."""
        return [result for _, results in sorted(self._rounds.items()) for result in results]

    def retried(self) -> Mapping[int, _Tails]:
        """Round -> tails of the keys that it tried again: older rejects of theirs no longer stand."""
        return {turn: _tails(results) for turn, results in self._rounds.items() if turn}

    def _field(self, name: str, turn: int) -> str:
        path = f"sources.{self.name}"
        return f"{path}.retries.{turn - 1}.{name}" if turn else f"{path}.{name}"

    def _duplicates(
        self, tails: _Tails, order: npt.NDArray[np.int64], results: Sequence[UnitResult], found: Findings
    ) -> None:
        """Keys that stand in two units."""
        twice = np.flatnonzero(tails[1:] == tails[:-1])
        ends = np.cumsum([len(result.tails) for result in results])
        for at in twice:
            one, other = (int(np.searchsorted(ends, order[place], side="right")) for place in (at, at + 1))
            if one != other:  # within a unit it was told there
                key = f"{self.name}-{tails[at].decode('ascii', 'replace')}"
                detail = f"{key} stands in unit {results[one].ref.unit} as well"
                found.add(Kind.DUPLICATE, results[other].ref.part, detail)

    def _supersede(self, turn: int, tails: _Tails, codes: _Codes, found: Findings) -> None:
        """Let a round's verdicts take the place of the rejects that it tried again; ``codes`` is changed in place."""
        for result in self._rounds[turn]:
            places = np.searchsorted(tails, result.tails)
            known = places < len(tails)
            known[known] = tails[places[known]] == result.tails[known]
            for tail in result.tails[~known][:_SHOWN]:
                key = f"{self.name}-{tail.decode('ascii', 'replace')}"
                found.add(Kind.BOOKS, result.ref.part, f"{key} is tried again and was never planned before")
            again = codes[places[known]]
            for tail in result.tails[known][again < REJECTED][:_SHOWN]:
                key = f"{self.name}-{tail.decode('ascii', 'replace')}"
                found.add(Kind.BOOKS, result.ref.part, f"{key} is tried again in round {turn} and was no reject")
            open_to_change = again != BUILT
            codes[places[known][open_to_change]] = result.verdicts[known][open_to_change]


def _tails(results: Sequence[UnitResult]) -> _Tails:
    return np.concatenate([result.tails for result in results]) if results else np.empty(0, "S20")


def _sorted(results: Sequence[UnitResult]) -> tuple[_Tails, _Codes, npt.NDArray[np.int64]]:
    """Tails in order, the verdict of each, and where each stood."""
    tails = _tails(results)
    codes = np.concatenate([result.verdicts for result in results]) if results else np.empty(0, np.uint8)
    order = np.argsort(tails, kind="stable")
    return tails[order], codes[order], order


def compare_counts(name: str, counts: SourceCounts | None, report: SourceReport, found: Findings) -> None:
    """Compare what build.json says came of a source with what the files say."""
    if counts is None:
        found.add(Kind.COUNTS, FILE, f"counts.{name} is missing although the build is complete")
        return
    for field_name in ("attempts", "built", "rejected", "shards", "shard_bytes"):
        _compare(found, f"counts.{name}.{field_name}", getattr(counts, field_name), getattr(report, field_name))
    if counts.reasons != report.reasons:
        differing = sorted(
            reason
            for reason in counts.reasons.keys() | report.reasons.keys()
            if counts.reasons.get(reason, 0) != report.reasons.get(reason, 0)
        )
        found.add(Kind.COUNTS, FILE, f"counts.{name}.reasons is wrong in {', '.join(differing)}")


def _compare(found: Findings, field_name: str, said: int, real: int) -> None:
    if said != real:
        found.add(Kind.COUNTS, FILE, f"{field_name} is {said:,}, the files give {real:,}")
