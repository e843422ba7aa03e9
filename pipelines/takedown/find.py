"""What a take-down takes: every attempt on the picture, in every task, variant and source, and where its bytes lie."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ieiw.filters.columns import coded, numbers
from ieiw.pipelines.takedown.replaced import painted_from
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.cut_state import ShardFile, verify_shards
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.marks import mark_of
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.scores import values_digest
from ieiw.triplets.layout.shards import BLOCK, padded, shard_size
from ieiw.triplets.layout.takedown import TakeDown
from ieiw.triplets.rejects import Reason

_SHA256 = re.compile(r"[0-9a-f]{64}")
_WHO = ["key", "source", "group", "record", "picture", "licence"]
_DIGESTS = ["picture_sha256", "source_sha256", "target_sha256"]
_PLACES = ["shard", "source_offset", "json_offset", "json_size"]
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to be gone: pictures by digest, address or record (``RECORD`` or ``SOURCE/RECORD``)."""

    sha256: tuple[str, ...] = ()
    url: tuple[str, ...] = ()
    record: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise a :class:`UsageError` where nothing is asked for, or a digest is none."""
        if not (self.sha256 or self.url or self.record):
            raise UsageError("nothing to take down is named; give a SHA-256, an address or a record")
        if wrong := [each for each in self.sha256 if not _SHA256.fullmatch(each)]:
            raise UsageError(f"{wrong[0]!r} is no SHA-256: give the 64 digits 0-9, a-f of a picture's file")

    def digests(self) -> tuple[str, ...]:
        """SHA-256 (hex) of each wish: what a proof may say of it."""
        kinds = ("sha256", "url", "record")
        wishes = (f"{kind}:{value}" for kind in kinds for value in getattr(self, kind))
        return tuple(sorted(hashlib.sha256(wish.encode()).hexdigest() for wish in wishes))

    def texts(self) -> list[tuple[str, str]]:
        """Each wish as kind and value, for messages."""
        return [(kind, value) for kind in ("sha256", "url", "record") for value in getattr(self, kind)]


@dataclass(slots=True)
class _Closure:
    """The pictures so far: digests, and groups, which are the records of one picture; each finds more of the other."""

    asked: Asked
    planned: set[str] = field(default_factory=set)
    pictures: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    count: int = 0

    def of(self, table: pa.Table) -> pa.ChunkedArray:
        """Whether each row or reject is of a picture."""
        found = [pc.is_in(_group(table), _texts(self.groups)), pc.is_in(table["key"], _texts(self.planned))]
        slashed = pc.binary_join_element_wise(table["source"].cast(pa.string()), table["record"], "/")
        found += [pc.is_in(names, _texts(self.asked.record)) for names in (table["record"], slashed)]
        found.append(pc.is_in(table["picture"], _texts(self.asked.url)))
        if "picture_sha256" in table.column_names:
            address = pc.replace_substring_regex(table["licence"].cast(pa.string()), "^.*, *", "")  # LICENCE, ADDRESS
            found.append(pc.is_in(address, _texts(self.asked.url)))
            found.append(pc.is_in(table["picture_sha256"].cast(pa.string()), _texts(self.pictures)))
            found += [pc.is_in(table[name].cast(pa.string()), _texts(self.asked.sha256)) for name in _DIGESTS]
        mask = found[0]
        for each in found[1:]:
            mask = pc.or_(mask, each)
        return mask

    def grow(self, index: Index) -> bool:
        """Go through the index once, and count what is of a picture; whether there is more than before."""
        before, self.count = self.count, 0
        for table in chain(index.tables([*_WHO, *_DIGESTS]), _standing(index)):
            chosen = table.filter(self.of(table))
            self.count += chosen.num_rows
            shown = chosen.filter(pc.not_equal(chosen["picture"], ""))  # broken entries share a group and no picture
            self.groups.update(_group(shown).to_pylist())
            if "picture_sha256" in chosen.column_names:
                self.pictures.update(chosen["picture_sha256"].to_pylist())
        return self.count > before


def find(index: Index, asked: Asked) -> TakeDown:
    """Everything on the pictures asked for, with nothing changed yet.

    Goes through the index a few times, part by part, and through the plans of the sources concerned.

    Raises:
        UsageError: a wish that finds nothing, or a shard that is not what its commit mark says.
    """
    closure = _whole(index, asked)
    keys: list[str] = []
    sources: set[str] = set()
    made: set[str] = set()
    shards: dict[str, list[tuple[int, int]]] = {}
    rows, start = [np.zeros(0, np.int64)], 0
    for table in index.tables([*_WHO, *_DIGESTS, *_PLACES]):
        mask = closure.of(table)
        chosen = table.filter(mask)
        rows.append(start + np.flatnonzero(mask.to_numpy()))
        start += table.num_rows
        keys += chosen["key"].to_pylist()
        sources.update(chosen["source"].to_pylist())
        for name in _DIGESTS[1:]:
            made.update(chosen[name].to_pylist())
        for shard, first, last, size in zip(*(chosen[name].to_pylist() for name in _PLACES), strict=True):
            shards.setdefault(shard, []).append((first - BLOCK, padded(last + size)))
    triplets = len(keys)
    for table in _standing(index):
        chosen = table.filter(closure.of(table))
        keys += chosen["key"].to_pylist()
        sources.update(chosen["source"].to_pylist())
    units, faults = _units(index, sorted(sources), _texts(keys))
    _check_shards(index, units, set(shards))
    store, state = index.store, index.state
    verify_shards(store, _shard_files(index))  # all: cuts are written again from them
    names = [name for name in store.folders("scores") if store.exists(f"scores/{name}/score.json")]
    return TakeDown(
        id=hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:16],
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        asked=asked.digests(),
        pictures=tuple(sorted(closure.pictures | set(asked.sha256))),
        made=tuple(sorted(_unused(index, made, closure))),
        keys=tuple(sorted(keys)),
        triplets=triplets,
        rejects=len(keys) - triplets,
        units=tuple(ref.encoded() for ref in units),
        faults=dict(faults),
        shards={shard: tuple(sorted(spans)) for shard, spans in sorted(shards.items())},
        rows=tuple(np.concatenate(rows).tolist()),
        index=tuple(part.sha256 for part in state.index),
        scores={name: values_digest(store, name) for name in names},
        beside=(),
    )


def _whole(index: Index, asked: Asked) -> _Closure:
    """All that is concerned by any of the wishes.

    Raises:
        UsageError: a wish that finds nothing.
    """
    closure, shown = _Closure(asked), painted_from(index)
    for kind, value in asked.texts():  # each finds something, or nothing is done
        one = Asked(**{kind: (value,)})
        found = _closure(index, one)
        painted = {key for key, picture in shown.items() if picture in found.pictures.union(one.sha256)}
        if not (found.count or painted):
            raise UsageError(f"{index.store.location}: no picture with {kind} {value!r} here. Nothing was changed")
        closure.planned |= found.planned | painted
        closure.pictures |= found.pictures
        closure.groups |= found.groups
    return closure


def _closure(index: Index, asked: Asked) -> _Closure:
    closure = _Closure(asked, planned=set(_planned(index, asked.url)))
    while closure.grow(index):
        pass
    return closure


def _group(table: pa.Table) -> pa.ChunkedArray:
    """Source and group in one: groups are of one source."""
    return pc.binary_join_element_wise(*(table[name].cast(pa.string()) for name in ("source", "group")), "\0")


def _standing(index: Index) -> Iterator[pa.Table]:
    """Rejects, but for those that were taken down before."""
    for table in index.tables([*_WHO[:-1], "reason"], "rejects"):
        yield table.filter(pc.not_equal(table["reason"], Reason.TAKEN_DOWN.value))


def _texts(values: Iterable[str]) -> pa.Array:
    return pa.array(list(values), pa.string())


def _planned(index: Index, urls: Sequence[str]) -> Iterator[str]:
    """Keys of planned attempts whose files or annotation name an address; they are JSON, so the address stands in quotes."""
    if not urls:
        return
    for part in dict.fromkeys(ref.part for ref in index.state.refs() if not ref.round):
        for table in _groups_of(index, part, ["key", "files", "annotation"]):
            for name in ("files", "annotation"):
                for url in urls:
                    mask = pc.match_substring(table[name].cast(pa.string()), msgspec.json.encode(url).decode())
                    yield from table.filter(mask)["key"].to_pylist()


def _groups_of(index: Index, part: str, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Columns of a part of the plan, unit by unit."""
    with index.store.open(part) as file:
        opened = pq.ParquetFile(file, pre_buffer=False)
        for group in range(opened.num_row_groups):
            yield opened.read_row_group(group, columns=list(columns), use_threads=False)


