"""The data card of a cut: README.md as the Hugging Face Hub reads it (YAML front matter, then Markdown)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import yaml

from ieiw.filters.rule_set import RuleSet, to_yaml
from ieiw.pipelines.cut.choose import Chosen
from ieiw.triplets.layout.cut_state import CutFile, CutState
from ieiw.triplets.storage.store import Store

_LICENCES = {
    "cc-by-4.0": "cc-by-4.0",
    "cc-by-3.0": "cc-by-3.0",
    "cc-by-2.0": "cc-by-2.0",
    "cc-by-sa-4.0": "cc-by-sa-4.0",
    "cc-by-nc-4.0": "cc-by-nc-4.0",
    "cc-by-nc-sa-4.0": "cc-by-nc-sa-4.0",
    "cc0-1.0": "cc0-1.0",
    "apache-2.0": "apache-2.0",
    "mit": "mit",
}
"""Licences that the Hub knows, by the identifiers that records carry; all others are ``other``."""
_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))


def add_card(store: Store, state: CutState, rules: RuleSet, chosen: Chosen) -> CutState:
    """Publish the card; returns the state with the file in its list."""
    data = card(state, rules, _counts(chosen)).encode("utf-8")
    name = f"cuts/{state.name}/README.md"
    store.publish_bytes(name, data)
    file = CutFile(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
    return state.model_copy(update={"files": (*state.files, file)})


def card(state: CutState, rules: RuleSet, counts: Sequence[tuple[str, str, int, int]]) -> str:
    """The text of the card; it depends on its arguments alone.

    Args:
        state: of the cut.
        rules: that made it.
        counts: source, task, rows for training, rows for validation.
    """
    front = yaml.safe_dump(_front(state), sort_keys=False, allow_unicode=True)
    parts = [
        f"---\n{front}---\n\n# {_text(state.name)}",
        _what(state),
        "## Load\n\n" + _loading(state),
        "## Funnel\n\n" + _funnel(state),
        f"## Rules\n\n{_fenced(to_yaml(rules), 'yaml')}",
        "## Sources and tasks\n\n" + _table(("source", "task", "train", "validation"), counts),
        "## Licences\n\nAs the sources state them for their pictures; check them before you pass pictures on.\n\n"
        + _table(("licence", "rows"), list(state.licences.items())),
        "## Models\n\n" + _backends(state),
    ]
    return "\n\n".join(parts) + "\n"


def _front(state: CutState) -> dict[str, Any]:
    known = {name: _LICENCES.get(name.strip().lower(), "other") for name in state.licences}
    front: dict[str, Any] = {"license": sorted(set(known.values())) or ["other"]}
    if "other" in known.values():
        front["license_name"] = "see-licences-below"
        front["license_link"] = "README.md"
    front |= {
        "pretty_name": f"{state.name} (instruction-based image editing)",
        "task_categories": ["image-to-image"],
        "language": ["en"],
        "size_categories": [next((name for limit, name in _SIZES if state.kept < limit), "n>10M")],
        "tags": ["image-editing", "instruction-following", "instructdiffusion", "webdataset"],
    }
    if state.kind == "materialised":
        sides = [side for side, count in (("train", state.train), ("validation", state.validation)) if count]
        files = [{"split": side, "path": f"shards/{side}-*.tar"} for side in sides]
        front["configs"] = [{"config_name": "default", "data_files": files}]
    return front


def _what(state: CutState) -> str:
    made = (
        "New shards in WebDataset layout, copied byte for byte from the build."
        if state.kind == "materialised"
        else "A view: an index of samples that lie in the build's own shards; no picture was copied."
    )
    return (
        f"Triplets of an instruction, a source picture and a target picture: {state.kept:,} of {state.candidates:,} built "
        f"ones, {state.train:,} for training and {state.validation:,} for validation. All triplets of one picture are on one "
        f"side. {made}\n\n"
        "A sample is `KEY.source.*` and `KEY.target.*` (pictures) and `KEY.json` with `instruction`, `alternatives`, `task`, "
        "`dataset`, `split`, `answer` and `provenance`; the last two are JSON in strings."
    )


def _loading(state: CutState) -> str:
    if state.kind == "materialised":
        return _fenced(
            "from datasets import load_dataset\n\n"
            'dataset = load_dataset("webdataset", data_files={"train": "shards/train-*.tar"}, split="train", streaming=True)\n'
            "sample = next(iter(dataset))",
            "python",
        )
    return (
        "Train from it with `ieiw train`, which reads the index. For other readers make shards of it: "
        f"`ieiw cut DIR --name {_text(state.name)} --materialise`."
    )


def _funnel(state: CutState) -> str:
    rows: list[tuple[str, str, int, int, int]] = [("built", "", 0, 0, state.candidates)]
    rows += [(step.rule, _bounds(step.bounds), step.dropped, step.undefined, step.left) for step in state.funnel]
    return _table(("rule", "bounds in force", "dropped", "of these without a value", "left"), rows)


def _bounds(bounds: dict[str, tuple[float | None, float | None]], most: int = 5) -> str:
    shown = [
        ("" if group == "all" else f"{group}: ")
        + " and ".join(f"{sign} {value:.4g}" for sign, value in (("≥", low), ("≤", high)) if value is not None)
        for group, (low, high) in list(bounds.items())[:most]
    ]
    return "; ".join(shown) + (f"; and {len(bounds) - most:,} more groups" if len(bounds) > most else "")


def _backends(state: CutState) -> str:
    rows = [
        (
            role,
            settings.get("name", ""),
            "**stand-in**" if settings.get("stand_in") == "yes" else "",
            ", ".join(f"{key}={value}" for key, value in sorted(settings.items()) if key not in ("name", "stand_in")),
        )
        for role, settings in sorted(state.backends.items())
    ]
    note = ""
    if any(settings.get("stand_in") == "yes" for settings in state.backends.values()):
        note = "\n\nA **stand-in** does the job without trained weights, less well than the model of the paper."
    return _table(("role", "model", "", "settings"), rows, plain=(2,)) + note


def _table(head: Sequence[str], rows: Sequence[Sequence[object]], plain: tuple[int, ...] = ()) -> str:
    """A Markdown table; numbers stand to the right, all text but the columns ``plain`` is escaped."""
    numeric = [bool(rows) and all(isinstance(row[at], int) for row in rows) for at in range(len(head))]
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join("---:" if each else "---" for each in numeric) + "|"]
    for row in rows:
        cells = (
            f"{cell:,}" if isinstance(cell, int) else str(cell) if at in plain else _text(str(cell))
            for at, cell in enumerate(row)
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _text(text: str) -> str:
    """Text that Markdown and HTML show as it is, on one line."""
    flat = " ".join(text.split())
    flat = flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+!|~$])", r"\\\1", flat)


def _fenced(text: str, language: str) -> str:
    """A block of code whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _counts(chosen: Chosen) -> list[tuple[str, str, int, int]]:
    """Source, task, rows for training and validation, of all pairs that occur."""
    pairs = chosen.samples["source"].astype(np.int64) * len(chosen.tasks) + chosen.samples["task"]
    both = [np.bincount(pairs[chosen.validation == side], minlength=1) for side in (False, True)]
    found = []
    for pair in np.unique(pairs).tolist():
        train, validation = (int(each[pair]) if pair < len(each) else 0 for each in both)
        source, task = divmod(pair, len(chosen.tasks))
        found.append((chosen.sources[source], chosen.tasks[task], train, validation))
    return sorted(found)
