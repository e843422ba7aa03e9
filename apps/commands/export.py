"""``ieiw export``."""

from __future__ import annotations

from typing import Annotated

import typer

from ieiw.apps.console import AsJson, Bar, print_json, say

HINTS = {
    "hf": 'datasets.load_dataset("{0}"), or upload the folder to the Hub',
    "croissant": 'mlcroissant.Dataset("{0}/croissant.json")',
    "fiftyone": 'fiftyone.Dataset.from_dir("{0}", dataset_type=fiftyone.types.LegacyFiftyOneDataset)',
    "csv": "{0}/rows.csv",
}


def export(
    build: Annotated[str, typer.Argument(help="Folder or URL of a complete build.", show_default=False)],
    cut: Annotated[str, typer.Option("--cut", help="Name of the cut.", show_default=False)],
    to: Annotated[str, typer.Option("--to", metavar="|".join(HINTS), help="Layout.", show_default=False)],
    out: Annotated[str, typer.Option("--out", metavar="FOLDER", help="A new folder.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Write a cut for other programs: Hugging Face datasets, Croissant, FiftyOne, or a CSV of verdicts and scores."""
    from ieiw.pipelines.engine.progress import Progress
    from ieiw.pipelines.export.run import export as run_export
    from ieiw.triplets.layout.cut_state import load_cut
    from ieiw.triplets.storage.store import open_store

    kept = load_cut(open_store(build), cut).kept
    say(f"exporting cut {cut} of {build} to {out} ({to})")
    bar = Bar("exporting")
    with bar.shown():
        done = run_export(
            build, cut, to, out, lambda rows: bar.update(Progress(units=max(kept, rows), done_units=rows))
        )
    if as_json:
        print_json({"out": str(done.folder), "to": to, "rows": done.rows, "files": list(done.files)})
        return
    say(f"{done.rows:,} rows in {done.folder}: {HINTS[to].format(done.folder)}")