def _units(index: Index, sources: Sequence[str], keys: pa.Array) -> tuple[list[UnitRef], Counter[str]]:
    """The units of all rounds that took up one of the keys, and source -> attempts not known to be faulty."""
    units: list[UnitRef] = []
    faults = Counter[str]()
    for name in sources:
        refs = list(index.state.sources[name].refs(name))
        for part in dict.fromkeys(ref.part for ref in refs):
            tables = _groups_of(index, part, ["key", "fault"])
            for ref, table in zip((ref for ref in refs if ref.part == part), tables, strict=True):
                chosen = table.filter(pc.is_in(table["key"], keys))
                if chosen.num_rows:
                    units.append(ref)
                    faults[name] += 0 if ref.round else pc.sum(pc.equal(chosen["fault"], "")).as_py()
    return units, faults


def _unused(index: Index, made: set[str], closure: _Closure) -> set[str]:
    """Those of the pictures in shards that no other triplet shows, such as an empty mask."""
    for table in index.tables([*_WHO, *_DIGESTS]):
        others = table.filter(pc.invert(closure.of(table)))
        for name in _DIGESTS[1:]:
            made = made - set(others.filter(pc.is_in(others[name], _texts(made)))[name].to_pylist())
    return made


def _check_shards(index: Index, units: Sequence[UnitRef], shards: set[str]) -> None:
    """Make sure that what is rewritten is what was committed: a digest of damaged bytes would make damage look sound."""
    store = index.store
    for ref in units:
        mark = mark_of(store, ref.rows)
        if mark.shard not in shards:
            continue
        digest = hashlib.sha256()
        try:
            with store.open(mark.shard) as file:
                while data := file.read(_CHUNK):
                    digest.update(data)
        except FileNotFoundError:
            digest = hashlib.sha256()
        if digest.hexdigest() != mark.shard_sha256:
            problem = "is missing, or not what its unit committed. Bring it back as it was; nothing was changed"
            raise UsageError(f"{store.location}/{mark.shard}: {problem}", Step("lint", store.location))


def _shard_files(index: Index) -> list[ShardFile]:
    """All shards of the build in the sizes that the index gives them."""
    ends: dict[str, int] = {}
    for table in index.tables(["shard", "json_offset", "json_size"]):
        codes, names = coded(table["shard"])
        most = np.zeros(len(names), np.int64)
        np.maximum.at(most, codes, numbers(table["json_offset"]) + numbers(table["json_size"]))
        for name, end in zip(names.to_pylist(), most.tolist(), strict=True):
            ends[name] = max(ends.get(name, 0), end)
    return [ShardFile(name=name, size=shard_size(end)) for name, end in ends.items()]
