"""Input for the benchmarks: a PhraseCut folder of drawn scenes, made once a run."""

from __future__ import annotations

from pathlib import Path

from builders.scenes import make_scenes

from pipelines.recipe import Recipe


def scenes(folder: Path, count: int) -> Path:
    """Draw scenes; returns the PhraseCut root. 640 x 480, about the size of real photographs."""
    make_scenes(folder, count, seed=1, size=(640, 480))
    return folder / "VGPhraseCut_v0"


def recipe(root: Path, *, backend: str, short_side: int = 256, unit_bytes: str = "4MB", variants: int = 1) -> Recipe:
    """Removal and addition of everything that is there."""
    return Recipe.model_validate(
        {
            "image": {"short_side": short_side},
            "unit_bytes": unit_bytes,
            "sources": [
                {
                    "name": "phrasecut",
                    "root": str(root),
                    "tasks": ["removal", "addition"],
                    "variants": variants,
                    "max_reject_share": 1,
                    "region": {"pairs_per_picture": 1000, "min_share": 0.0005, "min_side": 2},
                }
            ],
            "backends": {"inpaint": backend},
        }
    )
