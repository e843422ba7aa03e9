"""A tiny build with all its scores, made without Beam."""

import shutil
from unittest.mock import patch

from ieiw.pipelines.scoring.run import score
from ieiw.triplets.storage.store import open_store
from tests.support.builds import drive_here
from tests.support.tiny_build import Tiny, Wanted, tiny_build

WANTED = Wanted(pictures=12, size=(96, 64))


def score_serially(location, names=None):
    """Score everything (or what is named) in this process."""

    with patch("ieiw.pipelines.engine.run.run_driver", drive_here):
        score(str(location), names)


def scored_build(folder, wanted=WANTED):
    """Build and score."""
    tiny = tiny_build(folder, wanted)
    score_serially(folder)
    return tiny


def copied(tiny, folder):
    """The same build elsewhere, for tests that change it."""
    shutil.copytree(tiny.path, folder)
    return Tiny(open_store(folder), folder, tiny.state, tiny.wanted)
