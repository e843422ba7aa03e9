"""Vectors for galleries, made up."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa

from ieiw.pipelines.gallery.sources import Filling
from ieiw.triplets.layout.embeddings import vector_table

SETTINGS = {"embedder": "descriptor", "version": "1"}


def directions(count, dimension=16, seed=0):
    """(count, dimension), float16, of length 1."""
    values = np.random.default_rng(seed).standard_normal((count, dimension), np.float32)
    return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float16)


def filling(vectors, first=0, step=700, **changes):
    """Vectors with ids ``v0``, ``v1``, … and a column ``number``, in tables of ``step`` rows."""

    def tables():
        for start in range(0, len(vectors), step):
            some = vectors[start : start + step]
            numbers = range(first + start, first + start + len(some))
            table = vector_table([f"v{number}" for number in numbers], some)
            yield table.append_column("number", pa.array(numbers, pa.int64()))

    values = {"settings": SETTINGS, "stand_in": True, "dimension": vectors.shape[1], "inputs": f"made up {first}"}
    return Filling(**(values | changes), tables=tables)


def tree(folder):
    """Name -> digest of all files of a gallery but the spool and the logs."""
    beside = {".spool", "logs"}
    files = (path for path in sorted(Path(folder).rglob("*")) if path.is_file() and not beside & {*path.parts})
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
