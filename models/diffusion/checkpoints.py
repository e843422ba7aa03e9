"""Which folders of a training run are whole checkpoints."""

from __future__ import annotations

from pathlib import Path

STATE = "train_state.pt"
"""Written into a checkpoint beside the pipeline: what training goes on from. A folder without it is no whole checkpoint."""


def checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints, oldest first."""
    return sorted(path for path in folder.glob("step-*") if (path / STATE).is_file())
