"""``ieiw plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from apps.console import AsJson, Changes, human_bytes, human_time, print_json, print_table, say


def plan(
    recipe: Annotated[Path, typer.Argument(help="The recipe, a YAML file.", show_default=False)],
    out: Annotated[str, typer.Option("--out", help="Write the plan here, for `ieiw build` to go on from.")] = "",
    changes: Changes = None,
    as_json: AsJson = False,
) -> None:
    """Count records, attempts, bytes and time of a recipe before anything runs."""
    from pipelines.estimate import estimate
    from pipelines.recipe import load_recipe

    lines = estimate(load_recipe(recipe, changes or ()), out)
    if as_json:
        print_json({"out": out, "sources": [line.model_dump() for line in lines]})
        return
    rows = [
        [
            line.name,
            line.records,
            line.faults,
            line.attempts,
            line.units,
            human_bytes(line.bytes),
            human_time(line.core_seconds),
        ]
        for line in lines
    ]
    columns = ["source", "records", "faulty", "attempts", "units", "size, about", "time on one core, about"]
    print_table("Plan", columns, rows)
    say(
        f"written to {out}; build it: ieiw build {recipe} --out {out}"
        if out
        else "nothing was written (give --out to keep it)"
    )
