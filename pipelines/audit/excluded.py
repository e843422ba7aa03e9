"""What did not get into a cut: examples of rejects, every drop and reject, and the verdict on every row for notebooks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ieiw.filters.columns import coded
from ieiw.pipelines.audit.load import KEPT, Ledger
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.plan import UnitRef, read_unit
from ieiw.triplets.storage.store import Store

EXAMPLES = 6
"""Rejects shown for each reason."""
LISTED = 50_000
"""Drops and rejects that a page lists one by one; of more it lists some of each reason and looks up the rest by key."""
_TEXT = 300


@dataclass(frozen=True, slots=True)
class Example:
    """A reject with what the record said."""

    key: str
    source: str
    task: str
    record: str
    stage: str
    detail: str
    text: str


@dataclass(frozen=True, slots=True)
class Lost:
    """One attempt that is not in the cut. ``kind`` is ``rejected`` or ``dropped``; ``value`` what a rule looked at."""

    key: str
    source: str
    task: str
    kind: str
    reason: str
    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class LostKeys:
    """Every lost attempt in columns, for looking keys up: ``labels[label]`` is the reason or rule."""

    keys: pa.Array
    labels: tuple[str, ...]
    rejected: tuple[bool, ...]
    label: npt.NDArray[np.int16]
    value: npt.NDArray[np.float32]


def examples(store: Store, ledger: Ledger) -> dict[str, tuple[Example, ...]]:
    """The first few rejects of each reason, most frequent reason first, with the text of their record from the plan."""
    table = ledger.rejects
    codes, reasons = coded(table["reason"])
    refs = {(ref.source, ref.unit): ref for ref in ledger.state.refs()}
    found: dict[str, tuple[Example, ...]] = {}
    order = np.argsort(-np.bincount(codes, minlength=len(reasons)), kind="stable")
    for code in order.tolist():
        rows = np.flatnonzero(codes == code)
        spread = rows[np.unique(np.linspace(0, len(rows) - 1, min(EXAMPLES, len(rows))).astype(np.int64))]
        picked = table.take(pa.array(spread)).to_pylist()
        found[reasons[code].as_py()] = tuple(_example(store, refs, row) for row in picked)
    return found


def _example(store: Store, refs: dict[tuple[str, str], UnitRef], row: dict[str, Any]) -> Example:
    text = ""
    ref = refs.get((row["source"], row["unit"]))
    if ref is not None:
        planned = next((each for each in read_unit(store, ref) if each["key"] == row["key"]), None)
        text = record_text(cast(bytes, planned["annotation"])) if planned else ""
    return Example(**{name: row[name] for name in ("key", "source", "task", "record", "stage", "detail")}, text=text)


def record_text(annotation: bytes) -> str:
    """What a person would call the record: its phrase or caption, else the annotation's short values."""
    values = json.loads(annotation)
    for name in ("phrase", "instruction", "caption", "sentence", "text"):
        if isinstance(values.get(name), str):
            return str(values[name])[:_TEXT]
    plain = {name: value for name, value in values.items() if isinstance(value, str | int | float | bool)}
    return json.dumps(plain, ensure_ascii=False)[:_TEXT] if plain else ""


