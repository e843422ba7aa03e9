"""Parquet files as Hugging Face hands data sets out, small: the schema and metadata that ``datasets`` writes."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

PICTURE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
_KINDS = {pa.string(): "string", pa.int32(): "int32"}
MAGICBRUSH = {
    "img_id": pa.string(),
    "turn_index": pa.int32(),
    "source_img": PICTURE,
    "mask_img": PICTURE,
    "instruction": pa.string(),
    "target_img": PICTURE,
}
INSTRUCTPIX2PIX = {
    "original_prompt": pa.string(),
    "original_image": PICTURE,
    "edit_prompt": pa.string(),
    "edited_prompt": pa.string(),
    "edited_image": PICTURE,
}


def picture(path: Path | None, named: bool = True) -> dict[str, Any] | None:
    """A picture as a cell of a row."""
    return path and {"bytes": path.read_bytes(), "path": path.name if named else None}


def write_rows(
    file: Path, columns: Mapping[str, pa.DataType], rows: Sequence[Mapping[str, Any]], rows_a_group: int = 100
) -> Path:
    """A file of these rows; what a row lacks is null."""
    features = {
        name: {"_type": "Image"} if kind == PICTURE else {"dtype": _KINDS.get(kind, "string"), "_type": "Value"}
        for name, kind in columns.items()
    }
    told = {"huggingface": json.dumps({"info": {"features": features}})}
    table = pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in columns.items()})
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(told), file, row_group_size=rows_a_group)
    return file


def magicbrush_rows(folder: Path, named: bool = True) -> list[dict[str, Any]]:
    """The turns of a split's folder, as rows in the order of its list."""
    rows = []
    for image, turns in json.loads((folder / "edit_sessions.json").read_text(encoding="utf-8")).items():
        for number, turn in enumerate(turns, 1):
            at = {name: folder / "images" / image / turn[name] for name in ("input", "mask", "output")}
            pictures = {"source_img": "input", "mask_img": "mask", "target_img": "output"}
            cells = {column: picture(at[name], named) for column, name in pictures.items()}
            rows.append({"img_id": image, "turn_index": number, "instruction": turn["instruction"], **cells})
    return rows
