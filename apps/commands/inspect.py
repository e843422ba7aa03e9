"""``ieiw inspect``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ieiw.apps.console import AsJson, print_json, print_table, say

if TYPE_CHECKING:
    from ieiw.apps.listing import Wanted
    from ieiw.triplets.layout.build_state import BuildState
    from ieiw.triplets.storage.store import Store


def inspect(
    build: Annotated[str, typer.Argument(help="Folder or URL of a build.", show_default=False)],
    key: Annotated[str, typer.Argument(help="A key, or the start of one; none to list what the filters leave.")] = "",
    sheet: Annotated[
        Path | None, typer.Option(help="Write a contact sheet of what the filters leave, or one triplet's picture.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Of this source; may be given often.", rich_help_panel="Filters")
    ] = None,
    task: Annotated[
        list[str] | None, typer.Option(help="Of this task; may be given often.", rich_help_panel="Filters")
    ] = None,
    record: Annotated[
        list[str] | None, typer.Option(help="Of this record; may be given often.", rich_help_panel="Filters")
    ] = None,
    reason: Annotated[
        list[str] | None,
        typer.Option(help="Rejected for this reason, or dropped by this rule of --cut.", rich_help_panel="Filters"),
    ] = None,
    verdict: Annotated[
        str, typer.Option(help="built or rejected; kept or dropped by --cut.", rich_help_panel="Filters")
    ] = "",
    cut: Annotated[
        str, typer.Option(metavar="NAME", help="A cut: what it kept, what it dropped.", rich_help_panel="Filters")
    ] = "",
    count: Annotated[int, typer.Option(min=1, help="Listed, or shown on the sheet, at most.")] = 24,
    panel: Annotated[int, typer.Option(min=160, max=2048, help="Longer side of a picture on the sheet, pixels.")] = 208,
    seed: Annotated[int, typer.Option(help="Which triplets the sheet shows.")] = 0,
    as_json: AsJson = False,
) -> None:
    """List triplets and rejects, show all that is known of one, or look at many on a contact sheet."""
    from ieiw.apps.drawing import check_ending
    from ieiw.apps.listing import Wanted
    from ieiw.triplets.layout.build_state import require_state
    from ieiw.triplets.storage.store import open_store

    if sheet is not None:
        check_ending(sheet)
    store = open_store(build)
    state = require_state(store)
    wanted = Wanted(source or (), task or (), record or (), reason or (), verdict, cut)
    if key:
        _one(store, key, sheet, as_json)
    elif sheet is None:
        _list(store, state, wanted, count, as_json)
    else:
        _draw(store, state, wanted, sheet, (count, seed, panel), as_json)


def _one(store: Store, key: str, sheet: Path | None, as_json: bool) -> None:
    from ieiw.apps.inspect_triplet import find, picture
    from ieiw.apps.triplet_text import describe

    details = find(store, key)
    if as_json:
        print_json(details.as_json())
    else:
        print(describe(details))
    if sheet is not None:
        say(f"picture: {picture(store, details, sheet)}")


def _list(store: Store, state: BuildState, wanted: Wanted, count: int, as_json: bool) -> None:
    from ieiw.apps.listing import listed

    total, rows = listed(store, state, wanted, count)
    if as_json:
        print_json({"matching": total, "listed": rows})
        return
    title = f"{len(rows):,} of {total:,}{'' if len(rows) == total else '; more with --count'}"
    columns = ["key", "task", "record", "verdict", "reason", "text"]
    print_table(title, columns, [[row[name] for name in columns] for row in rows], is_result=True)


def _draw(
    store: Store, state: BuildState, wanted: Wanted, sheet: Path, sizes: tuple[int, int, int], as_json: bool
) -> None:
    from ieiw.apps.sheet import choose, contact_sheet
    from ieiw.triplets.errors import UsageError

    count, seed, panel = sizes
    rows = choose(store, state, count, seed, wanted)
    if not rows:
        raise UsageError(f"{store.location}: no triplet fits these filters, so there is nothing to draw")
    written = contact_sheet(store, state, rows, sheet, panel)
    if as_json:
        print_json({"sheet": str(written)})
    else:
        say(f"contact sheet: {written}")
