"""Contact sheets: many triplets on one picture, source | target | difference with the instruction below."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ieiw.apps.cards import PANEL, Card, Heading, lay_out
from ieiw.apps.drawing import GAIN, difference
from ieiw.apps.listing import BUILT, REJECTED, Wanted, matching
from ieiw.apps.verdict_lookup import table_rows
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.images.codec import decode
from ieiw.triplets.layout.build_state import BuildState
from ieiw.triplets.records import Image
from ieiw.triplets.rejects import Refusal
from ieiw.triplets.storage.store import Store

SHOWN = [
    *["key", "source", "task", "instruction", "backend", "region_share", "shard"],
    *[f"{role}_{part}" for role in ("source", "target") for part in ("offset", "size")],
]
"""Columns of a row that a sheet shows."""


def choose(
    store: Store, state: BuildState, count: int, seed: int, wanted: Wanted | None = None
) -> list[dict[str, Any]]:
    """Rows for a sheet: spread evenly over sources and tasks, each picture as rarely as can be, always the same ones.

    Args:
        store: of the build.
        state: of the build, finished or not.
        count: how many rows at most.
        seed: which ones.
        wanted: of which; of all triplets without it.

    Raises:
        UsageError: a filter that nothing can fit, or a file of the index is missing or damaged.
    """
    queues: dict[tuple[str, str], list[tuple[str, str, str, str]]] = defaultdict(list)
    for name, table in matching(store, state, wanted or Wanted(verdict=BUILT)):
        built = table.filter(pc.not_equal(table["verdict"], REJECTED))
        rows = built.select(["key", "source", "task", "group"]).to_pylist()
        for row in rows:
            rank = hashlib.blake2b(f"{seed}/{row['key']}".encode(), digest_size=8).hexdigest()
            queues[row["source"], row["task"]].append((rank, name, row["key"], f"{row['source']}/{row['group']}"))
    picked = _in_turn([sorted(queue) for _, queue in sorted(queues.items())], count)
    shown: dict[str, dict[str, Any]] = {}
    for name in {name for _, name, _, _ in picked}:
        keys = pa.array([key for _, table, key, _ in picked if table == name], pa.string())
        shown |= {row["key"]: row for row in table_rows(store, name, "key", partial(pc.is_in, value_set=keys), SHOWN)}
    return [shown[key] for _, _, key, _ in picked]


def _in_turn(queues: list[list[tuple[str, str, str, str]]], count: int) -> list[tuple[str, str, str, str]]:
    """Deal from the queues in turn; a picture that is on the sheet already waits until all others are."""
    picked: list[tuple[str, str, str, str]] = []
    used: set[str] = set()
    waiting: list[list[tuple[str, str, str, str]]] = [[] for _ in queues]
    heads = [iter(queue) for queue in queues]
    while len(picked) < count:
        before = len(picked)
        for number, head in enumerate(heads):
            for card in head:
                if card[3] in used:
                    waiting[number].append(card)
                    continue
                used.add(card[3])
                picked.append(card)
                break
            if len(picked) == count:
                break
        if len(picked) == before:
            if not any(waiting):
                break
            heads, waiting, used = [iter(queue) for queue in waiting], [[] for _ in queues], set()
    return picked


def contact_sheet(
    store: Store, state: BuildState, rows: Sequence[dict[str, Any]], path: Path, panel: int = PANEL
) -> Path:
    """Draw the sheet: source | target | difference, with the instruction below.

    Args:
        store: of the build.
        state: of the build.
        rows: as :func:`choose` gives them.
        path: file to write; its ending says the format: ``.png``, ``.jpg``, ``.webp``.
        panel: longer side of each picture on it, in pixels.

    Raises:
        UsageError: another ending, or a sheet that the format cannot hold.
    """
    names = list(state.sources)
    built = sum(count.built for count in state.counts.values())
    rejected = sum(count.rejected for count in state.counts.values())
    counts = f"triplets built: {built:,}, attempts rejected: {rejected:,}" if state.counts else "not finished"
    heading = Heading(
        title=", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else ""),
        counts=f"{counts}; {len(rows)} shown",
        backends=backends(state),
        flagged=bool(stand_ins(state)),
        legend=f"source  |  target  |  difference × {GAIN}",
    )
    cards = []
    for row in rows:
        source, target = read_pictures(store, row)
        made_by = f"   {row['backend']}{' (stand-in)' * (row['backend'] in stand_ins(state))}" if row["backend"] else ""
        note = f"{row['task']}{made_by}   region {row['region_share']:.1%}   {row['key']}"
        cards.append(Card((source, target, changed(source, target)), row["instruction"], note))
    return lay_out(cards, heading, path, panel)


def read_pictures(store: Store, row: Mapping[str, Any]) -> tuple[Image, Image]:
    """Source and target of a row, read from its shard.

    Raises:
        UsageError: the shard is missing or damaged.
    """
    try:
        source, target = (
            decode(store.read_range(row["shard"], row[f"{role}_offset"], row[f"{role}_size"])).pixels
            for role in ("source", "target")
        )
    except (FileNotFoundError, Refusal) as error:
        problem = "is missing" if isinstance(error, FileNotFoundError) else f"damaged at {row['key']} ({error})"
        remedy = "look for more damage, then bring the shard back from a copy or build it again"
        raise UsageError(
            f"{store.location}/{row['shard']}: {problem}; {remedy}", Step("lint", store.location)
        ) from error
    return source, target


def stand_ins(state: BuildState) -> list[str]:
    """Names of the embedded algorithms that stood in for trained models."""
    return sorted(each["name"] for each in state.backends.values() if each.get("stand_in") == "yes")


def backends(state: BuildState) -> str:
    """What did the work, for people."""
    flagged = stand_ins(state)
    parts = [
        f"{role}: {each['name']}{' (stand-in)' if each['name'] in flagged else ''}"
        for role, each in state.backends.items()
    ]
    return ", ".join(parts)


def changed(source: Image, target: Image) -> Image:
    """Absolute difference of the channel that differs most, amplified, dark on light: white where nothing changed.

    Args:
        source: (height, width, 3), uint8.
        target: of the same size; another size gives a grey field, since nothing can be compared.
    """
    if source.shape != target.shape:
        return np.full_like(target, 128)
    return np.repeat(255 - difference(source, target).max(axis=2, keepdims=True), 3, axis=2)
