"""``ieiw takedown``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ieiw.apps.console import AsJson, print_json, say

if TYPE_CHECKING:
    from ieiw.triplets.layout.takedown import TakeDown

Wishes = list[str] | None


def takedown(
    build: Annotated[str, typer.Argument(help="Folder or URL of a complete build.", show_default=False)],
    sha256: Annotated[
        Wishes, typer.Option("--sha256", metavar="HEX", help="A picture by its file's digest, official or in a shard.")
    ] = None,
    url: Annotated[Wishes, typer.Option("--url", help="A picture by the address that its record names.")] = None,
    record: Annotated[
        Wishes, typer.Option("--record", metavar="[SOURCE/]RECORD", help="The picture of a record, by its official id.")
    ] = None,
    gallery: Annotated[
        Wishes, typer.Option("--gallery", metavar="GALLERY", help="A gallery that loses the pictures too.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would go; change nothing.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Finish what was stopped, and take down no more.")] = False,
    take_over: Annotated[bool, typer.Option(help="Do it although another driver holds the lock.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a picture and all that was made of it, for good: triplets, rows, scores, cuts, audits. Leaves a proof."""
    from ieiw.pipelines.takedown.run import Asked, look, take_down
    from ieiw.pipelines.takedown.run import resume as go_on

    asked = Asked(tuple(digest.lower() for digest in sha256 or ()), tuple(url or ()), tuple(record or ()))
    if resume:
        done = go_on(build, say, take_over=take_over)
        if not done:
            say("nothing was stopped here")
    elif dry_run:
        done = [look(build, asked, gallery or ())]
    else:
        done = [take_down(build, asked, say, galleries=gallery or (), take_over=take_over)]
    if as_json:
        print_json({"dry_run": dry_run, "taken": [summary(each) for each in done]})
        return
    for each in done:
        _show(each, build, dry_run)


def summary(taken: TakeDown) -> dict[str, object]:
    """The proof in short."""
    return {
        "proof": taken.file,
        "pictures": list(taken.pictures),
        "triplets": taken.triplets,
        "rejects": taken.rejects,
        "units": len(taken.units),
        "keys": list(taken.keys),
        "galleries": taken.galleries,
    }


def _show(taken: TakeDown, build: str, dry_run: bool) -> None:
    would = "would go" if dry_run else "are gone"
    say(
        f"{taken.triplets:,} triplets and what was known of {taken.rejects:,} rejects {would}, in {len(taken.units):,} units"
    )
    for place, count in taken.galleries.items():
        say(f"{count:,} vectors {would} in the gallery {place}")
    if not dry_run:
        say(f"proof: {build}/{taken.file}    cuts are rewritten; pages of audits are removed: make them again")
