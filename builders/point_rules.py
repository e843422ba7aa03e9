"""What a recipe may ask of the key-point task: ``task_options: {keypoints: {…}}``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ieiw.builders.options import Options


class PointRules(Options):
    """Options of the task. Shares are of the shorter side of the view, radii are those of the circles."""

    view: Literal["person", "whole"] = "person"
    """A crop around the person, as the paper's; or the whole picture, with words that say who is meant."""
    margin: float = Field(default=1.25, ge=1, le=4)
    """Side of the square crop, in longer sides of the person's box; it is moved into the picture, and cut where it is larger."""
    radius: float = Field(default=10 / 256, gt=0, le=0.2)
    """Of the circles; the paper's release draws 10 pixels at 256."""
    apart: float = Field(default=2.1, ge=1.5, le=20)
    """Least distance of two chosen joints, in radii: from 2 on circles do not overlap."""
    most: int = Field(default=5, ge=1, le=8)
    """From one to so many joints a triplet."""
    hidden: bool = True
    """Whether joints that are labelled but cannot be seen may be asked for, as in the paper; within the person's box only."""
    unlabelled: float = Field(default=0.0, ge=0, le=1)
    """Share of triplets that also name one joint that nobody labelled, and draw nothing for it (the release's negatives)."""
    unclear: Literal["refuse", "keep"] = "refuse"
    """What to do where no words tell the person from others in view; ``keep`` says "the person", as the release does."""
    min_side: int = Field(default=64, ge=16)
    """Least pixels of the view's shorter side; views are scaled down to ``short_side``, never up."""
    min_person: float = Field(default=0.35, ge=0, le=1)
    """In whole pictures: least length of the person's box; circles as large as a head say little."""
    palette: Literal["default", "release-keypoints"] = "default"
    """Which colours: ours, or the nine of the InstructDiffusion release, whose green is another one."""
    instructions: Literal["natural", "simple"] = "natural"
    """Sentences, or the paper's simple indicators with one fixed colour a joint."""
