"""``ieiw edit``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ieiw.apps.console import say
from ieiw.models.diffusion.conditioning import Scheme


def edit(
    picture: Annotated[Path, typer.Argument(help="Picture to edit.", show_default=False)],
    instruction: Annotated[str, typer.Argument(help='What to do, such as "Remove the red car."', show_default=False)],
    model: Annotated[
        Path, typer.Option(help="A run of `ieiw train`, a checkpoint, a folder for diffusers, or a single file.")
    ],
    out: Annotated[Path, typer.Option(help="Picture to write (.png or .jpg).")],
    steps: Annotated[int, typer.Option(min=1, help="Denoising steps.")] = 50,
    seed: Annotated[int, typer.Option(help="Of the noise.")] = 0,
    guidance: Annotated[
        float | None, typer.Option(min=0.0, help="Towards the instruction; by default what fits the model's dropout.")
    ] = None,
    image_guidance: Annotated[float | None, typer.Option(min=0.0, help="Towards the picture; likewise.")] = None,
    dropout: Annotated[
        Scheme | None, typer.Option(help="Conditions the model was trained without, where it does not tell.")
    ] = None,
    short_side: Annotated[int | None, typer.Option(min=16, help="Pixels; by default what the model knows.")] = None,
) -> None:
    """Edit a picture by an instruction."""
    from ieiw.triplets.errors import UsageError
    from ieiw.triplets.images.codec import encoder

    extension = out.suffix.lower().lstrip(".").replace("jpeg", "jpg")
    if extension not in {"png", "jpg"}:
        raise UsageError(f"--out {out}: end it in .png or .jpg")
    if not instruction.strip():
        raise UsageError('the instruction is empty: say what to do, such as "Remove the red car."')
    from ieiw.models.diffusion.editor import Editor, EditSettings, read_picture

    before = read_picture(picture)
    editor = Editor(model, say, dropout)
    say(f"editing {picture} with {editor.folder}")
    edited = editor.edit(before, instruction, EditSettings(steps, seed, guidance, image_guidance, short_side))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(encoder("png" if extension == "png" else "jpg")(edited).data)
    say(f"edited: {out}")
