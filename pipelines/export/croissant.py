"""Croissant metadata (mlcommons.org/croissant/1.0): what the files are, and where each field of a record comes from.

Written by hand: ``mlcroissant`` would bring RDF and pandas to every user for one file of JSON. A test validates it with that.
"""

from __future__ import annotations

import json
from typing import Any

from ieiw.pipelines.export.parquet import COLUMNS, Written
from ieiw.triplets.layout.cut_state import CutState

FILE = "croissant.json"
_SAID = {
    "key": "Unique in the build: the data set's name and 20 letters of a hash of record, task and variant.",
    "source": "The picture before the edit.",
    "target": "The picture after the edit.",
    "instruction": "What to do.",
    "alternatives": "Other wordings of the instruction, itself among them.",
    "task": "Kind of edit.",
    "dataset": "The data set that the picture comes from.",
    "split": "That data set's own split.",
    "answer": "The ground truth, JSON.",
    "provenance": "Record, picture, licence and models, JSON.",
}
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(state: CutState, written: Written) -> bytes:
    """The file's bytes, for Parquet files as :mod:`~ieiw.pipelines.export.parquet` writes them beside it."""
    sides = dict.fromkeys(file.side for file in written.files)
    value = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": state.name,
        "description": f"Triplets of an instruction, a source picture and a target picture: {state.kept:,} of {state.candidates:,} "
        "that were built.",
        "license": list(state.licences) or ["unknown"],
        "version": "1.0.0",
        "distribution": [_files(side) for side in sides],
        "recordSet": [_records(side) for side in sides],
    }
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _files(side: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{side}-files",
        "name": f"{side}-files",
        "encodingFormat": "application/x-parquet",
        "includes": f"data/{side}-*.parquet",
    }


def _records(side: str) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": side,
        "name": side,
        "key": {"@id": f"{side}/key"},
        "field": [_field(side, name) for name in COLUMNS],
    }


def _field(side: str, name: str) -> dict[str, Any]:
    picture = name in ("source", "target")
    origin: dict[str, Any] = {"fileSet": {"@id": f"{side}-files"}, "extract": {"column": name}}
    if picture:
        origin["transform"] = {"jsonPath": "bytes"}
    return {
        "@type": "cr:Field",
        "@id": f"{side}/{name}",
        "name": name,
        "description": _SAID[name],
        "dataType": "sc:ImageObject" if picture else "sc:Text",
        "source": origin,
        **({"repeated": True} if name == "alternatives" else {}),
    }
