"""``ieiw doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

from ieiw.apps.console import AsJson, print_json, print_table, say


def doctor(
    place: Annotated[
        str, typer.Argument(help="A folder or URL to build in: what it can is tried with small files.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Check this machine: versions, cores, memory, disk, GPU, model weights, and that workers start; and a place to build in."""
    from ieiw.apps.doctor import examine

    checks = examine(place)
    if as_json:
        print_json({"ok": all(check.good for check in checks), "checks": [check.as_json() for check in checks]})
    else:
        rows = [["ok" if check.good else "NO", check.name, check.found] for check in checks]
        print_table("This machine", ["", "what", "found"], rows)
        for check in checks:
            if not check.good:
                say(f"{check.name}: {check.remedy}")
    if not all(check.good for check in checks):
        raise typer.Exit(1)
