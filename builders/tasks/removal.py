"""Removal: the phrase's region goes; source is the picture, target is the picture without it."""

from __future__ import annotations

from ieiw.builders.tasks._erasure import Erasure


class Removal(Erasure):
    """IEIW's object removal (InstructDiffusion, section 3.1: PhraseCut regions inpainted by LaMa)."""

    name = "removal"
