"""Published embedding sets: ``.npy`` beside Parquet, as clip-retrieval writes them and LAION ships them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.models.embed.common import normalised
from ieiw.models.roles import EMBED
from ieiw.pipelines.gallery.sources import Filling, digest_of
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.embeddings import vector_table

IDS = ("id", "key", "sha256", "md5", "image_path")
"""Columns that are taken for ids, the first that is there, where none is named."""
_ROWS = 8_192


def of_folder(folder: str, settings: Mapping[str, str], id_column: str = "") -> Filling:
    """Vectors of ``img_emb/*.npy`` with the rows of ``metadata/*.parquet`` of the same numbers, or of one folder that holds both.

    Columns of texts, numbers and truth values are kept. Vectors are brought to length 1.

    Args:
        folder: of the set.
        settings: of the embedder, as the set's publisher states it: its name (``embedder``), and the weights where they are known.
        id_column: holds the ids; one of :data:`IDS` where it is not named.

    Raises:
        UsageError: no such files, an array without its rows, other numbers of rows or lengths, damaged files, or no column of ids.
    """
    pairs = _pairs(Path(folder).expanduser())
    arrays = [_array(array) for array, _ in pairs]
    dimensions = {array.shape[1] for array in arrays}
    if len(dimensions) != 1:
        raise UsageError(f"{folder}: vectors of lengths {sorted(dimensions)}; import those of one embedder alone")
    footers = [_footer(rows) for _, rows in pairs]
    for (array, rows), values, footer in zip(pairs, arrays, footers, strict=True):
        if len(values) != footer.num_rows:
            raise UsageError(
                f"{array}: {len(values):,} vectors for the {footer.num_rows:,} rows of {rows}. Download both again"
            )
    schema = _common_schema([footer.schema.to_arrow_schema() for footer in footers], folder)
    names = [id_column] if id_column else [name for name in IDS if name in schema.names]
    if not names or names[0] not in schema.names:
        there = ", ".join(schema.names)
        raise UsageError(f"{folder}: no column {id_column or ' or '.join(IDS)}; name the one that holds ids ({there})")

    def tables() -> Iterator[pa.Table]:
        for (_, rows), values in zip(pairs, arrays, strict=True):
            yield from _tables(rows, values, schema, names[0])

    inputs = digest_of(
        [dict(settings), names[0], [[each.name, each.stat().st_size] for pair in pairs for each in pair]]
    )
    return Filling(settings, bool(EMBED.load(settings["embedder"]).stand_in), dimensions.pop(), inputs, tables)


def stated(embedder: str, weights: str = "") -> dict[str, str]:
    """Settings of an embedder that a publisher names; with the digest of its weights where their file is given.

    Raises:
        UsageError: no such embedder, or no such file.
    """
    if weights:
        return EMBED.make(embedder, {"weights": weights}).describe()
    EMBED.load(embedder)
    return {"embedder": embedder}


def _pairs(folder: Path) -> list[tuple[Path, Path]]:
    """Arrays and their rows, in the order of their numbers."""
    arrays = _numbered(folder / "img_emb" if (folder / "img_emb").is_dir() else folder, ".npy")
    rows = _numbered(folder / "metadata" if (folder / "metadata").is_dir() else folder, ".parquet")
    if not arrays:
        raise UsageError(f"{folder}: no img_emb/*.npy. Give the folder that holds img_emb and metadata")
    if lonely := arrays.keys() ^ rows.keys():
        number = min(lonely)
        there = arrays.get(number) or rows[number]
        raise UsageError(
            f"{there}: nothing of number {number} beside it; an array needs its metadata, and they need it"
        )
    return [(arrays[number], rows[number]) for number in sorted(arrays)]


def _numbered(folder: Path, suffix: str) -> dict[int, Path]:
    found: dict[int, Path] = {}
    for path in sorted(folder.glob(f"*{suffix}")):
        if path.stem.startswith("text_emb"):
            continue
        if not (number := re.search(r"(\d+)$", path.stem)):
            raise UsageError(f"{path}: its name ends in no number, such as img_emb_0{suffix}")
        if (other := found.setdefault(int(number[1]), path)) != path:
            raise UsageError(f"{path}: has the number of {other}")
    return found


def _array(path: Path) -> npt.NDArray[Any]:
    try:
        values: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise UsageError(f"{path}: no array that can be read ({error}). Download it again") from error
    if values.ndim != 2 or values.dtype.kind != "f":
        raise UsageError(f"{path}: {values.dtype} of shape {values.shape}, not one row of floating point a vector")
    return values


def _footer(path: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        raise UsageError(f"{path}: no Parquet file that can be read ({error}). Download it again") from error


def _common_schema(schemas: list[pa.Schema], folder: str) -> pa.Schema:
    """Columns of all files: pandas writes whole numbers as floating point, and texts as nothing, where some are missing."""
    try:
        whole = pa.unify_schemas([each.remove_metadata() for each in schemas], promote_options="permissive")
    except pa.ArrowException as error:
        raise UsageError(f"{folder}: columns of one name and of types that do not go together ({error})") from error
    kept = [(field.name, _kept_type(field.type)) for field in whole if not field.name.startswith("__index_")]
    return pa.schema([(name, kind) for name, kind in kept if kind])


def _kept_type(kind: pa.DataType) -> pa.DataType | None:
    """As what a column is kept; None where it is neither text nor number nor truth value."""
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_null(value) or pa.types.is_string(value) or pa.types.is_large_string(value):
        return pa.string()
    return value if pa.types.is_integer(value) or pa.types.is_floating(value) or pa.types.is_boolean(value) else None


def _tables(file: Path, values: npt.NDArray[Any], schema: pa.Schema, id_column: str) -> Iterator[pa.Table]:
    opened = pq.ParquetFile(file, pre_buffer=False)
    there = [name for name in schema.names if name in opened.schema_arrow.names]
    start = 0
    for batch in opened.iter_batches(_ROWS, columns=there, use_threads=False):
        ids = batch[id_column].cast(pa.string())
        if ids.null_count:
            raise UsageError(f"{file}: {ids.null_count:,} rows without {id_column}; name another column of ids")
        vectors = np.array(values[start : start + len(batch)], np.float32)
        vectors[~np.isfinite(vectors).all(1)] = 0  # without direction, as a vector of zeros
        table = vector_table(ids.to_pylist(), normalised(vectors))
        for field in schema:
            if field.name not in {id_column, "id", "vector"}:
                column = batch[field.name].cast(field.type) if field.name in there else pa.nulls(len(batch), field.type)
                table = table.append_column(field, column)
        start += len(batch)
        yield table
