"""``ieiw make-scenes``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ieiw.apps.console import AsJson, print_json, say


def make_scenes(
    out: Annotated[Path, typer.Option("--out", help="Folder to write the data sets into.", show_default=False)],
    count: Annotated[int, typer.Option(min=1, help="Number of scenes.")] = 100,
    seed: Annotated[
        int, typer.Option(help="The same seed gives the same scenes; more of them start with the same ones.")
    ] = 0,
    size: Annotated[str, typer.Option(help="Width and height of the pictures in pixels.")] = "384x288",
    pairs: Annotated[
        int, typer.Option(min=0, help="How many training scenes also become pairs; as many rooms, and pets. 0: none.")
    ] = 24,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = os.cpu_count() or 1,
    as_json: AsJson = False,
) -> None:
    """Draw scenes with exact ground truth, in the official layouts of PhraseCut, COCO and others."""
    from ieiw.synthetic import make_scenes as draw
    from ieiw.synthetic.pairs import write_pairs
    from ieiw.synthetic.rooms_and_pets import write_rooms_and_pets
    from ieiw.triplets.errors import UsageError

    width, _, height = size.partition("x")
    if not (width.isdecimal() and height.isdecimal() and min(int(width), int(height)) >= 128):
        raise UsageError(f"--size {size}: give width and height, at least 128 each, such as 384x288")
    summary = draw(out, count, seed, (int(width), int(height)), workers=workers)
    used = write_pairs(out, pairs, seed) if pairs else 0
    more = write_rooms_and_pets(out, pairs, seed) if pairs else 0
    if as_json:
        print_json({**summary.as_json(), "pairs": used, "rooms_and_pets": more})
        return
    say(f"{summary.pictures} scenes, {summary.phrases} phrases, {summary.instances} instances")
    say(
        f"PhraseCut layout: {out / 'VGPhraseCut_v0'}    COCO layout: {out / 'coco'}    true backgrounds: {out / 'truth'}"
    )
    if pairs:
        say(f"{used} scenes as pairs: {out}/{{GOPRO_Large,SIDD,CLWD,GQA-Inpaint}}")
        say(f"{pairs} rooms with depth: {out / 'NYUv2'}    {pairs} pets: {out / 'Oxford-IIIT-Pet'}")
