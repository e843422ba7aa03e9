"""Watermark removal: source carries a watermark, target is the same picture without it."""

from __future__ import annotations

from ieiw.builders.record_kinds import Kind
from ieiw.builders.tasks._restoration import Restoration


class WatermarkRemoval(Restoration):
    """Watermark removal of the paper's low-level group (CLWD). Whole pictures by default: a cut might miss the mark."""

    name = "watermark-removal"
    needs = frozenset({Kind.WATERMARKED})
    default_view = "scaled"
