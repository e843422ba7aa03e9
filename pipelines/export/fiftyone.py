"""A folder that FiftyOne imports (``LegacyFiftyOneDataset``: plain JSON), written without FiftyOne.

::

    metadata.json     what the dataset is
    samples.json      {"samples": [...]}, two a triplet: the slices ``source`` and ``target`` of one group
    data/             the pictures, KEY.source.jpg and KEY.target.jpg
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from ieiw.pipelines.export.samples import OpenCut, Sample, samples


def write(cut: OpenCut, folder: Path, report: Callable[[int], None]) -> int:
    """Write the folder, a sample in memory at a time; returns how many triplets."""
    (folder / "data").mkdir()
    count = 0
    with (folder / "samples.json").open("wb") as stream:
        stream.write(b'{"samples": [')
        for count, sample in enumerate((each for side in cut.sides for each in samples(cut, side)), 1):
            for number, entry in enumerate(_entries(sample)):
                stream.write(b"\n" if count == 1 and not number else b",\n")
                stream.write(msgspec.json.encode(entry))
            for role in ("source", "target"):
                (folder / "data" / sample.name(role)).write_bytes(sample.picture(role))
            report(count)
        stream.write(b"\n]}\n")
    state = cut.state
    info = {"cut": state.name, "kept": state.kept, "rules": state.rules, "licences": state.licences}
    metadata = {"media_type": "group", "group_field": "group", "default_group_slice": "source", "info": info}
    (folder / "metadata.json").write_text(json.dumps(metadata, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return count


def _entries(sample: Sample) -> Iterator[dict[str, Any]]:
    """The two samples of a triplet. A group's id is a MongoDB one: 12 bytes, here of a hash of the key."""
    identity = hashlib.sha256(sample.key.encode()).hexdigest()[:24]
    for role in ("source", "target"):
        yield {
            "filepath": f"data/{sample.name(role)}",
            "tags": [sample.side],
            "metadata": None,
            "group": {"_id": {"$oid": identity}, "_cls": "Group", "name": role},
            "key": sample.key,
            **sample.fields,
            "licence": sample.row["licence"],
            "region_share": sample.row["region_share"],
        }
