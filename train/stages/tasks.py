"""Task training: all data by weight, source and instruction in, target out. The paper's second stage and its main one."""

from __future__ import annotations

from ieiw.train.stages.stage import Stage

TASKS = Stage(ema=0.9999, epochs=None, from_scratch=True)
"""InstructDiffusion's average; it warms up, and its run was 200 epochs of 955,000 samples."""
