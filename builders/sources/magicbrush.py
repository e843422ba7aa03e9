"""MagicBrush (Zhang et al., NeurIPS 2023): sessions of edits by people, each turn and the whole.

``<split>/edit_sessions.json`` (``{image id: [{input, mask, output, instruction}, …]}``) and ``<split>/images/<image id>/<file>``;
``data/<split>-*.parquet`` of Hugging Face's ``osunlp/MagicBrush``; or InstructDiffusion's ``magic_<split>.json``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Literal

from ieiw.builders.instructions.published import in_one, tidy
from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._magicbrush_rows import RowSessions
from ieiw.builders.sources._magicbrush_sessions import FolderSessions, ListedSessions, Session, Sessions, Turn
from ieiw.builders.sources._parquet_rows import ParquetRows
from ieiw.builders.sources._rooted import RootedSource
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason

_FILE = "edit_sessions.json"
_LICENCE = "MagicBrush (CC BY 4.0; pictures from COCO)"


class MagicBrushOptions(Options):
    """Options of the source. ``turns``: single turns (``each``), whole sessions of several turns (``whole``), or ``both``."""

    turns: Literal["each", "whole", "both"] = "both"


class MagicBrush(RootedSource):
    """Source of MagicBrush's turns and sessions; the same records from every form of the data set.

    Splits: ``train``, ``dev``, ``test``. The root may also be the split's own folder.
    """

    options_model = MagicBrushOptions
    _options: MagicBrushOptions
    gives = Kind.EDITED

    def inputs(self) -> Sequence[str]:
        """The list of sessions, or the Parquet files."""
        if self._list:
            return [self._list]
        if self._rows.files:
            return self._rows.inputs()
        remedy = f"Change `split`, or give the folder that holds it, or data/{self._split}-*.parquet, in `root`."
        self._root.require(_FILE, "list of sessions", remedy)
        return [_FILE]

    def group_count(self) -> int:
        """Sessions; row groups where it comes in rows."""
        return len(self._sessions)

    def group(self, index: int) -> Iterator[Record]:
        """Of each session its turns, then the session as a whole."""
        turns = self._options.turns
        for session in self._sessions.group(index):
            if session.fault is not None:
                yield self._faulty(session.image, session.image, session.fault)
                continue
            for turn in session.turns:
                if turns != "whole" or turn.fault is not None:
                    yield self._turn(session, turn)
            sound = [turn for turn in session.turns if turn.fault is None]
            if turns != "each" and (len(sound) > 1 or turns == "whole"):
                yield self._whole(session, sound)

    def read(self, reference: str) -> bytes:
        """The bytes of a picture, from its folder or from the row that holds it."""
        return self._rows.read(reference) if ".parquet#" in reference else self._root.read(reference)

    @cached_property
    def _rows(self) -> ParquetRows:
        return ParquetRows(self._root, self._split, "turn_index")

    @cached_property
    def _list(self) -> str:
        """The list of sessions below the root; empty where there is none."""
        names = (f"{self._split}/{_FILE}", _FILE)
        listed = "" if self._rows.files else f"magic_{self._split}.json"
        return next((name for name in (*names, listed) if name and self._root.exists(name)), "")

    @cached_property
    def _sessions(self) -> Sessions:
        self.inputs()
        if not self._list:
            return RowSessions(self._rows)
        return (FolderSessions if self._list.endswith(_FILE) else ListedSessions)(self._root, self._list)

    def _turn(self, session: Session, turn: Turn) -> Record:
        record_id = f"{session.image}-{turn.name}"
        fault = turn.fault
        if fault is None and not tidy([turn.instruction]):
            fault = Fault(Reason.EMPTY_PHRASE, f"{session.place}: turn {turn.number} has no usable instruction")
        if fault is not None:
            return self._faulty(record_id, session.image, fault)
        return self._record(session.image, record_id, [turn], tidy([turn.instruction]))

    def _whole(self, session: Session, turns: list[Turn]) -> Record:
        record_id, said = f"{session.image}-whole", [tidy([turn.instruction]) for turn in turns]
        broken = session.broken or ("" if turns else "it has no turns")
        if broken:
            fault = Fault(Reason.INVALID_RECORD, f"{session.place}: {broken}")
            return self._faulty(record_id, session.image, fault)
        if not all(said):
            fault = Fault(Reason.EMPTY_PHRASE, f"{session.place}: a turn without instruction")
            return self._faulty(record_id, session.image, fault)
        words = [sentence for (sentence,) in said]
        return self._record(session.image, record_id, turns, in_one(words) if len(words) > 1 else tuple(words))

    def _record(self, image: str, record_id: str, turns: list[Turn], words: Sequence[str]) -> Record:
        masks = {f"mask{number}": turn.mask for number, turn in enumerate(turns) if turn.mask}
        return Record(
            id=record_id,
            group=image,
            files={"picture": turns[0].picture, "target": turns[-1].target, **masks},
            annotation={
                "instructions": list(words),
                "masks": dict.fromkeys(masks, "clear"),
                "published": {"session": image, "turns": [turn.number for turn in turns]},
            },
            split=self._split,
            licence=_LICENCE,
        )
