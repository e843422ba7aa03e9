"""The data card of a cut: README.md as the Hugging Face Hub reads it (YAML front matter, then Markdown)."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ieiw.filters.rule_set import RuleSet, to_yaml
from ieiw.pipelines.cut.choose import Chosen
from ieiw.triplets.layout.cut_state import CutFile, CutState
from ieiw.triplets.storage.store import Store

_LICENCES = frozenset(
    "cc-by-4.0 cc-by-3.0 cc-by-2.0 cc-by-sa-4.0 cc-by-nc-4.0 cc-by-nc-sa-4.0 cc0-1.0 apache-2.0 mit".split()
)
"""Licences that the Hub knows, by the identifiers that records carry; all others are ``other``."""
Layout = Literal["view", "shards", "parquet"]
_FILES = {"shards": "shards/{}-*.tar", "parquet": "data/{}-*.parquet"}
_GROUPS = 5
"""Bounds of a rule that are listed at most."""
_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))


def add_card(store: Store, state: CutState, rules: RuleSet, chosen: Chosen) -> CutState:
    """Publish the card; returns the state with the file in its list."""
    data = card(state, rules, _counts(chosen)).encode("utf-8")
    name = f"cuts/{state.name}/README.md"
    store.publish_bytes(name, data)
    file = CutFile(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
    return state.model_copy(update={"files": (*state.files, file)})


def card(
    state: CutState, rules: RuleSet, counts: Sequence[tuple[str, str, int, int]], layout: Layout | None = None
) -> str:
    """The text of the card; it depends on its arguments alone.

    Args:
        state: of the cut.
        rules: that made it.
        counts: source, task, rows for training, rows for validation.
        layout: how the samples lie beside the card; by default as the cut itself has them.
    """
    layout = layout or ("shards" if state.kind == "materialised" else "view")
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=False,  # Markdown: `text` and `table` escape what comes from outside
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"text": _text, "fenced": _fenced, "number": "{:,}".format}
    funnel: list[tuple[str, str, int, int, int]] = [("built", "", 0, 0, state.candidates)]
    for step in state.funnel:
        more = f"; and {len(step.bounds) - _GROUPS:,} more groups" if len(step.bounds) > _GROUPS else ""
        funnel.append((step.rule, step.limits(_GROUPS) + more, step.dropped, step.undefined, step.left))
    backends = []
    for role, settings in sorted(state.backends.items()):
        stand_in = Markup("**stand-in**") if settings.get("stand_in") == "yes" else ""
        rest = ", ".join(f"{key}={value}" for key, value in sorted(settings.items()) if key not in ("name", "stand_in"))
        backends.append((role, settings.get("name", ""), stand_in, rest))
    return environment.get_template("dataset_card.md.j2").render(
        cut=state,
        layout=layout,
        front=yaml.safe_dump(_front(state, layout), sort_keys=False, allow_unicode=True),
        funnel=funnel,
        rules=to_yaml(rules),
        counts=counts,
        backends=backends,
        table=_table,
    )


def _front(state: CutState, layout: Layout) -> dict[str, Any]:
    names = {name.strip().lower() for name in state.licences}
    known = {name if name in _LICENCES else "other" for name in names}
    front: dict[str, Any] = {"license": sorted(known) or ["other"]}
    if "other" in known:
        front["license_name"] = "see-licences-below"
        front["license_link"] = "README.md"
    front |= {
        "pretty_name": f"{state.name} (instruction-based image editing)",
        "task_categories": ["image-to-image"],
        "language": ["en"],
        "size_categories": [next((name for limit, name in _SIZES if state.kept < limit), "n>10M")],
        "tags": ["image-editing", "instruction-following", "instructdiffusion"],
    }
    if layout != "parquet":
        front["tags"].append("webdataset")
    if layout != "view":
        sides = [side for side, count in (("train", state.train), ("validation", state.validation)) if count]
        files = [{"split": side, "path": _FILES[layout].format(side)} for side in sides]
        front["configs"] = [{"config_name": "default", "data_files": files}]
    return front


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; numbers stand to the right, all text but ``Markup`` is escaped."""
    numeric = [bool(rows) and all(isinstance(row[column], int) for row in rows) for column in range(len(head))]
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join("---:" if each else "---" for each in numeric) + "|"]
    for row in rows:
        cells = (
            f"{cell:,}" if isinstance(cell, int) else cell if isinstance(cell, Markup) else _text(str(cell))
            for cell in row
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _text(text: str) -> str:
    """Text that Markdown and HTML show as it is, on one line."""
    flat = html.escape(" ".join(text.split()), quote=False)
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
