"""MagicBrush as Hugging Face hands it out: a row for each turn, with its three pictures."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa

from ieiw.builders.sources._magicbrush_sessions import JUMP, Session, Turn
from ieiw.builders.sources._parquet_rows import ParquetRows
from ieiw.triplets.records import Fault
from ieiw.triplets.rejects import Reason

_PICTURES = ("source_img", "mask_img", "target_img")


class RowSessions:
    """``osunlp/MagicBrush``: ``img_id``, ``turn_index`` (from 1), ``instruction``, and the pictures before, masked and after.

    Args:
        rows: of the split.

    Raises:
        UsageError: a file is damaged, or of another data set.
    """

    def __init__(self, rows: ParquetRows) -> None:
        self._rows = rows
        columns = {"img_id": pa.string(), "turn_index": pa.int64(), "instruction": pa.string()}
        self._table = rows.table(columns, _PICTURES)
        groups: dict[str | int, list[int]] = {}
        for row, image in enumerate(self._table["img_id"].to_pylist()):
            groups.setdefault(image or row, []).append(row)
        self._sessions = list(groups.items())
        self._blocks = rows.blocks(np.asarray([first for _, (first, *_) in self._sessions], np.int64))

    def __len__(self) -> int:
        """Number of row groups in which sessions begin."""
        return len(self._blocks)

    def group(self, index: int) -> Iterable[Session]:
        """The sessions that begin in one of them."""
        return (self._session(*self._sessions[number]) for number in self._blocks[index])

    def _session(self, image: str | int, rows: Sequence[int]) -> Session:
        """Its turns are told apart, and ordered, by their numbers."""
        place = self._rows.place(rows[0])
        if isinstance(image, int):
            return Session(f"@{place}", place, fault=Fault(Reason.INVALID_RECORD, f"{place}: no `img_id`"))
        found: dict[int, tuple[int, Turn]] = {}
        faulty: list[Turn] = []
        for row in rows:
            turn = self._turn(row, found)
            if turn.fault is None:
                found[turn.number] = row, turn
            else:
                faulty.append(turn)
        sound = [found[number] for number in sorted(found)]
        turns = [turn for _, turn in sound]
        broken = self._broken(turns, [row for row, _ in sound])
        return Session(image, f"{place} {image}", [*turns, *faulty], broken=broken)

    def _turn(self, row: int, before: Container[int]) -> Turn:
        place, number = self._rows.place(row), self._table["turn_index"][row].as_py()
        if number is None or number < 1:
            return Turn(f"@{place}", 0, fault=Fault(Reason.INVALID_RECORD, f"{place}: `turn_index` is {number}"))
        if number in before:
            detail = f"{place}: turn {number} was there before"
            return Turn(f"{number}#{place}", number, fault=Fault(Reason.DUPLICATE_RECORD, detail))
        source, mask, target = (self._rows.reference(row, column) for column in _PICTURES)
        return Turn(f"{number}", number, self._table["instruction"][row].as_py() or "", source, target, mask)

    def _broken(self, turns: Sequence[Turn], rows: Sequence[int]) -> str:
        """Why the turns do not follow each other, by their numbers and, where these tell, by the names of the pictures."""
        numbers = [turn.number for turn in turns]
        if numbers != list(range(1, len(numbers) + 1)):
            return f"only its turns {', '.join(map(str, numbers))} are there"
        pairs = [(self._name("source_img", row), self._name("target_img", row)) for row in rows]
        shown = {name for name in (*(source for source, _ in pairs[:1]), *(target for _, target in pairs)) if name}
        jumps = (before and before != after and after in shown for (_, before), (after, _) in pairwise(pairs))
        return JUMP if any(jumps) else ""

    def _name(self, column: str, row: int) -> str:
        return self._table[f"{column}.path"][row].as_py() or ""
