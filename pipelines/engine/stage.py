"""What a kind of work must say of itself so that the engine can run it, unit by unit, on any number of processes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import ClassVar, Literal, Protocol

from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.settings.yaml_file import Strict
from ieiw.triplets.storage.store import Store

_NAMED = 5  # damaged units that a message names


class Worker(Protocol):
    """Does one stage's work; made once a process, so that it loads its models once."""

    def work(self, ref: UnitRef) -> Mapping[str, int]:
        """Do one unit and commit it: its files first, its mark (:meth:`Stage.mark`) last and exclusively.

        The engine has made sure that the mark is not there yet.

        Returns:
            Counter -> what to add to it, for Beam's own counters.

        Raises:
            DamageError: what the unit needs is damaged. The engine notes it and the other units go on.
        """
        ...


class Stage(Strict, ABC):
    """One kind of work on units. Its fields are its options: they travel to every worker as JSON.

    A subclass is found again by its module and name, so it stands at the top of a module.
    """

    name: ClassVar[str]
    """Of logs, notes and messages: ``build``, ``score``."""
    processes: ClassVar[int | None] = None
    """At most so many at once on this machine, whatever the user asks for; None sets no limit."""

    @abstractmethod
    def worker(self, location: str) -> Worker:
        """The worker of this process. What it imports is imported here, not with the stage.

        Args:
            location: folder or URL of the build.
        """

    @abstractmethod
    def mark(self, ref: UnitRef) -> str:
        """Name of the file that is there once the unit is done: created exclusively, and last."""

    @abstractmethod
    def count(self, store: Store, ref: UnitRef) -> Mapping[str, int]:
        """What a committed unit came to, for the progress: word -> count, such as ``built`` -> 12."""

    @abstractmethod
    def quarantine(self, store: Store, ref: UnitRef, detail: str) -> None:
        """Commit a unit that kills its worker again and again without its work, and keep a record of that."""

    def needs(self, ref: UnitRef) -> Sequence[str]:
        """Files of earlier stages that the unit is made of; without them the stage does not start."""
        return ()

    def damage_message(self, notes: Sequence[str]) -> str:
        """What a user reads of damaged units, after all others were done: which, and how to mend them."""
        more = f"; and {len(notes) - _NAMED:,} more" if len(notes) > _NAMED else ""
        return (
            f"damaged: {'; '.join(notes[:_NAMED])}{more}. Bring the shards back, or delete their row files and build again, which "
            f"makes them again; then {self.name} again: what is done is kept"
        )


def address(stage: Stage) -> str:
    """``module:Class``, by which a worker process finds the stage."""
    return f"{type(stage).__module__}:{type(stage).__qualname__}"


def load_stage(where: str, options: str) -> Stage:
    """The stage at an :func:`address`, with its options as JSON."""
    module, _, name = where.partition(":")
    made: Stage = getattr(import_module(module), name).model_validate_json(options)
    return made


def note_name(folder: Literal["damage", "strikes"], stage: Stage, ref: UnitRef) -> str:
    """Name of a note on a unit that is not done. It carries the mark's: a stage with other options may be at the same unit."""
    return f"logs/{folder}/{stage.name}-{stage.mark(ref).rpartition('/')[2]}"


def committed(store: Store, names: Sequence[str]) -> set[str]:
    """Those of the named files that are there, by one listing a folder."""
    folders = {name.rpartition("/")[0] for name in names}
    there = {f"{folder}/{name}" for folder in folders for name in store.sizes(folder)}
    return there.intersection(names)


def pending(store: Store, stage: Stage, refs: Sequence[UnitRef]) -> list[UnitRef]:
    """The units that are not done yet."""
    marks = [stage.mark(ref) for ref in refs]
    done = committed(store, marks)
    return [ref for ref, mark in zip(refs, marks, strict=True) if mark not in done]


def check_needs(store: Store, stage: Stage, refs: Sequence[UnitRef]) -> None:
    """Make sure that what the units are made of is there.

    Raises:
        UsageError: names the stage and the first file that is missing.
    """
    needed = [name for ref in refs for name in stage.needs(ref)]
    missing = sorted(set(needed) - committed(store, needed))
    if missing:
        raise UsageError(
            f"{store.location}: {stage.name} needs {missing[0]}, which is not there. Run the stage that makes it first"
        )
