"""Where a training run keeps its checkpoints, for those who go on from one and those who only edit with it."""

from __future__ import annotations

from pathlib import Path

STATE = "train_state.pt"
"""What training needs beside the pipeline; every whole checkpoint holds it."""


def checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints, oldest first."""
    return sorted(path for path in folder.glob("step-*") if (path / STATE).is_file())
