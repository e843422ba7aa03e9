"""A tiny build with all its scores, made without Beam."""

import shutil
from unittest.mock import patch

from pipelines.score import score
from pipelines.score_unit import UnitScorer
from tests.support.tiny_build import Tiny, Wanted, tiny_build
from triplets.storage import open_store

WANTED = Wanted(pictures=12, size=(96, 64))


def score_serially(location):
    """Score everything in this process."""

    def run(store, refs, beam_args, log, poll, work):
        scorer = UnitScorer(store.location, None, work.options)
        for ref in refs:
            scorer.work(ref)

    with patch("pipelines.score.run_driver", run):
        score(str(location))


def scored_build(folder, wanted=WANTED):
    """Build and score."""
    tiny = tiny_build(folder, wanted)
    score_serially(folder)
    return tiny


def copied(tiny, folder):
    """The same build elsewhere, for tests that change it."""
    shutil.copytree(tiny.path, folder)
    return Tiny(open_store(folder), folder, tiny.state, tiny.wanted)
