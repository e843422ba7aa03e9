"""Ten thousand sources of odd names still give a page that a person can use."""

import json
import re

import numpy as np
import pyarrow as pa
import pytest

from ieiw.apps.audit import packed_lookup
from ieiw.apps.audit.page import render
from ieiw.filters.frame import Frame
from ieiw.pipelines.audit.accounting import MOST_GROUPS
from ieiw.pipelines.audit.excluded import lost_keys
from ieiw.pipelines.audit.figures import figures
from ieiw.pipelines.audit.load import KEPT, Ledger
from ieiw.pipelines.audit.run import Audit
from ieiw.triplets.layout.build_state import BuildState, SourceCounts, SourceState
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.records import sample_key

_ODD = (
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }}",
    "\u202eright to left",
    "quote\"'`",
    "x" * 300,
    "emoji 🦆",
    "a\nb\tc",
    "&amp;",
)
_SOURCES = 10_000


@pytest.fixture(scope="module")
def ledger():
    names = [f"{_ODD[number % len(_ODD)]}-{number}" for number in range(_SOURCES)]
    rows = 2 * _SOURCES + 5
    source = [names[at % _SOURCES] for at in range(rows)]
    keys = [sample_key(source[at], str(at), "removal", 0) for at in range(rows)]
    columns = dict.fromkeys(("key", "picture_sha256", "source_sha256", "target_sha256", "unit"), keys)
    table = pa.table(columns | {"source": source, "task": ["removal"] * rows})
    dead = dict.fromkeys(("key", "source", "record", "detail"), names)
    dead["key"] = [sample_key(name, "dead", "removal", 0) for name in names]
    rest = {"task": ["removal"] * _SOURCES, "reason": ["picture_missing"] * _SOURCES, "stage": ["read"] * _SOURCES}
    counts = dict.fromkeys(names, 2)
    for name in names[:5]:
        counts[name] = 3
    state = BuildState(
        state="complete",
        recipe=Recipe.model_validate({"sources": [{"name": "a", "root": "b", "tasks": ["removal"]}]}),
        backends={},
        sources={
            name: SourceState(fingerprint="0" * 64, inputs={}, records=0, attempts=counts[name] + 1, units=0, faults=0)
            for name in names
        },
        counts={
            name: SourceCounts(
                attempts=counts[name] + 1, built=counts[name], rejected=1, reasons={}, shards=1, shard_bytes=0
            )
            for name in names
        },
    )
    return Ledger(
        state=state,
        cut=None,
        frame=Frame(table, lambda name: pytest.fail(f"no score {name}")),
        rule=np.full(rows, KEPT, np.int16),
        value=np.full(rows, np.nan, np.float32),
        side=np.full(rows, 2, np.uint8),
        rules=(),
        rejects=pa.table(dead | rest | {"unit": dead["key"]}),
        scores=(),
    )


def test_the_largest_are_named_and_the_others_summed(ledger):
    found = figures(ledger, None)
    assert found.source_count == _SOURCES and len(found.sources) == MOST_GROUPS
    assert sum(group.planned for group in found.sources) == found.books.planned
    assert {group.planned for group in found.sources[:5]} == {4}
    assert found.sources[-1].name == f"{_SOURCES - MOST_GROUPS + 1:,} others"
    assert all(check.holds for check in found.books.checks)


def test_the_page_stays_small_and_shows_names_as_text(ledger):
    found, keys = figures(ledger, None), lost_keys(ledger)
    audit = Audit("build", "here", ledger.state, None, (), found, {}, (), {}, {}, (), keys, "")
    data = {"lookup": packed_lookup.pack(keys).sources}
    page = render(audit, data, {}).decode("utf-8")
    assert len(page) < 4_000_000
    body = page[: page.index('id="data"')]
    assert "<img" not in body and "49-" not in body
    assert "&lt;img src=x onerror=alert(1)&gt;" in body
    shown = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert len(shown["lookup"]) == _SOURCES
