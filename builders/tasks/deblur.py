"""Deblurring: source is the blurred frame, target is the sharp one."""

from __future__ import annotations

from ieiw.builders.record_kinds import Kind
from ieiw.builders.tasks._restoration import Restoration


class Deblur(Restoration):
    """Deblurring of the paper's low-level group (GoPro, REDS)."""

    name = "deblur"
    needs = frozenset({Kind.BLURRED})
