"""Builds for tests: recipes over small folders, drivers without Beam, and what a finished tree holds."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from ieiw.pipelines.build.run import Options, Result, build
from ieiw.pipelines.engine.stage import Stage
from ieiw.pipelines.engine.work import UnitWork
from ieiw.triplets.layout.build_state import require_state
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.storage.store import Store, open_store

ROOT = Path(__file__).parent.parent.parent
UNDISTURBED = ("build.json", "index", "plan", "rejects", "rows", "shards")
"""What two builds of one recipe must have alike; logs, lock and spool are not among it."""


def recipe_values(
    root: Path | str, unit_bytes: str = "60KB", source: Mapping[str, Any] | None = None, **changes: Any
) -> dict[str, Any]:
    """A recipe of one PhraseCut folder, as the YAML file would hold it."""
    block = {"name": "phrasecut", "root": str(root), "tasks": ["removal", "addition"], **(source or {})}
    values = {
        "seed": 0,
        "image": {"short_side": 32},
        "unit_bytes": unit_bytes,
        "sources": [block],
        "backends": {"inpaint": "noop"},
    }
    return values | changes


def recipe(root: Path | str, **changes: Any) -> Recipe:
    """The same, checked."""
    return Recipe.model_validate(recipe_values(root, **changes))


def write_recipe(path: Path, root: Path | str, **changes: Any) -> Path:
    """The same, as a file."""
    path.write_text(yaml.safe_dump(recipe_values(root, **changes)), encoding="utf-8")
    return path


def build_serially(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let builds of this test run their units one by one in this process, without Beam."""

    monkeypatch.setattr("ieiw.pipelines.engine.run.run_driver", drive_here)


def drive_here(
    store: Store,
    stage: Stage,
    refs: Sequence[UnitRef],
    beam_args: Sequence[str],
    log: Path,
    on_poll: Callable[[], None],
) -> None:
    """Does a stage's units one by one in this process: takes the place of the driver and its processes."""
    work = UnitWork(stage, store.location)
    for ref in refs:
        work.do(ref)
        on_poll()


def run_build(
    root: Path | str,
    out: Path,
    workers: int = 1,
    beam_args: Sequence[str] = (),
    changes: Mapping[str, Any] | None = None,
    **options: Any,
) -> Result:
    """One build over a folder; ``changes`` go to the recipe, ``options`` to the build."""
    return build(recipe(root, **(changes or {})), out, Options(workers=workers, beam_args=tuple(beam_args), **options))


def ieiw(
    *arguments: object, cwd: Path | None = None, python: Path | str = sys.executable, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own; returns it when it has ended."""
    return subprocess.run(
        [str(python), "-m", "ieiw.apps.main", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def tree(out: Path) -> dict[str, str]:
    """Name -> digest of every file that counts, in a folder."""
    files = (path for name in UNDISTURBED for path in [out / name, *(out / name).rglob("*")] if path.is_file())
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def stamps(out: Path) -> dict[str, tuple[int, int, int]]:
    """Everything that a write would change, of every file and folder below."""
    found = {}
    for path in [out, *sorted(out.rglob("*"))]:
        status = path.lstat()
        found[str(path.relative_to(out))] = (status.st_ino, status.st_mtime_ns, status.st_size)
    return found


def index(out: Path, kind: str) -> list[dict[str, Any]]:
    """The compacted rows or rejects of a complete build, as dictionaries."""
    return [row for part in sorted((out / "index").glob(f"{kind}-*")) for row in pq.read_table(part).to_pylist()]


def balanced(out: Path) -> tuple[int, int]:
    """Planned = built + rejected, key by key; build.json says the same. Returns built, rejected."""
    state = require_state(open_store(out))
    rows, dead = index(out, "rows"), index(out, "rejects")
    keys = Counter(row["key"] for row in [*rows, *dead])
    assert max(keys.values()) == 1
    assert len(keys) == sum(source.attempts for source in state.sources.values())
    for name, counts in state.counts.items():
        assert counts.attempts == state.sources[name].attempts == counts.built + counts.rejected
        assert counts.built == len([row for row in rows if row["source"] == name])
        assert counts.reasons == Counter(row["reason"] for row in dead if row["source"] == name)
    assert {row["shard"] for row in rows} == {f"shards/{name}" for name in open_store(out).sizes("shards")}
    return len(rows), len(dead)
