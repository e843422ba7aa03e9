"""A tiny build with all its scores, made without Beam, and what cuts of it leave."""

import shutil
from unittest.mock import patch

import numpy as np
import pyarrow.parquet as pq

from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.scoring.run import score
from ieiw.triplets.layout.cut_state import sample_file
from ieiw.triplets.storage.store import open_store
from tests.support.builds import drive_here
from tests.support.tiny_build import Tiny, Wanted, tiny_build

WANTED = Wanted(pictures=12, size=(96, 64))
ALL = RuleSet.model_validate({"split": {"validation": 0.3}})
"""Every row, on two sides."""
RULES = RuleSet.model_validate(
    {
        "rules": [
            {"name": "blurred", "kind": "threshold", "score": "sharpness", "drop_lowest": 0.1, "per": "task"},
            {
                "name": "idle",
                "kind": "threshold",
                "score": "change-inside",
                "of": "pair",
                "min": 0.97,
                "tasks": ["removal"],
            },
            {"name": "double", "kind": "duplicates", "of": "source", "distance": 8, "tasks": ["dots", "addition"]},
            {"name": "many", "kind": "cap", "per": "source+task", "most": 9},
        ],
        "split": {"validation": 0.3, "seed": 1},
    }
)
"""One rule of each kind that a tiny build can feed."""


def score_serially(location, names=None):
    """Score everything (or what is named) in this process."""

    with patch("ieiw.pipelines.engine.run.run_driver", drive_here):
        return score(str(location), names)


def scored_build(folder, wanted=WANTED):
    """Build and score."""
    tiny = tiny_build(folder, wanted)
    score_serially(folder)
    return tiny


def copied(tiny, folder):
    """The same build elsewhere, for tests that change it."""
    shutil.copytree(tiny.path, folder)
    return Tiny(open_store(folder), folder, tiny.state, tiny.wanted)


def tables(tiny, name, kind):
    """A cut's index of the ``kept`` or the ``dropped``."""
    return pq.read_table(sorted((tiny.path / f"cuts/{name}/index").glob(f"{kind}-*.parquet")))


def samples(tiny, name, side):
    """A cut's samples of a side, as training reads them."""
    return np.load(tiny.path / sample_file(name, side), mmap_mode="r")
