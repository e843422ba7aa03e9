"""What is known of one attempt, as plain text for a person."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ieiw.apps.replacement_text import FIELDS, steps_in_words
from ieiw.triplets.errors import human_bytes

if TYPE_CHECKING:
    from ieiw.apps.inspect_triplet import Details

_WIDTH = 100
_LABEL = 14
_LONG = 200
"""Characters of a value (polygons, mostly) that are shown; ``--json`` gives all."""


def describe(details: Details) -> str:
    """The details as lines of text, no longer than a terminal is wide."""
    lines = [f"{details.key}  {details.verdict}", ""]
    if details.verdict == "built":
        lines += _built(details)
    elif details.verdict == "rejected":
        row = details.row
        lines += _line("reason", f"{row['reason']} (at stage {row['stage']})")
        lines += _line("detail", row["detail"] or "none")
    else:
        lines += _line("waiting", "its unit is planned and not built yet; `ieiw build` goes on with it")
    lines += _origin(details)
    for part in details.parts:
        size = f"{part.width} × {part.height}, " if part.width else ""
        state = f"WRONG: {part.fault}" if part.fault else "digest right"
        lines += _line(part.role, f"{size}{human_bytes(part.size)} at byte {part.offset:,}, {state}")
    if details.sample:
        lines += _told(details.sample)
    if details.planned is None:
        lines += ["", "The plan was removed from this build, and the annotation with it."]
    else:
        lines += _block("annotation, as planned", details.planned["annotation"])
    return "\n".join(lines)


def _built(details: Details) -> Iterator[str]:
    row = details.row
    yield from _line("instruction", row["instruction"])
    others = [wording for wording in details.sample.get("alternatives", ()) if wording != row["instruction"]]
    for number, wording in enumerate(others):
        yield from _line("or" if number == 0 else "", wording)
    share = f", the region covers {100 * row['region_share']:.1f} % of it" if row["region_share"] else ""
    yield from _line("picture size", f"{row['width']} × {row['height']}{share}")
    yield from _line("painted by", row["backend"] or "nothing was painted")
    for key, task in details.pair.items():
        yield from _line("pair", f"{key} ({task})")


def _origin(details: Details) -> Iterator[str]:
    known = details.row or details.planned or {}
    licence = known.get("licence", "") or (details.planned or {}).get("licence", "")
    files = (details.planned or {}).get("files", {})
    yield ""
    yield from _line("task", f"{known['task']}, variant {known['variant']}")
    yield from _line("data set", f"{known['source']}, split {known['split'] or 'unknown'}")
    yield from _line("record", f"{known['record']}, of group {known['group']}")
    yield from _line("picture", known.get("picture") or files.get("picture", "") or "none named")
    if licence:
        yield from _line("licence", licence)
    yield from _line("unit", known["unit"])
    if details.parts:
        yield ""
        yield from _line("shard", details.row["shard"])


def _told(sample: Mapping[str, Any]) -> Iterator[str]:
    """Answer and provenance; the steps of a replacement in words instead of as values."""
    yield from _block("answer", sample["answer"])
    steps, provenance = [], sample["provenance"]
    if sample["task"] == "replacement":
        steps = list(steps_in_words(provenance))
    if steps:
        yield from ("", "how it came about")
        for label, text in steps:
            yield from (f"  {line}" for line in _line(label, text, _LABEL - 2))
    yield from _block("provenance", {name: provenance[name] for name in provenance if not (steps and name in FIELDS)})


def _line(label: str, text: str, column: int = _LABEL) -> Iterator[str]:
    """A label and its text, wrapped under itself, which begins at ``column``."""
    wrapped = textwrap.wrap(text, _WIDTH - column, break_on_hyphens=False) or [""]
    for number, line in enumerate(wrapped):
        yield f"{label if number == 0 else '':<{column}}{line}".rstrip()


def _block(title: str, values: Mapping[str, Any]) -> Iterator[str]:
    """A titled list of named values, long ones cut."""
    yield from ("", title)
    column = max([_LABEL - 2, *(len(name) + 2 for name in values)])
    for name in sorted(values):
        value = values[name]
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if isinstance(value, dict) and set(value) == {"counts", "size"}:  # run lengths, which nobody reads
            height, width = value["size"]
            text = f"mask of {width} × {height} in COCO run lengths"
        cut = f"{text[:_LONG]} … ({len(text):,} characters)" if len(text) > _LONG else text
        yield from (f"  {line}" for line in _line(name, cut, column))
