"""From a recipe to the objects that do the work: sources, tasks, inpainter – and the fingerprint of what they would make."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from ieiw.builders import catalogue
from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.instructions.template_sets import kinds_of
from ieiw.builders.protocols import Source, Task, Tools
from ieiw.models.protocols import Inpainter
from ieiw.models.roles import inpainter as make_inpainter
from ieiw.pipelines.recipe import holdout
from ieiw.pipelines.recipe.root_search import advice
from ieiw.pipelines.recipe.schema import HoldOut, Recipe, SourceSettings
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images import codec
from ieiw.triplets.layout.shards import canonical_json
from ieiw.triplets.rejects import Refusal

_PASSING = {"root", "max_reject_share", "weight", "expected"}
"""Settings of a source that shape no triplet."""
FORMAT = 2
"""Raised whenever the same recipe would give other shard bytes for reasons outside source and task versions."""


@dataclass
class Workshop:
    """Makes and keeps what a recipe names; everything is made at first use."""

    recipe: Recipe

    def check(self) -> None:
        """Make every source and task once and look for their files: all that is wrong or missing is told at once.

        Raises:
            UsageError: unknown data set, task or option, a value of the wrong kind, a root or file that is not there.
        """
        raise_all(list(self.complaints().values()))

    def complaints(self) -> dict[str, str]:
        """What is wrong or missing, by source, and by ``backends`` or ``hold_out`` and a name; empty where nothing is."""
        found = {}
        for settings in self.recipe.sources:
            if complaint := _complaint(settings.name, partial(self._try, settings.name)):
                found[settings.name] = complaint
        wanted = [entry for settings in self.recipe.sources for entry in holdout.relevant(self.recipe, settings)]
        for entry in self.recipe.hold_out:
            if entry in wanted and (complaint := _complaint("", partial(self._try_held, entry))):
                found[f"hold_out {entry.told}"] = f"hold_out {entry.told}: {complaint}"
        if complaint := _complaint("", self._try_inpainter):
            found["backends inpaint"] = complaint
        return found

    def _try_inpainter(self) -> None:
        """Make the inpainter where a task wants it; unknown tasks are a complaint of their source."""
        known = (task for settings in self.recipe.sources for task in settings.tasks if task in catalogue.TASKS)
        if any(map(catalogue.is_painting, known)):
            self.inpainter  # noqa: B018 - making it checks its settings

    def _try(self, name: str) -> None:
        """Make what a source needs; not the inpainter, whose lack is one complaint for all sources."""
        source = self.source(name)
        self._make_tasks(name, None)
        settings = self.recipe.source(name)
        catalogue.check_fit(source, settings.tasks)
        if settings.region and not self.paints(name):
            raise UsageError(
                f"region: for removal and addition; the source's tasks: {', '.join(settings.tasks)}. Take it out."
            )
        try:
            source.inputs()
        except UsageError as error:
            raise UsageError(f"{error}{advice(settings.data_set, settings)}") from error

    def _try_held(self, entry: HoldOut) -> None:
        try:
            holdout.check(entry)
        except UsageError as error:
            raise UsageError(f"{error}{'' if entry.file else advice(entry.dataset, entry)}") from error

    def source(self, name: str) -> Source:
        """The source of that name in the recipe."""
        settings = self.recipe.source(name)
        source = catalogue.source(
            settings.data_set,
            name=settings.name,
            root=settings.root,
            split=settings.split,
            options=settings.options,
        )
        held = holdout.relevant(self.recipe, settings)
        return holdout.HeldOutSource(source, settings.data_set, held) if held else source

    def tasks(self, name: str) -> dict[str, Task]:
        """The tasks of one source by name."""
        return self._make_tasks(name, self.inpainter if self.paints(name) else None)

    def _make_tasks(self, name: str, inpainter: Inpainter | None) -> dict[str, Task]:
        settings, image = self.recipe.source(name), self.recipe.image_of(name)
        encode = codec.encoder(image.format, image.quality)
        tools = Tools(image.short_side, encode, inpainter, self._wordings)
        return {
            task: catalogue.task(task, tools, settings.task_options.get(task, {}) | self._region(name, task))
            for task in settings.tasks
        }

    @cached_property
    def _wordings(self) -> dict[str, tuple[str, ...]]:
        return {kind: wordings.templates for kind, wordings in self.recipe.instructions.items()}

    def _region(self, name: str, task: str) -> dict[str, Any]:
        """The region rules, which the painting tasks of a source share: they paint once for all."""
        return self.recipe.source(name).region if catalogue.is_painting(task) else {}

    @cached_property
    def inpainter(self) -> Inpainter:
        """The inpainter of the recipe; loading its weights waits for the first picture."""
        choice = self.recipe.backends.inpaint
        return make_inpainter(choice.name, choice.options)

    def paints(self, name: str) -> bool:
        """Whether any task of the source needs the inpainter."""
        return any(catalogue.is_painting(task) for task in self.recipe.source(name).tasks)

    def backends(self) -> dict[str, dict[str, str]]:
        """Role -> name and settings of every backend that the recipe's tasks use."""
        if not any(self.paints(source.name) for source in self.recipe.sources):
            return {}
        painter = self.inpainter
        return {
            "inpaint": {
                "name": painter.name,
                "stand_in": "yes" if painter.stand_in else "no",
                **painter.describe(),
            }
        }

    def inputs(self, name: str) -> dict[str, str]:
        """Annotation file -> SHA-256, for every file that decides which records there are.

        Raises:
            UsageError: the root or a file is missing.
        """
        root = Root(self.recipe.source(name).root)
        return {file: root.fingerprint(file) for file in self.source(name).inputs()}

    def _brought(self, settings: SourceSettings) -> dict[str, object]:
        """What a recipe brings beside the data set; absent where it brings nothing, so that other builds stay as they are."""
        parts: dict[str, object] = {}
        if held := holdout.relevant(self.recipe, settings):
            parts["hold_out"] = [holdout.digest_of(entry) for entry in held]
        kinds = {kind for task in settings.tasks for kind in kinds_of(task)}
        if brought := {kind: self._wordings[kind] for kind in sorted(kinds & self._wordings.keys())}:
            parts["instructions"] = brought
        return parts

    def fingerprint(self, name: str, inputs: dict[str, str]) -> str:
        """Digest of all that could change the source's triplets: parameters, inputs, versions, backends.

        Where the data lie (``root``), how many rejects are borne (``max_reject_share``), and what only plans and training look at
        (``weight``, ``expected``) are not part of it.
        """
        settings = self.recipe.source(name)
        parts: dict[str, object] = {
            "format": FORMAT,
            "seed": self.recipe.seed,
            "image": self.recipe.image_of(name).model_dump(),
            "unit_bytes": self.recipe.unit_bytes,
            "settings": _lasting(settings),
            "inputs": inputs,
            "source_version": self.source(name).version,
            "task_versions": {task: made.version for task, made in self.tasks(name).items()},
            "backends": self.backends() if self.paints(name) else {},
            **self._brought(settings),
        }
        return hashlib.sha256(canonical_json(parts).encode("utf-8")).hexdigest()


