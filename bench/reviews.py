"""Holds the reviews in docs/review against what the project builds today: no verdict may outlive what it judged.

``IEIW_REAL_DATA=/folder python -m bench.reviews`` builds docs/review/review.yaml and lists, file by file, the rows that no longer
hold. ``--keep DIR`` keeps the build, for ``ieiw inspect DIR --sheet FILE``; ``--renew NAME`` rewrites docs/review/NAME.csv: rows
that hold keep their verdict, and what was never looked at joins them without one.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ieiw.pipelines.build.run import Options, build
from ieiw.pipelines.engine.run import RunOptions
from ieiw.pipelines.gallery.indexing import Means
from ieiw.pipelines.gallery.regions.run import build_regions
from ieiw.pipelines.recipe.load import load_recipe
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.index import open_build
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.layout.regions import RegionRecipe
from ieiw.triplets.settings.yaml_file import load_settings
from ieiw.triplets.storage.store import open_store

FOLDER = Path(__file__).parent.parent / "docs" / "review"
COLUMNS = ("key", "task", "record", "instruction", "verdict", "reason")
"""What every review has; ``verdict`` is ``right`` or ``wrong``."""
MOST = 100
"""Keys of one file."""
Rows = Mapping[str, Mapping[str, str]]
"""Key -> what was built: the columns of an index, see :mod:`ieiw.triplets.layout.rows`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, compare, tell.

    Returns:
        0; 1 where a row no longer holds; 2 where the samples are not there or a name is unknown.
    """
    parser = argparse.ArgumentParser(prog="python -m bench.reviews", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--keep", type=Path, help="folder to build in, instead of a temporary one")
    parser.add_argument("--renew", nargs="+", default=[], metavar="NAME", help="reviews to rewrite")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
            recipe, rows = built(options.keep or Path(folder) / "build")
        for name in options.renew:
            path = FOLDER / f"{name}.csv"
            path.write_text(renewed(read_review(path), of_data_set(name, recipe, rows)), encoding="utf-8")
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    faults = 0
    for path in sorted(FOLDER.glob("*.csv")):
        found = faults_of(path, rows)
        print(f"{path.stem}: {told(read_review(path))}", *found, sep="\n  ")
        faults += len(found)
    return int(faults > 0)


def built(out: Path) -> tuple[Recipe, Rows]:
    """The recipe of the reviews, and what it makes of the real samples today.

    Raises:
        UsageError: IEIW_REAL_DATA names no folder, or a sample is missing.
    """
    if not Path(os.environ.get("IEIW_REAL_DATA") or "nowhere").is_dir():
        raise UsageError("IEIW_REAL_DATA: set it to the folder of real samples")
    regions = load_settings(RegionRecipe, FOLDER / "regions.yaml", "recipe of a gallery")
    os.environ["IEIW_REVIEW_REGIONS"] = f"{out}-regions"
    build_regions(regions, f"{out}-regions", "descriptor", means=Means(options=RunOptions(workers=1)))
    recipe = load_recipe(FOLDER / "review.yaml")
    build(recipe, out, Options(workers=1))
    return recipe, read_rows(out)


def read_rows(out: Path) -> Rows:
    """What a complete build holds."""
    store = open_store(out)
    rows: dict[str, Mapping[str, str]] = {}
    for table in open_build(store).tables([*COLUMNS[:4], "source", "source_sha256", "target_sha256"]):
        rows |= {row["key"]: row for row in table.to_pylist()}
    return rows


def of_data_set(name: str, recipe: Recipe, rows: Rows) -> Rows:
    """The rows of all sources of the recipe that read a data set.

    Raises:
        UsageError: the recipe has none.
    """
    sources = recipe.sources
    names = {source.name for source in sources if name in (source.name, source.data_set)}
    names = names or {
        source.name for source in sources if source.name.startswith(f"{name}-")
    }  # a task on several data sets
    if not names:
        raise UsageError(f"{FOLDER / 'review.yaml'}: no source reads {name!r}; add it there first")
    return {key: row for key, row in rows.items() if row["source"] in names}


def read_review(path: Path) -> list[dict[str, str]]:
    """The rows of a review; none where there is no such file yet."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(review: Sequence[Mapping[str, str]]) -> str:
    """A review in a line: ``50 looked at, 47 right``."""
    return f"{len(review)} looked at, {sum(row['verdict'] == 'right' for row in review)} right"


def faults_of(path: Path, rows: Rows) -> list[str]:
    """What is wrong with a review, a line for each row of it."""
    review = read_review(path)
    if missing := [column for column in COLUMNS if column not in (review[0] if review else ())]:
        return [f"no column {', '.join(missing)}"]
    twice = len(review) - len({row["key"] for row in review})
    faults = [f"{row['key']}: {fault}" for row in review if (fault := _fault(row, rows.get(row["key"])))]
    return [*faults, *([f"{twice} keys stand there twice"] if twice else [])]


def _fault(row: Mapping[str, str], made: Mapping[str, str] | None) -> str:
    if made is None:
        return "not built any more"
    if row["instruction"] != made["instruction"]:
        return f"says now: {made['instruction']}"
    if row["verdict"] not in {"right", "wrong"}:
        return "without verdict"
    return "" if row["reason"] else "without reason"


def renewed(review: Iterable[Mapping[str, str]], rows: Rows) -> str:
    """A review as a CSV file: rows that hold with what was said of them, then new ones to look at, at most :data:`MOST`."""
    kept = [row for row in review if not _fault(row, rows.get(row["key"]))]
    seen = {_looks(rows[row["key"]]) for row in kept}
    for key in sorted(rows):
        if _looks(rows[key]) not in seen and len(kept) < MOST:
            seen.add(_looks(rows[key]))
            kept.append({**{column: rows[key][column] for column in COLUMNS[:4]}, "verdict": "", "reason": ""})
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(kept, key=lambda row: (row["record"], row["task"], row["key"])))
    return text.getvalue()


def _looks(row: Mapping[str, str]) -> tuple[str, str, str]:
    """What a person sees of a triplet: variants may repeat one another, and nobody judges the same thing twice."""
    return row["source_sha256"], row["target_sha256"], row["instruction"]


if __name__ == "__main__":
    sys.exit(main())
