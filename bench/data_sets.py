"""Builds every data set's small real sample and writes what came out into docs/data-sets.md.

``IEIW_REAL_DATA=/folder python -m bench.data_sets`` builds, lints, and replaces the last column of the table and the figures of
read-back; columns written by hand stay. ``--keep DIR`` keeps the builds, for ``ieiw inspect DIR --sheet FILE``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import read_back
from bench.samples import REMARKS, SAMPLES, Sample
from ieiw.builders.catalogue import DATA_SETS
from ieiw.pipelines.build.run import Options, build
from ieiw.pipelines.lint.report import SourceReport
from ieiw.pipelines.lint.run import lint
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.recipe import Recipe

PAGE = Path(__file__).parent.parent / "docs" / "data-sets.md"
_START, _END = "<!-- read-back: written by bench.data_sets -->", "<!-- end of read-back -->"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, count, read back, write the page.

    Returns:
        0; 1 where a limit of read-back was missed; 2 where the samples are not there, or a data set has no sample or no row.
    """
    parser = argparse.ArgumentParser(prog="python -m bench.data_sets", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--keep", type=Path, help="folder to build in, instead of a temporary one")
    options = parser.parse_args(arguments)
    try:
        real = Path(os.environ.get("IEIW_REAL_DATA", ""))
        if not os.environ.get("IEIW_REAL_DATA") or not real.is_dir():
            raise UsageError("IEIW_REAL_DATA: set it to the folder of real samples")
        if missing := sorted(DATA_SETS.keys() - {sample.dataset for sample in SAMPLES}):
            raise UsageError(f"bench/samples.py has no sample of {missing[0]}; add a line")
        with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
            out = options.keep or Path(folder)
            counts = build_samples(SAMPLES, real, out / "samples")
            text = with_counts(PAGE.read_text(encoding="utf-8"), cells(SAMPLES, counts))
            figures = read_back.run(real, out / "read-back")
            PAGE.write_text(with_figures(text, read_back.table(figures)), encoding="utf-8")
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    return int(not all(figure.good for figure in figures))


def build_samples(samples: Sequence[Sample], real: Path, out: Path, variants: int = 1) -> dict[str, SourceReport]:
    """Build all samples as one build at 256 pixels, and count them anew from its files.

    Returns:
        Sample's name -> counts.

    Raises:
        UsageError: the build's books do not balance, or a sample's folder is missing.
    """
    recipe = {
        "image": {"short_side": 256},
        "unit_bytes": "16MB",
        "backends": {"inpaint": "telea"},
        "sources": [sample.block(real, variants) for sample in samples],
    }
    build(Recipe.model_validate(recipe), out, Options(workers=1))
    report = lint(out)
    if not report.ok:
        raise UsageError(f"{out}: {report.findings[0].where}: {report.findings[0].detail}")
    return report.sources


def cells(samples: Iterable[Sample], counts: Mapping[str, SourceReport]) -> dict[str, str]:
    """Data set -> text of its last column: records / triplets / rejects of each sample."""
    parts: dict[str, list[str]] = {}
    for sample in samples:
        count = counts[sample.name]
        figures = f"{count.attempts // len(sample.tasks):,} / {count.built:,} / {count.rejected:,}"
        parts.setdefault(sample.dataset, []).append(f"{sample.label or sample.split} {figures}")
    remarks = {name: f" ({REMARKS[name]})" if name in REMARKS else "" for name in parts}
    return {name: ", ".join(part) + remarks[name] for name, part in parts.items()}


def with_counts(page: str, texts: Mapping[str, str]) -> str:
    """The page with the last column of the rows replaced.

    Raises:
        UsageError: a data set has no row.
    """
    lines = page.split("\n")
    left = dict(texts)
    for at, line in enumerate(lines):
        name = line.removeprefix("| `").partition("`")[0]
        if line.startswith("| `") and name in left:
            kept = line.rstrip().removesuffix("|").rpartition("|")[0]
            lines[at] = f"{kept}| {left.pop(name)} |"
    if left:
        raise UsageError(f"docs/data-sets.md has no row of `{min(left)}`; write its columns by hand first")
    return "\n".join(lines)


def with_figures(page: str, table: str) -> str:
    """The page with what stands between the two marks replaced, appended where the marks are missing."""
    before, mark, rest = page.partition(_START)
    after = rest.partition(_END)[2] if mark else "\n"
    head = before if mark else before.rstrip("\n") + "\n\n"
    return f"{head}{_START}\n{table}\n{_END}{after}"


def as_json(counts: Mapping[str, SourceReport]) -> dict[str, Any]:
    """Counts by name, with the reasons of rejects."""
    return {name: {"built": each.built, "reasons": each.reasons} for name, each in counts.items()}


if __name__ == "__main__":
    sys.exit(main())
