"""Edits by a trained model, side by side with what the data set holds: pictures that the training never saw."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ieiw.apps.cards import Card, Heading, lay_out
from ieiw.apps.console import say
from ieiw.apps.sheet import SHOWN, read_pictures
from ieiw.models.diffusion.editor import Editor, EditSettings
from ieiw.triplets.images.codec import encode_png
from ieiw.triplets.layout.build_state import require_state
from ieiw.triplets.layout.cut_state import load_cut, read_verdicts
from ieiw.triplets.layout.index import Index
from ieiw.triplets.storage.store import Store


def validation_rows(store: Store, cut: str, count: int) -> list[dict[str, Any]]:
    """Rows of the validation side of a cut, in an order by hash; one a task and picture group as long as there are more.

    Raises:
        UsageError: there is no such build or cut.
    """
    index, state = Index(store, require_state(store)), load_cut(store, cut)
    keys = [
        table["key"].filter(pc.equal(table["side"], "validation")).cast(pa.string()).combine_chunks()
        for table in read_verdicts(store, state, "kept", ["key", "side"])
    ]
    chosen_keys = partial(pc.is_in, value_set=pa.concat_arrays(keys))
    rows = list(index.where("key", chosen_keys, [*SHOWN, "group"]))
    rows.sort(key=lambda row: hashlib.sha256(row["key"].encode()).digest())
    chosen: list[dict[str, Any]] = []
    for row in rows:
        if all(row["task"] != other["task"] and row["group"] != other["group"] for other in chosen):
            chosen.append(row)
    return [*chosen, *(row for row in rows if row not in chosen)][:count]


def edit_sheet(store: Store, cut: str, model: Path, path: Path, count: int = 3, steps: int = 30) -> Path:
    """Have a model edit pictures of the validation side and draw source | edited | the data set's target.

    Args:
        store: of the build.
        cut: name of the cut that the model was trained on.
        model: a run or checkpoint.
        path: picture to write; each edit also lies beside it as ``<stem>-1.png``, ….
        count: how many edits.
        steps: denoising steps of each.

    Raises:
        UsageError: no such cut, or no such model.
    """
    editor = Editor(model, say)
    path.parent.mkdir(parents=True, exist_ok=True)
    cards = []
    for number, row in enumerate(validation_rows(store, cut, count), 1):
        source, target = read_pictures(store, row)
        edited = editor.edit(source, row["instruction"], EditSettings(steps=steps, guidance=3.0))
        path.with_name(f"{path.stem}-{number}.png").write_bytes(encode_png(np.ascontiguousarray(edited)).data)
        cards.append(Card((source, edited, target), row["instruction"], f"{row['task']}   {row['key']}"))
    heading = Heading(
        title="Edits",
        counts=f"pictures that the training never saw; model {editor.folder.name}",
        backends="a small model, trained for a minute",
        flagged=True,
        legend="source  |  edited  |  target of the data set",
    )
    return lay_out(cards, heading, path)
