"""``ieiw inspect``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ieiw.apps.console import AsJson, print_json, say


def inspect(
    build: Annotated[str, typer.Argument(help="Folder or URL of a build.", show_default=False)],
    key: Annotated[str, typer.Argument(help="A key, or the start of one; none for the build as a whole.")] = "",
    sheet: Annotated[Path | None, typer.Option(help="Write a contact sheet (or one triplet's picture) here.")] = None,
    count: Annotated[int, typer.Option(min=1, help="Triplets on the sheet.")] = 24,
    seed: Annotated[int, typer.Option(help="Which triplets the sheet shows.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Show all that is known of one triplet or reject, or look at many on a contact sheet."""
    from ieiw.apps.drawing import check_ending
    from ieiw.apps.inspect_triplet import find, picture
    from ieiw.apps.triplet_text import describe
    from ieiw.triplets.layout.build_state import require_state
    from ieiw.triplets.storage.store import open_store

    if sheet is not None:
        check_ending(sheet)
    store = open_store(build)
    state = require_state(store)
    if key:
        details = find(store, key)
        if as_json:
            print_json(details.as_json())
        else:
            print(describe(details))
        if sheet is not None:
            say(f"picture: {picture(store, details, sheet)}")
        return
    if sheet is None:
        say("give a KEY, or --sheet FILE for a contact sheet")
        raise typer.Exit(2)
    from ieiw.apps.sheet import choose, contact_sheet

    written = contact_sheet(store, state, choose(store, state, count, seed), sheet)
    if as_json:
        print_json({"sheet": str(written)})
    else:
        say(f"contact sheet: {written}")