def lost_rows(store: Store, ledger: Ledger) -> tuple[Lost, ...]:
    """Drops in the order of the rules, then rejects; all, or an even share of each reason where there are too many."""
    dropped, rejects = np.flatnonzero(ledger.rule != KEPT), ledger.rejects
    share = 1.0
    if len(dropped) + rejects.num_rows > LISTED:
        share = LISTED / 10 / (len(dropped) + rejects.num_rows)
    dropped = np.concatenate(
        [np.zeros(0, np.int64)]
        + [_spread(np.flatnonzero(ledger.rule == number), share) for number in range(len(ledger.rules))]
    )
    columns = ["key", "source", "task", "instruction"]
    found = [
        Lost(
            row["key"],
            row["source"],
            row["task"],
            "dropped",
            ledger.rules[ledger.rule[at]].name,
            float(ledger.value[at]) if np.isfinite(ledger.value[at]) else None,
            row["instruction"][:_TEXT],
        )
        for at, row in zip(dropped.tolist(), Index(store, ledger.state).take(dropped.tolist(), columns), strict=True)
    ]
    codes, _ = coded(rejects["reason"])
    picked = np.concatenate(
        [np.zeros(0, np.int64)] + [_spread(np.flatnonzero(codes == code), share) for code in np.unique(codes)]
    )
    for row in rejects.take(pa.array(picked)).to_pylist():
        text = f"{row['record']}: {row['detail']}" if row["detail"] else row["record"]
        found.append(Lost(row["key"], row["source"], row["task"], "rejected", row["reason"], None, text[:_TEXT]))
    return tuple(found)


def _spread(rows: npt.NDArray[np.int64], share: float) -> npt.NDArray[np.int64]:
    """An even share of the rows, at least some."""
    count = len(rows) if share == 1 else min(len(rows), max(20, int(len(rows) * share)))
    return rows[np.unique(np.linspace(0, len(rows) - 1, count).astype(np.int64))] if count else rows


def lost_keys(ledger: Ledger) -> LostKeys:
    """Every drop in the order of the index, then every reject."""
    dropped = np.flatnonzero(ledger.rule != KEPT)
    codes, reasons = coded(ledger.rejects["reason"])
    labels = [rule.name for rule in ledger.rules]
    keys = [ledger.frame.table["key"].take(pa.array(dropped)), ledger.rejects["key"]]
    return LostKeys(
        keys=pa.concat_arrays([chunk.cast(pa.string()) for each in keys for chunk in each.chunks])
        if any(each.num_chunks for each in keys)
        else pa.array([], pa.string()),
        labels=(*labels, *reasons.to_pylist()),
        rejected=(*(False for _ in labels), *(True for _ in reasons)),
        label=np.concatenate([ledger.rule[dropped], codes + len(labels)]).astype(np.int16),
        value=np.concatenate([ledger.value[dropped], np.full(ledger.rejects.num_rows, np.nan, np.float32)]),
    )


def write_rows(store: Store, ledger: Ledger, name: str) -> None:
    """Publish the :func:`verdict_table`, for notebooks."""
    spooled = store.spooled()
    repeated = ["source", "task", "unit", "verdict", "reason"]
    pq.write_table(verdict_table(ledger), spooled, compression="zstd", use_dictionary=repeated)
    store.publish(name, spooled)


def verdict_table(ledger: Ledger) -> pa.Table:
    """One row an attempt, the rejects last: key, source, task, verdict, reason, value, and every score of every role."""
    codes = np.where(ledger.rule == KEPT, np.int16(ledger.side) + len(ledger.rules), ledger.rule).astype(np.int16)
    rules = [rule.name for rule in ledger.rules]
    verdicts = pa.array([*("dropped" for _ in rules), "train", "validation", "built"])
    reasons = pa.array([*rules, "", "", ""])
    columns: dict[str, Any] = {
        name: ledger.frame.table[name].cast(pa.string()) for name in ("key", "source", "task", "unit")
    }
    columns["verdict"] = pc.take(verdicts, pa.array(codes))
    columns["reason"] = pc.take(reasons, pa.array(codes))
    columns["value"] = pa.array(ledger.value)
    for info in ledger.scores:
        for role in info.roles:
            columns[f"{role}.{info.name}"] = pa.array(np.asarray(ledger.frame.score(info.name, role), np.float32))
    built = pa.table(columns)
    dead = ledger.rejects.select(["key", "source", "task", "unit", "reason"])
    dead = dead.append_column("verdict", pa.array(["rejected"] * dead.num_rows, pa.string()))
    return pa.concat_tables([built, dead], promote_options="default").select(built.column_names)
