"""All that is known of one attempt: found by its key, put into words, drawn."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from ieiw.apps.verdict_lookup import Found, Verdict, look_up, planned_row
from ieiw.builders.formats.json_stream import parse
from ieiw.triplets.drawings.answers import read_answer
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode
from ieiw.triplets.layout.build_state import require_state
from ieiw.triplets.records import Image
from ieiw.triplets.rejects import Refusal
from ieiw.triplets.storage.store import Store

ROLES = ("source", "target", "json")
_HEADER = tarfile.BLOCKSIZE


@dataclass(frozen=True, slots=True)
class Part:
    """One member of a triplet, as its shard holds it and as its row says it should be.

    Attributes:
        role: ``source``, ``target`` or ``json``.
        name: in the shard; empty where no tar header stands there.
        offset: of its first byte in the shard, in bytes, as ``size``.
        sha256: that the row gives.
        fault: what is wrong with it, empty where the bytes are those of the row.
        width, height: of a picture, in pixels; 0 for the json and for what cannot be decoded.
    """

    role: str
    name: str
    offset: int
    size: int
    sha256: str
    fault: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of one attempt.

    Attributes:
        key: its whole key.
        verdict: ``built``, ``rejected``, or ``pending`` where its unit is not built yet.
        row: its row or reject, see :mod:`ieiw.triplets.layout.rows`; empty while pending.
        sample: the json member, with ``answer`` and ``provenance`` parsed; empty where there is none to read.
        parts: members, source first; empty where nothing was built.
        pair: the other triplets of its pair, key -> task.
        planned: the attempt as planned: unit, record, task, files, annotation, …; None where the plan was removed.
    """

    key: str
    verdict: Verdict
    row: Mapping[str, Any]
    sample: Mapping[str, Any]
    parts: tuple[Part, ...]
    pair: Mapping[str, str]
    planned: Mapping[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values."""
        return asdict(self)


def find(store: Store, key: str) -> Details:
    """All that a build knows of a key, or of the only key that begins so; works in unfinished builds too.

    Raises:
        UsageError: unknown key (the nearest are named), or several keys begin so.
    """
    found = look_up(store, require_state(store), key)
    planned = planned_row(store, found)
    read = [_read(store, found, role) for role in ROLES] if found.verdict == "built" else []
    return Details(
        key=found.key,
        verdict=found.verdict,
        row=found.row,
        sample=_sample(read[2][1]) if read else {},
        parts=tuple(part for part, _ in read),
        pair=found.others,
        planned=planned and planned | {name: parse(planned[name]) for name in ("files", "annotation")},
    )


def _read(store: Store, found: Found, role: str) -> tuple[Part, bytes]:
    """One member, checked against its row, and its bytes."""
    row = found.row
    offset, size, digest = (row[f"{role}_{field}"] for field in ("offset", "size", "sha256"))
    try:
        data = store.read_range(row["shard"], offset - _HEADER, _HEADER + size)
    except FileNotFoundError:
        return Part(role, "", offset, size, digest, "the shard is missing"), b""
    content, name, fault, width, height = data[_HEADER:], "", "", 0, 0
    with suppress(tarfile.HeaderError):
        name = tarfile.TarInfo.frombuf(data[:_HEADER], tarfile.ENCODING, "surrogateescape").name
    if role != "json":
        with suppress(Refusal):
            width, height = decode(content).size
    if hashlib.sha256(content).hexdigest() != digest:
        fault = "other bytes than the row says" if len(content) == size else "the shard ends before it"
    elif not name.startswith(f"{found.key}."):
        fault = f"named {name!r} in the shard" if name else "no tar header before it"
    return Part(role, name, offset, size, digest, fault, width, height), content


def _sample(data: bytes) -> dict[str, Any]:
    """The json member with its two inner documents parsed; empty where damaged, which the part's fault tells."""
    try:
        sample: dict[str, Any] = parse(data)
        inner = {name: parse(sample[name].encode("utf-8")) for name in ("answer", "provenance")}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return sample | inner


def picture(store: Store, details: Details, path: Path) -> Path:
    """Draw source, target and difference side by side, region and hole outlined; returns ``path``.

    Raises:
        UsageError: nothing was built, a picture is damaged, or the file's ending is no picture format.
    """
    from ieiw.apps.triplet_picture import save_picture

    if details.verdict != "built":
        raise UsageError(f"{details.key}: {details.verdict}, so there is no picture of it in this build")
    source, target = (_pixels(store, details, part) for part in details.parts[:2])
    answer, member = None, details.parts[2]
    if not member.fault:
        try:
            answer = read_answer(store.read_range(details.row["shard"], member.offset, member.size))
        except msgspec.DecodeError as error:
            raise UsageError(f"{details.row['shard']}: the answer of {details.key} cannot be shown: {error}") from error
    return save_picture(source, target, details.row["instruction"], answer, path)


def _pixels(store: Store, details: Details, part: Part) -> Image:
    shard = details.row["shard"]
    if part.fault:
        raise UsageError(f"{shard}: the {part.role} of {details.key} cannot be shown: {part.fault}")
    try:
        return decode(store.read_range(shard, part.offset, part.size)).pixels
    except (FileNotFoundError, Refusal) as error:
        raise UsageError(f"{shard}: the {part.role} of {details.key} cannot be shown: {error}") from error
