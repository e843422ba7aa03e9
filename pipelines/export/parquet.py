"""Parquet files with the pictures in them, which Hugging Face ``datasets`` reads with one call, whatever their formats."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.pipelines.export.samples import OpenCut, Sample, samples

TEXTS = ("key", "instruction", "task", "dataset", "split", "answer", "provenance")
_FILE_BYTES = 400 * 10**6
_GROUP_BYTES = 32 * 10**6
_PICTURE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
_TYPES = {"source": _PICTURE, "target": _PICTURE, "alternatives": pa.list_(pa.string())}
COLUMNS = ("key", "source", "target", "instruction", "alternatives", *TEXTS[2:])


def _schema() -> pa.Schema:
    """The columns, with what tells ``datasets`` that two of them are pictures."""
    text = {"dtype": "string", "_type": "Value"}
    features: dict[str, Any] = dict.fromkeys(COLUMNS, text)
    features |= {"source": {"_type": "Image"}, "target": {"_type": "Image"}, "alternatives": [text]}
    fields = [pa.field(name, _TYPES.get(name, pa.string())) for name in COLUMNS]
    return pa.schema(fields, {"huggingface": json.dumps({"info": {"features": features}})})


_SCHEMA = _schema()


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that was written: name below the export, side, rows, size in bytes and SHA-256 (hex)."""

    name: str
    side: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Written:
    """Data files, and (source, task, side) -> rows."""

    files: tuple[DataFile, ...]
    counts: Counter[tuple[str, str, str]]


def write(cut: OpenCut, folder: Path, report: Callable[[int], None]) -> Written:
    """Write ``data/SIDE-00000.parquet`` and so on, a row group in memory at a time; ``report`` is told the rows so far."""
    files: list[DataFile] = []
    counts = Counter[tuple[str, str, str]]()

    def told(groups: Iterator[list[Sample]]) -> Iterator[list[Sample]]:
        for group in groups:
            yield group
            counts.update((each.fields["dataset"], each.fields["task"], each.side) for each in group)
            report(counts.total())

    (folder / "data").mkdir()
    for side in cut.sides:
        groups = told(_groups(samples(cut, side)))
        for number, first in enumerate(groups):
            files.append(_write_file(folder, f"data/{side}-{number:05d}.parquet", side, chain([first], groups)))
    return Written(tuple(files), counts)


def _write_file(folder: Path, name: str, side: str, groups: Iterable[list[Sample]]) -> DataFile:
    """One file of as many groups as it should hold."""
    rows = size = 0
    with pq.ParquetWriter(
        folder / name, _SCHEMA, compression="zstd", use_dictionary=["task", "dataset", "split"]
    ) as writer:
        for group in groups:
            writer.write_table(pa.Table.from_pylist([_row(sample) for sample in group], _SCHEMA))
            rows, size = rows + len(group), size + sum(map(_picture_bytes, group))
            if size >= _FILE_BYTES:
                break
    with (folder / name).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return DataFile(name, side, rows, (folder / name).stat().st_size, digest)


def _row(sample: Sample) -> dict[str, Any]:
    pictures = {role: {"bytes": sample.picture(role), "path": sample.name(role)} for role in ("source", "target")}
    return {"key": sample.key, **sample.fields, **pictures}


def _picture_bytes(sample: Sample) -> int:
    return len(sample.source) + len(sample.target)


def _groups(found: Iterable[Sample]) -> Iterator[list[Sample]]:
    """Samples by so many that their pictures fill a row group."""
    group, size = list[Sample](), 0
    for sample in found:
        group.append(sample)
        size += _picture_bytes(sample)
        if size >= _GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
