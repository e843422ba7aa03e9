"""RefClef (ReferIt, Kazemzadeh et al. 2014): over the pictures of SAIAPR TC-12, in either of the two forms that circulate.

As `refer` ships it: ``refclef/refs(unc|berkeley).p``, ``refclef/instances.json``, ``images/saiapr_tc-12``. As ReferIt ships it:
``referit_query.json`` (``"<picture>_<region>": [expressions]``), ``images/<picture>.jpg``, ``mask/<picture>_<region>.mat``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from ieiw.builders.formats.json_stream import read_json
from ieiw.builders.sources.refcoco import RefCoco
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason

_QUERIES = "referit_query.json"
_KEY = re.compile(r"(\d+)_(\d+)")


class RefClef(RefCoco):
    """Source of RefClef's refs; ReferIt's form has the one split ``all``, and a picture list per split as ``<split>.txt``."""

    folder = "refclef"
    picture_folders = ("images/saiapr_tc-12",)

    def inputs(self) -> Sequence[str]:
        """The refs and instances, or the expressions."""
        if not self._is_referit:
            return super().inputs()
        if self._split == "all":
            return [_QUERIES]
        self._root.require(
            self._split_file, "picture list", "Put one picture number a line there, or say `split: all`."
        )
        return [_QUERIES, self._split_file]

    def group_count(self) -> int:
        """Pictures with at least one expression."""
        return len(self._by_picture) if self._is_referit else super().group_count()

    def group(self, index: int) -> Iterator[Record]:
        """The regions of one picture."""
        if not self._is_referit:
            yield from super().group(index)
            return
        for key, texts in self._by_picture[index]:
            yield self._region(key, texts)

    @cached_property
    def _is_referit(self) -> bool:
        self._root.require("", "root")
        return not self._root.exists(self._refs_path) and self._root.exists(_QUERIES)

    @property
    def _split_file(self) -> str:
        return f"{self._split}.txt"

    @cached_property
    def _by_picture(self) -> list[list[tuple[str, Any]]]:
        """Keys and expressions, picture by picture.

        Raises:
            UsageError: damaged, or no picture of the split.
        """
        self.inputs()
        place = self._root.full_name(_QUERIES)
        queries: Mapping[str, Any] = read_json(self._root, _QUERIES, dict)
        lines = [] if self._split == "all" else self._text(self._split_file).split()
        wanted = {line.removesuffix(".jpg") for line in lines}
        found: dict[str, list[tuple[str, Any]]] = {}
        for key, texts in queries.items():
            picture = key.partition("_")[0]
            if self._split == "all" or picture in wanted:
                found.setdefault(picture, []).append((key, texts))
        if not found:
            raise UsageError(f"{place}: no expression of split {self._split!r}. Change `split`.")
        return list(found.values())

    def _region(self, key: str, texts: Any) -> Record:
        place, picture = f"{_QUERIES} {key!r}", key.partition("_")[0]
        if not _KEY.fullmatch(key):
            return self._faulty(key, picture, Fault(Reason.INVALID_RECORD, f"{place}: not <picture>_<region>"))
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            return self._faulty(key, picture, Fault(Reason.INVALID_RECORD, f"{place}: no list of expressions"))
        said = [text for text in texts if text.strip()]
        if not said:
            return self._faulty(key, picture, Fault(Reason.EMPTY_PHRASE, place))
        files = {"picture": f"images/{picture}.jpg", "mask": f"mask/{key}.mat"}
        return Record(key, picture, files, {"expressions": said, "mask_coding": "referit"}, self._split)
