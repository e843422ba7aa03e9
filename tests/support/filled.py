"""A gallery with cells and several parts, small enough to be made in a second.

``python -c PROGRAM FOLDER WORKERS KILL`` makes it in a process of its own, which dies once KILL parts are filled.
"""

from ieiw.models.gallery import choice
from ieiw.pipelines.engine.run import RunOptions
from ieiw.pipelines.gallery.indexing import Means
from ieiw.pipelines.gallery.run import Filled, build
from ieiw.triplets.layout import gallery_writing
from tests.support.fillings import directions, filling

PARTS = 6
VECTORS = directions(900, 32)
PROGRAM = """
import os, sys
import pytest
from tests.support.filled import make, small
place, workers, kill = sys.argv[1:]
with pytest.MonkeyPatch.context() as patch:
    small(patch)
    make(place, int(workers), lambda progress: progress.done_units >= int(kill) and os.kill(os.getpid(), 9))
"""


def small(monkeypatch):
    """Cells from 301 vectors on, and parts of 150."""
    monkeypatch.setattr(choice, "FLAT_UP_TO", 300)
    monkeypatch.setattr(gallery_writing, "ROWS_PER_PART", len(VECTORS) // PARTS)


def make(place, workers=1, report=lambda _: None) -> Filled:
    """Make it, or go on with it."""
    return build(str(place), filling(VECTORS), Means(options=RunOptions(workers), report=report))
