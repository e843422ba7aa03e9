"""Composed scenes with exact ground truth, in the official layouts of PhraseCut and COCO."""

from __future__ import annotations

from builders.scenes.make import SceneSummary, make_scenes
from builders.scenes.scene import Scene, render

__all__ = ["Scene", "SceneSummary", "make_scenes", "render"]
