"""Composed scenes with exact ground truth, in the official layouts of PhraseCut and COCO."""

from __future__ import annotations

from ieiw.synthetic.make import SceneSummary, make_scenes
from ieiw.synthetic.scene import Scene, render

__all__ = ["Scene", "SceneSummary", "make_scenes", "render"]
