"""``ieiw export``: a cut in a layout that other programs load. The folder appears whole or not at all."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.cut.dataset_card import card
from ieiw.pipelines.export import croissant, fiftyone, parquet, table
from ieiw.pipelines.export.samples import OpenCut, open_cut
from ieiw.triplets.errors import UsageError

LAYOUTS = ("hf", "croissant", "fiftyone", "csv")
Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """Where an export lies, how many triplets (of a CSV: attempts) it holds, and its files below that folder, sorted."""

    folder: Path
    rows: int
    files: tuple[str, ...]


def export(location: str, cut: str, to: str, out: str | Path, report: Report = lambda _: None) -> Exported:
    """Write a cut as ``hf``, ``croissant``, ``fiftyone`` or ``csv``.

    Pictures are the very bytes of the shards, each compared with its digest. A run that is stopped leaves ``OUT.partial``, and the
    next one begins anew.

    Args:
        location: a complete build, folder or URL.
        cut: name of a cut of it as it is now.
        to: one of :data:`LAYOUTS`.
        out: folder that does not exist, or is empty.
        report: told how many rows are written.

    Raises:
        UsageError: an unknown layout or cut, one that is older than the build or keeps nothing, a shard that changed, a folder
            that holds something.
    """
    if to not in LAYOUTS:
        raise UsageError(f"no layout is called {to!r}. Known: {', '.join(LAYOUTS)}")
    opened, folder = open_cut(location, cut), Path(out).expanduser()
    if "://" in str(out):
        raise UsageError(f"{out}: an export goes into a folder of this machine; copy it on from there")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: holds something already. Give a folder that does not exist yet")
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    rows = _WRITERS[to](opened, partial, report)
    partial.replace(folder)  # an empty folder makes way
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return Exported(folder, rows, tuple(files))


def _hugging_face(cut: OpenCut, folder: Path, report: Report) -> int:
    written = parquet.write(cut, folder, report)
    text = card(cut.state, RuleSet.model_validate(cut.state.rules), _by_side(written.counts), "parquet")
    (folder / "README.md").write_text(text, encoding="utf-8")
    (folder / croissant.FILE).write_bytes(croissant.croissant(cut.state, written))
    return written.counts.total()


def _croissant(cut: OpenCut, folder: Path, report: Report) -> int:
    written = parquet.write(cut, folder, report)
    (folder / croissant.FILE).write_bytes(croissant.croissant(cut.state, written))
    return written.counts.total()


def _by_side(counts: Counter[tuple[str, str, str]]) -> list[tuple[str, str, int, int]]:
    """Source, task, rows for training, rows for validation."""
    pairs = sorted({(source, task) for source, task, _ in counts})
    return [(*pair, counts[*pair, "train"], counts[*pair, "validation"]) for pair in pairs]


_WRITERS: dict[str, Callable[[OpenCut, Path, Report], int]] = {
    "hf": _hugging_face,
    "croissant": _croissant,
    "fiftyone": fiftyone.write,
    "csv": table.write,
}
