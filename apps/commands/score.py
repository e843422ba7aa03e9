"""``ieiw score``."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from ieiw.apps.console import AsJson, Bar, Changes, Out, chosen, print_json, print_table, say


def score(
    context: typer.Context,
    build: Annotated[str, typer.Argument(help="Folder or URL of a complete build.", show_default=False)],
    scores: Annotated[
        str,
        typer.Option("--with", help="Scores by name, separated by commas; `embedded` for all that need no weights."),
    ] = "embedded",
    workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = os.cpu_count() or 1,
    changes: Changes = None,
    out: Out = "",
    as_json: AsJson = False,
) -> None:
    """Score every picture and pair; stop it and run it again at will. Unknown flags go to Beam."""
    from ieiw.filters.registry import embedded
    from ieiw.pipelines.engine.run import RunOptions
    from ieiw.pipelines.scoring.run import score as run_score
    from ieiw.triplets.layout.borrowed import borrow

    build = borrow(build, out) if out else build
    settings = chosen(changes, "aesthetic-v2.weights=head.pth")
    names = embedded() if scores == "embedded" else tuple(dict.fromkeys(name.strip() for name in scores.split(",")))
    say(f"scoring {build} with {', '.join(names)}")
    bar = Bar("scoring")
    with bar.shown():
        result = run_score(
            build, names, RunOptions(workers=workers, beam_args=tuple(context.args)), bar.update, settings
        )
    if as_json:
        print_json(
            {
                "values": result.values,
                "undefined": result.undefined,
                "set_aside": list(result.set_aside),
                "tallies": result.tallies,
                "seconds": round(result.progress.seconds, 1),
            }
        )
        return
    rows = [[name, count, result.undefined[name]] for name, count in result.values.items()]
    print_table("Scored", ["score", "values", "undefined"], rows)
    for name, tally in result.tallies.items():
        say(f"{name}: {', '.join(f'{count:,} {what}' for what, count in tally.items())}")
    for unit in result.set_aside:
        say(f"{unit}. To try it again, remove {build}/scores and score again")
