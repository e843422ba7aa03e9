"""What all tasks share: tools, options, and the facts that a task states of itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from ieiw.builders.options import Options, parse_options
from ieiw.builders.protocols import Tools
from ieiw.builders.record_kinds import Kind
from ieiw.triplets.images.codec import resize_short
from ieiw.triplets.records import Answer, Encoded, Image, OpenRecord

OptionsT = TypeVar("OptionsT", bound=Options)


class TaskBase(Generic[OptionsT]):
    """Base of the tasks; see :class:`ieiw.builders.protocols.Task` for what a class states of itself.

    Args:
        tools: picture size, encoder and backends of the build.
        options: the source's ``task_options.NAME`` block; the class's ``options`` says what it may hold.

    Raises:
        UsageError: an unknown or wrong option.
    """

    name: str
    version: int
    needs: frozenset[Kind]
    roles = frozenset[str]()
    drawing: type[Answer]
    mirrors = ""
    photographic = False
    options: ClassVar[type[Options]]

    def __init__(self, tools: Tools, options: Mapping[str, Any]) -> None:
        self._tools = tools
        self._options: OptionsT = parse_options(self.options, options, f"task_options.{self.name}")  # type: ignore[assignment]

    def _picture(self, record: OpenRecord) -> Image:
        """The picture at output size, scaled once for all records of it."""
        return record.once_for_picture("resized", lambda: resize_short(record.picture.pixels, self._tools.short_side))

    def _source(self, record: OpenRecord) -> Encoded:
        """That picture as a shard holds it, encoded once for all records of it."""
        return record.once_for_picture("encoded", lambda: self._tools.encode(self._picture(record)))


def pair_name(*parts: str) -> str:
    """The pair of a triplet; triplets whose pair is of the same parts (source, record, perhaps task) share it."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]
