"""Denoising: source is the noisy picture, target is the clean one."""

from __future__ import annotations

from ieiw.builders.record_kinds import Kind
from ieiw.builders.tasks._restoration import Restoration


class Denoise(Restoration):
    """Denoising of the paper's low-level group (SIDD)."""

    name = "denoise"
    needs = frozenset({Kind.NOISY})
