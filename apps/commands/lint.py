"""``ieiw lint``."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from ieiw.apps.console import AsJson, print_json, print_table, say


def lint(
    build: Annotated[str, typer.Argument(help="Folder or URL of a build.", show_default=False)],
    fast: Annotated[bool, typer.Option("--fast", help="Verify digests and offsets, but decode no picture.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = os.cpu_count() or 1,
    as_json: AsJson = False,
) -> None:
    """Re-count a build from its files and verify every digest; exit 1 where anything is wrong."""
    from ieiw.pipelines.lint.run import lint as run_lint

    found = run_lint(build, fast=fast, workers=workers)
    if as_json:
        print_json(found.as_json())
    else:
        rows = [[name, c.attempts, c.built, c.rejected, c.shards] for name, c in found.sources.items()]
        print_table("Counted", ["source", "attempts", "triplets", "rejects", "shards"], rows)
        for finding in found.findings[:50]:
            say(f"{finding.kind}: {finding.where}: {finding.detail}")
        if len(found.findings) > 50:
            say(f"… and {len(found.findings) - 50} more")
        say("the books balance, every digest is right" if found.ok else f"{len(found.findings)} findings")
    if not found.ok:
        raise typer.Exit(1)
