"""MagicBrush (Zhang et al., NeurIPS 2023): sessions of edits by people, each turn and the whole.

``<split>/edit_sessions.json`` (``{image id: [{input, mask, output, instruction}, …]}``) and ``<split>/images/<image id>/<file>``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

import msgspec

from builders.instructions.published import in_one, tidy
from builders.kinds import Kind
from builders.options import Options, parse_options
from triplets.documents import load_json
from triplets.reasons import Reason
from triplets.records import Fault, Record
from triplets.roots import Root

_FILE = "edit_sessions.json"
_MAX_DOCUMENT = 2**30
_LICENCE = "MagicBrush (CC BY 4.0; pictures from COCO)"


class MagicBrushOptions(Options):
    """Options of the source. ``turns``: single turns (``each``), whole sessions of several turns (``whole``), or ``both``."""

    turns: Literal["each", "whole", "both"] = "both"


class _Turn(msgspec.Struct):
    input: str
    output: str
    instruction: str
    mask: str = ""


class MagicBrush:
    """Source of MagicBrush's turns and sessions.

    Args:
        name: of the source in the recipe.
        root: the folder that holds the split's folder, or the split's folder itself.
        split: ``train``, ``dev``, ``test``.
        options: see :class:`MagicBrushOptions`.

    Raises:
        UsageError: an unknown option.
    """

    version = 1
    gives = Kind.EDITED

    def __init__(self, *, name: str, root: str, split: str, options: Mapping[str, Any]) -> None:
        self.name = name
        self._options = parse_options(MagicBrushOptions, options, f"source {name}: options")
        self._root = Root(root)
        self._split = split

    def inputs(self) -> Sequence[str]:
        """The list of sessions."""
        path = f"{self._folder}{_FILE}"
        self._root.require(path, "list of sessions", "Change `split`, or give the folder that holds it in `root`.")
        return [path]

    def group_count(self) -> int:
        """Sessions."""
        return len(self._sessions)

    def group(self, index: int) -> Iterator[Record]:
        """The turns of one session, then the session as a whole."""
        image, turns = self._sessions[index]
        place = f"{self._folder}{_FILE} {image}"
        try:
            session = msgspec.convert(turns, list[_Turn])
        except msgspec.ValidationError as error:
            yield self._faulty(image, image, Fault(Reason.INVALID_RECORD, f"{place}: {error}"))
            return
        if not session:
            yield self._faulty(image, image, Fault(Reason.INVALID_RECORD, f"{place}: no turns"))
            return
        if self._options.turns != "whole":
            for number, turn in enumerate(session, 1):
                yield self._turn(image, number, turn, place)
        if self._options.turns != "each" and (len(session) > 1 or self._options.turns == "whole"):
            yield self._whole(image, session, place)

    def read(self, reference: str) -> bytes:
        """The bytes of a picture."""
        return self._root.read(reference)

    @cached_property
    def _folder(self) -> str:
        return f"{self._split}/" if self._root.exists(f"{self._split}/{_FILE}") else ""

    @cached_property
    def _sessions(self) -> list[tuple[str, Any]]:
        path = self.inputs()[0]
        name = f"{self._root.location}/{path}"
        return list(load_json(self._root.read(path, _MAX_DOCUMENT), name, dict).items())

    def _turn(self, image: str, number: int, turn: _Turn, place: str) -> Record:
        record_id = f"{image}-{number}"
        if not tidy([turn.instruction]):
            return self._faulty(record_id, image, Fault(Reason.EMPTY_PHRASE, f"{place}: turn {number}"))
        return self._record(image, record_id, [turn], tidy([turn.instruction]), {"turns": [number]})

    def _whole(self, image: str, session: list[_Turn], place: str) -> Record:
        record_id, said = f"{image}-whole", [tidy([turn.instruction]) for turn in session]
        if not all(said):
            return self._faulty(record_id, image, Fault(Reason.EMPTY_PHRASE, f"{place}: a turn without instruction"))
        if any(before.output != after.input for before, after in pairwise(session)):
            fault = Fault(Reason.INVALID_RECORD, f"{place}: a turn does not begin with the output of the one before")
            return self._faulty(record_id, image, fault)
        words = [sentence for (sentence,) in said]
        spoken = in_one(words) if len(words) > 1 else tuple(words)
        return self._record(image, record_id, session, spoken, {"turns": list(range(1, len(session) + 1))})

    def _record(
        self, image: str, record_id: str, turns: list[_Turn], words: Sequence[str], answer: Mapping[str, Any]
    ) -> Record:
        folder = f"{self._folder}images/{image}"
        masks = {f"mask{number}": f"{folder}/{turn.mask}" for number, turn in enumerate(turns) if turn.mask}
        return Record(
            id=record_id,
            group=image,
            files={"picture": f"{folder}/{turns[0].input}", "target": f"{folder}/{turns[-1].output}", **masks},
            annotation={
                "instructions": list(words),
                "masks": dict.fromkeys(masks, "clear"),
                "answer": {"session": image, **answer},
            },
            split=self._split,
            licence=_LICENCE,
        )

    def _faulty(self, record_id: str, group: str, fault: Fault) -> Record:
        return Record(record_id, group, {}, {}, self._split, fault=fault)
