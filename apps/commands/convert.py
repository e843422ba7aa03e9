"""``ieiw convert``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ieiw.apps.console import say
from ieiw.models.diffusion.conditioning import Scheme


def convert(
    model: Annotated[str, typer.Argument(help="A folder in diffusers' layout, or a .ckpt or .safetensors.")],
    out: Annotated[
        Path, typer.Option(help="A new .ckpt or .safetensors in InstructDiffusion's names, or a new folder.")
    ],
    dropout: Annotated[
        Scheme | None,
        typer.Option(help="Conditions the model was trained without, for a folder to tell; a single file cannot."),
    ] = None,
) -> None:
    """Write a model in the other layout: a folder for diffusers, or a single file for InstructDiffusion's own scripts."""
    from ieiw.triplets.errors import UsageError

    if out.exists():
        raise UsageError(f"--out {out}: exists. Give a new name")
    from ieiw.models.diffusion.components import load_parts
    from ieiw.models.diffusion.ldm import write_file

    parts = load_parts(model)
    parts.scheme = dropout or parts.scheme
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix in {".ckpt", ".safetensors"}:
        write_file(out, parts.unet, parts.vae, parts.text)
    else:
        parts.save_pretrained(out)
    say(f"written: {out}")
