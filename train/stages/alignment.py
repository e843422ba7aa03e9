"""Alignment: the trained model goes on with the edits that people chose, some thousand of them. The paper's third stage."""

from __future__ import annotations

from ieiw.train.stages.stage import Stage

ALIGNMENT = Stage(ema=0.99, epochs=10, from_scratch=False)
"""The paper's ten epochs; an average as long as the main stage's would still hold the model from before."""
