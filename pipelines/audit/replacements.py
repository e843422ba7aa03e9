"""Replacements on a page: how some came about, from region to instruction, and what the steps before them came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import cv2
import msgspec
import numpy as np
import pyarrow as pa

from ieiw.pipelines.audit.contact_sheets import Card, cards_of, verdict_name
from ieiw.pipelines.audit.excluded import Example, examples
from ieiw.pipelines.audit.load import KEPT, Ledger
from ieiw.pipelines.audit.painted_files import PaintedFiles
from ieiw.pipelines.audit.replacement_steps import TASK, StepBooks, replacement_rejects, step_books
from ieiw.pipelines.audit.thumbnails import thumbnails
from ieiw.triplets.drawings.answers import masks_of, read_answer
from ieiw.triplets.errors import DamageError, Step, UsageError
from ieiw.triplets.images.masks import Rle, from_rle
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.replacement_facts import Facts, read_facts
from ieiw.triplets.layout.samples import read_samples, sample_columns
from ieiw.triplets.storage.store import Store

Outline = tuple[tuple[tuple[int, int], ...], ...]
"""Lines around a mask: x and y of their corners, in pixels."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How one replacement came about.

    Attributes:
        row: of the index; its card tells the rest.
        size: width and height of its pictures, in pixels.
        alternatives: other wordings of its instruction.
        outlines: around ``region`` and ``hole``.
        facts: as its provenance tells them.
        references: number of a reference -> digest of its picture; empty where the steps' files are gone.
        candidates: the same of candidates.
    """

    row: int
    size: tuple[int, int]
    alternatives: tuple[str, ...]
    outlines: Mapping[str, Outline]
    facts: Facts
    references: Mapping[int, str]
    candidates: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Replacements:
    """What a page shows of replacements.

    Attributes:
        steps: their books.
        rejects: reason -> some attempts that were to be replacements.
        counts: reason -> how many of those there are.
        samples: some that are kept; ``cards`` by row, ``pictures`` WebP bytes by digest.
    """

    steps: tuple[StepBooks, ...]
    rejects: Mapping[str, tuple[Example, ...]]
    counts: Mapping[str, int]
    samples: tuple[Sample, ...]
    cards: Mapping[int, Card]
    pictures: Mapping[str, bytes]


def replacements(store: Store, ledger: Ledger, each: int, side: int, seed: int = 0) -> Replacements | None:
    """Some of what is kept, drawn by ``seed``; None where the recipe asks for no replacements.

    Args:
        store: of the build.
        ledger: of the build or a cut.
        each: how many samples at most.
        side: pixels of the longer side of a picture.
        seed: which ones.

    Raises:
        UsageError: a shard or a file of the steps is damaged.
    """
    if not any(TASK in ledger.state.recipe.source(name).tasks for name in ledger.state.sources):
        return None
    kept = np.flatnonzero(ledger.frame.among("task", (TASK,)) & (ledger.rule == KEPT))
    rows = np.sort(np.random.default_rng(seed).choice(kept, min(each, len(kept)), replace=False)).tolist()
    index = Index(store, ledger.state)
    cards, places = cards_of(index, rows, lambda row: verdict_name(ledger, row))
    pictures = dict(thumbnails(store, places, side))
    files = PaintedFiles(store, ledger.state, side)
    samples: list[Sample] = []
    for row, values in zip(rows, index.take(rows, [*sample_columns(["json"]), "width", "height"]), strict=True):
        sample = _sample(store, row, values)
        found = files.of(cards[row], sample.facts)
        pictures |= found.pictures
        samples.append(replace(sample, references=found.references, candidates=found.candidates))
    rejects = replacement_rejects(ledger)
    return Replacements(
        steps=step_books(store, ledger),
        rejects=examples(store, replace(ledger, rejects=rejects)),
        counts={each["values"]: each["counts"] for each in rejects["reason"].value_counts().to_pylist()},
        samples=tuple(samples),
        cards=cards,
        pictures=pictures,
    )


class _Words(msgspec.Struct):
    alternatives: tuple[str, ...]
    instruction: str
    provenance: str


def _sample(store: Store, row: int, values: Mapping[str, Any]) -> Sample:
    """What the shard says of a row.

    Raises:
        UsageError: the shard is damaged, or tells of no replacement.
    """
    try:
        _, parts = next(read_samples(store, pa.Table.from_pylist([dict(values)]), ["json"]))
        words = msgspec.json.decode(parts["json"], type=_Words)
        facts, masks = read_facts(words.provenance), masks_of(read_answer(parts["json"]))
    except (DamageError, msgspec.DecodeError) as error:
        where = f"{store.location}/{values['shard']}"
        raise UsageError(f"{where}, {values['key']}: {error}", Step("lint", store.location)) from error
    others = tuple(each for each in words.alternatives if each != words.instruction)
    outlines = {name: outline(mask) for name, mask in masks.items()}
    return Sample(row, (values["width"], values["height"]), others, outlines, facts, {}, {})


def outline(mask: Rle) -> Outline:
    """Lines around a mask, to a pixel or so."""
    lines, _ = cv2.findContours(from_rle(mask).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    return tuple(
        tuple((int(x), int(y)) for x, y in cv2.approxPolyDP(line, 0.8, closed=True).reshape(-1, 2)) for line in lines
    )
