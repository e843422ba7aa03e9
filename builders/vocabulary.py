"""The classes of a data set of label maps, on their way from source to task: the file of role ``classes``.

JSON bytes, ``{"names": {"7": "bus"}, "void": [255]}``. Numbers that are neither named nor void are things known to be of no class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from ieiw.builders.instructions.classes import ClassName, spoken_names

CLASSES = "classes"
"""Role of the class names among a record's files."""
LABELS = "labels"
"""Role of the label map."""


@dataclass(frozen=True, eq=False)  # each is equal to itself alone, so that it can key a cache
class Vocabulary:
    """The classes of a data set: number -> name, and the numbers that say nothing."""

    names: Mapping[int, ClassName]
    void: frozenset[int]


class _Classes(msgspec.Struct):
    names: dict[int, str]
    void: list[int]


def classes_document(names: Mapping[int, str], void: tuple[int, ...] = ()) -> bytes:
    """The bytes of role ``classes``: for sources to hand out."""
    return msgspec.json.encode(_Classes(dict(names), list(void)))


@lru_cache(maxsize=8)
def vocabulary(data: bytes) -> Vocabulary:
    """The classes that a record's ``classes`` bytes name; cached, since all records of a source share them.

    Raises:
        msgspec.DecodeError: not what :func:`classes_document` writes.
    """
    classes = msgspec.json.decode(data, type=_Classes, strict=False)
    spoken = spoken_names(classes.names.values())
    return Vocabulary(dict(zip(classes.names, spoken, strict=True)), frozenset(classes.void))


@lru_cache(maxsize=4096)
def splitters(number: int, words: Vocabulary) -> frozenset[int]:
    """Classes that hold a part of what people would call by a class's name, see :meth:`ClassName.split_by`."""
    name = words.names[number]
    return frozenset(other for other, one in words.names.items() if other != number and name.split_by(one))


@lru_cache(maxsize=4096)
def unrelated(present: frozenset[int], words: Vocabulary) -> tuple[int, ...]:
    """Classes that are not among ``present``, and that nothing present could be taken for or be a part of."""
    here = [words.names[number] for number in sorted(present)]
    return tuple(
        number
        for number, name in words.names.items()
        if number not in present and not any(name.related(other) for other in here)
    )
