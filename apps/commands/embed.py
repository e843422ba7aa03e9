"""``ieiw embed``."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from ieiw.apps.console import AsJson, Bar, Changes, Out, chosen, print_json, say


def embed(
    context: typer.Context,
    build: Annotated[str, typer.Argument(help="Folder or URL of a complete build.", show_default=False)],
    embedder: Annotated[str, typer.Option("--with", help="Embedder by name; `ieiw doctor` lists them.")] = "clip-l14",
    changes: Changes = None,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes; each holds the model.")] = os.cpu_count() or 1,
    out: Out = "",
    as_json: AsJson = False,
) -> None:
    """Embed every distinct picture and instruction once; stop it and run it again at will. Unknown flags go to Beam."""
    from ieiw.pipelines.embed.run import embed as run_embed
    from ieiw.pipelines.engine.run import RunOptions
    from ieiw.triplets.layout.borrowed import borrow

    build = borrow(build, out) if out else build
    settings = chosen(changes, "weights=open_clip_model.safetensors")
    say(f"embedding {build} with {embedder}")
    bar = Bar("embedding")
    with bar.shown():
        options = RunOptions(workers=workers, beam_args=tuple(context.args))
        result = run_embed(build, embedder, settings, options, bar.update)
    if as_json:
        print_json(
            {
                "pictures": result.pictures,
                "texts": result.texts,
                "set_aside": list(result.set_aside),
                "stand_in": result.stand_in,
                "seconds": round(result.progress.seconds, 1),
            }
        )
        return
    kind = " (a stand-in, no trained model)" if result.stand_in else ""
    say(f"{result.pictures:,} pictures and {result.texts:,} instructions embedded by {embedder}{kind}")
    for unit in result.set_aside:
        say(f"{unit}. To try it again, remove {build}/embeddings/{embedder} and embed again")
