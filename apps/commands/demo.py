"""``ieiw demo``: the main job from end to end on scenes the project draws itself."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from apps.console import Bar, say


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for everything the demo makes.")] = Path("demo-out"),
    count: Annotated[int, typer.Option(min=4, help="Scenes to draw.")] = 120,
    seed: Annotated[int, typer.Option(help="Of scenes and build.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = os.cpu_count() or 1,
) -> None:
    """Scenes, plan, build, lint, contact sheet."""
    from apps.commands.build import show
    from builders.scenes import make_scenes
    from pipelines.build import Options, build
    from pipelines.estimate import estimate
    from pipelines.lint import lint
    from pipelines.recipe import Recipe
    from triplets.storage import open_store

    started = time.monotonic()
    scenes, result_folder, sheet = out / "scenes", out / "build", out / "contact-sheet.png"
    say(f"1/5 drawing {count} scenes into {scenes}")
    make_scenes(scenes, count, seed, workers=workers)
    recipe = Recipe.model_validate(
        {
            "seed": seed,
            "unit_bytes": "8MB",
            "sources": [
                {"name": "phrasecut", "root": str(scenes / "VGPhraseCut_v0"), "tasks": ["removal", "addition"]},
            ],
        }
    )
    line = estimate(recipe, str(result_folder))[0]
    say(f"2/5 planned: {line.records:,} records, {line.attempts:,} attempts, {line.units} units")
    say(f"3/5 building into {result_folder}")
    bar = Bar()
    with bar.shown():
        result = build(recipe, result_folder, Options(workers=workers), bar.update)
    show(result, str(result_folder))
    say("4/5 re-counting from the files")
    found = lint(result_folder, workers=workers)
    if not found.ok:
        say("\n".join(f"{finding.kind}: {finding.where}: {finding.detail}" for finding in found.findings))
        raise typer.Exit(1)
    say("    the books balance, every digest is right")
    from apps.sheet import choose, contact_sheet

    store = open_store(result_folder)
    contact_sheet(store, result.state, choose(store, result.state, 16, seed), sheet)
    say(f"5/5 contact sheet: {sheet.resolve()}    ({time.monotonic() - started:.0f} s in all)")
    if sys.stdout.isatty() and os.environ.get("DISPLAY"):
        typer.launch(str(sheet))
