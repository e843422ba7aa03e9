"""Arrow columns as NumPy arrays and back, without pandas, whose import takes longer than most cuts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def numbers(column: pa.Array | pa.ChunkedArray) -> npt.NDArray[Any]:
    """A column of numbers without nulls; read-only where it is one chunk.

    Arrow's own ``to_numpy`` does the same but imports pandas first.
    """
    if not isinstance(column, pa.ChunkedArray):
        return np.from_dlpack(column)
    chunks = [np.from_dlpack(chunk) for chunk in column.chunks if len(chunk)]
    if not chunks:
        return np.empty(0, column.type.to_pandas_dtype())
    return chunks[0] if len(chunks) == 1 else np.concatenate(chunks)


def coded(column: pa.Array | pa.ChunkedArray) -> tuple[npt.NDArray[Any], pa.Array]:
    """A column as numbers from 0, equal where the values are, and the distinct values that they count."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = whole.dictionary_encode()
    return numbers(encoded.indices), encoded.dictionary


def column(values: npt.NDArray[Any]) -> pa.Array:
    """Numbers or truth values as an Arrow array over the same memory (truth values are packed).

    ``pyarrow.array`` does the same but imports pandas first, to see whether it was given a series.

    Args:
        values: (rows,), of whole or floating-point numbers, or of bool.
    """
    flat = np.ascontiguousarray(values)
    data = np.packbits(flat, bitorder="little") if flat.dtype == np.bool_ else flat
    return pa.Array.from_buffers(pa.from_numpy_dtype(flat.dtype), len(flat), [None, pa.py_buffer(data)])


def named(codes: npt.NDArray[Any], names: Sequence[str]) -> pa.Array:
    """Each row's name as text.

    Args:
        codes: (rows,), numbers into ``names``.
        names: the distinct values.
    """
    texts = [name.encode() for name in names]
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
    distinct = pa.StringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(b"".join(texts)))
    return pa.DictionaryArray.from_arrays(column(codes.astype(np.int32)), distinct).cast(pa.string())
