"""Builds for tests: recipes over small folders, drivers without Beam, and what a finished tree holds."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import yaml

from pipelines.build import Options, build
from pipelines.recipe import Recipe
from pipelines.worker import UnitBuilder

ROOT = Path(__file__).parent.parent.parent
UNDISTURBED = ("build.json", "index", "plan", "rejects", "rows", "shards")
"""What two builds of one recipe must have alike; logs, lock and spool are not among it."""


def recipe_values(root, unit_bytes="60KB", source=None, **changes):
    """A recipe of one PhraseCut folder, as the YAML file would hold it."""
    block = {"name": "phrasecut", "root": str(root), "tasks": ["removal", "addition"]} | (source or {})
    values = {
        "seed": 0,
        "image": {"short_side": 32},
        "unit_bytes": unit_bytes,
        "sources": [block],
        "backends": {"inpaint": "noop"},
    }
    return values | changes


def recipe(root, **changes):
    """The same, checked."""
    return Recipe.model_validate(recipe_values(root, **changes))


def write_recipe(path, root, **changes):
    """The same, as a file."""
    path.write_text(yaml.safe_dump(recipe_values(root, **changes)), encoding="utf-8")
    return path


def build_serially(monkeypatch):
    """Let builds of this test run their units one by one in this process, without Beam."""

    def run(store, refs, beam_args, log, on_poll):
        builder = UnitBuilder(store.location)
        for ref in refs:
            builder.build(ref)
            on_poll()

    monkeypatch.setattr("pipelines.build.run_driver", run)


def run_build(root, out, workers=1, beam_args=(), changes=None, **options):
    """One build over a folder; ``changes`` go to the recipe, ``options`` to the build."""
    return build(recipe(root, **(changes or {})), out, Options(workers=workers, beam_args=tuple(beam_args), **options))


def ieiw(*arguments, cwd=None, **environment):
    """Run the command line in a process of its own; returns it when it has ended."""
    return subprocess.run(
        [sys.executable, "-m", "apps.main", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"PYTHONSAFEPATH": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def tree(out):
    """Name -> digest of every file that counts, in a folder."""
    files = (path for name in UNDISTURBED for path in [out / name, *(out / name).rglob("*")] if path.is_file())
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def stamps(out):
    """Everything that a write would change, of every file and folder below."""
    found = {}
    for path in [out, *sorted(out.rglob("*"))]:
        status = path.lstat()
        found[str(path.relative_to(out))] = (status.st_ino, status.st_mtime_ns, status.st_size)
    return found


def index(out, kind):
    """The compacted rows or rejects of a complete build, as dictionaries."""
    return [row for part in sorted((out / "index").glob(f"{kind}-*")) for row in pq.read_table(part).to_pylist()]
