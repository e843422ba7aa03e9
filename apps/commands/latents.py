"""``ieiw latents``."""

from __future__ import annotations

from typing import Annotated

import typer

from ieiw.apps.console import AsJson, Bar, print_json, say
from ieiw.triplets.errors import human_bytes


def latents(
    context: typer.Context,
    cut: Annotated[str, typer.Argument(help="Folder or URL of a cut, such as out/cuts/NAME.", show_default=False)],
    model: Annotated[
        str,
        typer.Option(help="Whose autoencoder: a folder, .ckpt or .safetensors, as model.start.", show_default=False),
    ],
    size: Annotated[int, typer.Option(min=16, max=2048, help="Of the square pictures, in pixels; as data.size.")] = 256,
    twins: Annotated[bool, typer.Option(help="Mirrored pictures too; where data.flip is 0 none are needed.")] = True,
    batch: Annotated[int, typer.Option(min=1, help="Samples at once.")] = 8,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Worker processes; each holds the autoencoder. One a core; one where there is a GPU."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Keep what an autoencoder makes of a cut's pictures, for `data.latents: true`. Unknown flags go to Beam."""
    from ieiw.pipelines.engine.run import RunOptions
    from ieiw.pipelines.latents.run import default_workers, encode

    say(f"latents of {cut} at {size} pixels by the autoencoder of {model}")
    options = RunOptions(workers=workers or default_workers(device), beam_args=tuple(context.args))
    bar = Bar("encoding")
    with bar.shown():
        made = encode(cut, model, size, twins=twins, batch=batch, device=device, options=options, report=bar.update)
    if as_json:
        print_json(
            {
                "kind": made.kind,
                "samples": made.samples,
                "bytes": made.stored_bytes,
                "set_aside": dict(made.set_aside),
                "seconds": round(made.progress.seconds, 1),
            }
        )
        return
    say(f"latents of {made.samples:,} samples: {human_bytes(made.stored_bytes)} in {cut}/latents/{made.kind}-*")
    for file, text in made.set_aside.items():
        say(f"{file}: {text}. To try it again, remove it and run this again")
