"""The books of the steps before replacements are assembled: what each left standing, counted from its own files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from ieiw.pipelines.audit.load import Ledger
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.build_state import SourceState
from ieiw.triplets.layout.replacement import FOLDER, STEPS, read_reasons, unit_file
from ieiw.triplets.storage.store import Store

TASK = "replacement"
ASSEMBLE = "assemble"
"""The build itself, as the last step."""
Verdicts = dict[str, str]
"""Key -> reason for which it is refused; empty where it stands."""


@dataclass(frozen=True, slots=True)
class StepBooks:
    """What a step of a source came to.

    Attributes:
        source: name in the recipe.
        step: of :data:`ieiw.triplets.layout.replacement.STEPS`, or :data:`ASSEMBLE`.
        folder: of its files; empty of :data:`ASSEMBLE`, which the index tells of.
        came: attempts that the step before left standing; of the first step, all that were planned.
        standing: how many go on.
        refused: reason -> how many of them ended in this very step.
    """

    source: str
    step: str
    folder: str
    came: int
    standing: int
    refused: Mapping[str, int]

    @property
    def holds(self) -> bool:
        """Whether what came is what went on and what was refused."""
        return self.came == self.standing + sum(self.refused.values())


def step_books(store: Store, ledger: Ledger) -> tuple[StepBooks, ...]:
    """The steps of every source that has replacements, in order, as far as their files are there."""
    found: list[StepBooks] = []
    for name, source in sorted(ledger.state.sources.items()):
        if TASK in ledger.state.recipe.source(name).tasks:
            found += _of_source(store, ledger, name, source)
    return tuple(found)


def _of_source(store: Store, ledger: Ledger, name: str, source: SourceState) -> Iterator[StepBooks]:
    rejects = replacement_rejects(ledger)
    ours = rejects.filter(pc.equal(rejects["source"], name))
    known = dict(zip(ours["key"].to_pylist(), ours["reason"].to_pylist(), strict=True))
    built = int((ledger.frame.among("source", (name,)) & ledger.frame.among("task", (TASK,))).sum())
    came, before, folder = built + len(known), Counter[str](), ""
    for step in STEPS:
        read = {folder: _verdicts(store, folder, name, source) for folder in step_folders(store, name, step)}
        if any(read.values()):
            folder = max(read, key=lambda each: _fit(read[each], known))  # noqa: B023 - used at once
            refused = Counter(filter(None, read[folder].values()))
            standing = len(read[folder]) - refused.total()
            yield StepBooks(name, step, folder, came, standing, dict((refused - before).most_common()))
            came, before = standing, refused
    if folder:
        yield StepBooks(name, ASSEMBLE, "", came, built, dict((Counter(known.values()) - before).most_common()))


def replacement_rejects(ledger: Ledger) -> pa.Table:
    """The rejects that were to be replacements."""
    return ledger.rejects.filter(pc.equal(ledger.rejects["task"], TASK))


def step_folders(store: Store, source: str, step: str) -> list[str]:
    """Folders of a step. There are several where the recipe changed: their names carry digests that only the recipe's owner
    can compute, from a gallery and weights that whoever reads the build may not have.
    """
    top = f"{FOLDER}/{source}"
    return [f"{top}/{folder}" for folder in store.folders(top) if folder.rpartition("-")[0] == step]


def _verdicts(store: Store, folder: str, name: str, source: SourceState) -> Verdicts:
    """Of all units, as far as they are there; what was tried again counts as it came out last."""
    found: Verdicts = {}
    there = store.sizes(folder)
    for ref in source.refs(name):
        file = unit_file(folder, ref)
        if file.rpartition("/")[2] in there:
            with damage_named(store, file):
                found |= read_reasons(store, file)
    return found


def _fit(verdicts: Verdicts, rejects: Verdicts) -> tuple[int, int]:
    """How well a folder goes with what the build holds: the more attempts, and the more refusals that are the build's own."""
    same = sum(1 if rejects.get(key) == reason else -1 for key, reason in verdicts.items() if reason)
    return len(verdicts), same


@contextmanager
def damage_named(store: Store, file: str) -> Iterator[None]:
    """Say which file of a step is damaged, and what to do.

    Raises:
        UsageError: it is.
    """
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, msgspec.DecodeError) as error:
        problem = f"{store.location}/{file}: damaged ({error})"
        raise UsageError(f"{problem}. Delete it: the build stands without it, and the page will say so") from error