def raise_all(complaints: Sequence[str]) -> None:
    """Raise all that a user must mend as one error; nothing where there is none.

    Raises:
        UsageError: with one complaint as it is, with several as a list.
    """
    if len(complaints) > 1:
        listed = "".join(f"\n  {line}" for line in _gathered(complaints))
        raise UsageError(f"{len(complaints)} entries of the recipe cannot be built:{listed}")
    if complaints:
        raise UsageError(complaints[0])


def _gathered(complaints: Sequence[str]) -> list[str]:
    """What several entries complain of alike in one line: ``source a, source b: root data/x: no such folder``."""
    entries: dict[str, list[str]] = {}
    for complaint in complaints:
        entry, _, text = complaint.partition(": ")
        entries.setdefault(text, []).append(entry)
    return [f"{', '.join(alike)}: {text}" for text, alike in entries.items()]


def _complaint(name: str, attempt: Callable[[], None]) -> str:
    """What a user must mend, with the source's name; empty where all is well."""
    try:
        attempt()
    except (UsageError, Refusal) as error:  # a root's file may be a link out of it, or not allowed to be read
        return told_of(name, str(error)) if name else str(error)
    return ""


def told_of(name: str, text: str) -> str:
    """A message that begins with its source's name, once."""
    return text if text.startswith(f"source {name}:") else f"source {name}: {text}"


def _lasting(settings: SourceSettings) -> dict[str, object]:
    """The settings that shape triplets; ``dataset: phrasecut`` under the name phrasecut is what leaving it out means."""
    return settings.model_dump(mode="json", exclude=_PASSING) | {"dataset": settings.data_set}
