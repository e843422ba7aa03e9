"""``ieiw audit``."""

from __future__ import annotations

from typing import Annotated

import typer

from ieiw.apps.console import AsJson, Out, print_json, say
from ieiw.triplets.errors import human_bytes


def audit(
    build: Annotated[str, typer.Argument(help="Folder or URL of a complete build.", show_default=False)],
    cut: Annotated[str, typer.Option("--cut", help="Name of a cut; none for the build as a whole.")] = "",
    against: Annotated[str, typer.Option("--against", help="Another build, to measure drift against.")] = "",
    each: Annotated[int, typer.Option(min=1, max=200, help="Triplets on a contact sheet.")] = 12,
    inline: Annotated[int, typer.Option(min=0, help="Megabytes of thumbnails in the page; more lie beside it.")] = 12,
    serve: Annotated[bool, typer.Option("--serve", help="Show it live, thresholds to be moved, on 127.0.0.1.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of --serve; 0 takes a free one.")] = 0,
    out: Out = "",
    as_json: AsJson = False,
) -> None:
    """Write one HTML page about a cut: what was dropped and why, distributions, thresholds, pictures, drift."""
    from ieiw.apps.audit.page import Written, write
    from ieiw.pipelines.audit.run import Audit, Options
    from ieiw.pipelines.audit.run import audit as gather
    from ieiw.pipelines.engine.lock import beside
    from ieiw.triplets.layout.borrowed import borrow, check_writable
    from ieiw.triplets.storage.store import open_store

    build = borrow(build, out) if out else build
    options = Options(each=each, inline_bytes=inline * 10**6)

    def report() -> tuple[Audit, Written]:
        store = open_store(build)
        check_writable(store)
        with beside(store, "audit"):  # a page of a picture that is taken down meanwhile would stay
            result = gather(build, cut or None, against or None, options, lambda what: say(f"{what} …"))
            return result, write(store, result, options)

    if serve:
        from ieiw.apps.audit.live import show

        show(build, cut, report, port)
        return
    result, written = report()
    place = open_store(build).location
    page = f"{place}/{written.page}"
    balanced = all(check.holds for check in result.figures.books.checks)
    if as_json:
        books = result.figures.books
        counts = {name: getattr(books, name) for name in ("planned", "rejected", "built", "dropped", "kept", "train")}
        print_json(
            {
                "page": page,
                "data": f"{place}/{written.data}",
                "rows": f"{place}/{written.rows}",
                "page_bytes": written.page_bytes,
                "balanced": balanced,
                **counts,
                "validation": books.validation,
            }
        )
    say(f"{page}    {human_bytes(written.page_bytes)}, {written.inline:,} pictures in it, {written.linked:,} beside it")
    for check in result.figures.books.checks:
        if not check.holds:
            say(f"does not add up: {check.text}. Find the damage: ieiw lint {build}")
    if not balanced:
        raise typer.Exit(1)
