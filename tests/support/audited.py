"""A tiny build that is scored and cut, in this process and without Beam."""

import base64
import gzip
import json
import re

import pyarrow.parquet as pq
import pytest

from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.audit.run import Options, audit
from ieiw.pipelines.cut.run import cut
from ieiw.pipelines.scoring.run import score
from ieiw.triplets.storage.store import open_store
from tests.support.builds import drive_here

RULES = {
    "rules": [
        {
            "name": "soft-target",
            "kind": "threshold",
            "score": "sharpness",
            "of": "target",
            "drop_lowest": 0.2,
            "per": "task",
        },
        {"name": "no-hole", "kind": "threshold", "score": "seam", "of": "pair", "max": 50},
        {"name": "dull-source", "kind": "threshold", "score": "colourfulness", "of": "source", "min": 80.0},
        {"name": "large-gap", "kind": "gap", "score": "contrast", "max": 0.02},
        {"name": "one-a-picture", "kind": "cap", "per": "group", "most": 2},
    ],
    "split": {"validation": 0.3},
}
"""The task ``dots`` has no hole, so no seam: drops of undefined values."""


def score_here(tiny, names=None):
    """Score a build unit by unit in this process."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ieiw.pipelines.engine.run.run_driver", drive_here)
        score(str(tiny.path), names)


def cut_here(tiny, name="strict", rules=None):
    """Cut a scored build."""
    return cut(str(tiny.path), name, RuleSet.model_validate(rules or RULES))


def write_page(tiny, name="strict", options=Options(each=4), against=None):  # noqa: B008 - frozen
    """Audit a cut; returns what was gathered and what was written."""
    from ieiw.apps.audit.page import write

    result = audit(str(tiny.path), name, against, options)
    return result, write(open_store(tiny.path), result, options)


def page_data(page):
    """What the page's script is given, with its losses unpacked."""
    text = page.read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    data = json.loads(found[1])
    data["losses"] = json.loads(gzip.decompress(base64.b64decode(data["lost"])))
    return data


def losses_by_files(tiny, name="strict"):
    """Key -> (reason, value), read from the cut's and the build's own files."""
    found = {}
    for file in (tiny.path / "cuts" / name / "index").glob("dropped-*.parquet"):
        found |= {row["key"]: (row["rule"], row["value"]) for row in pq.read_table(file).to_pylist()}
    for file in (tiny.path / "index").glob("rejects-*.parquet"):
        found |= {row["key"]: (row["reason"], None) for row in pq.read_table(file).to_pylist()}
    return found
