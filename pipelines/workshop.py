"""From a recipe to the objects that do the work: sources, tasks, inpainter – and the fingerprint of what they would make."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from builders import registry
from builders.instructions.wordings import kinds_of
from builders.protocols import Source, Task, Tools
from models.protocols import Inpainter
from models.registry import inpainter as make_inpainter
from pipelines import held_out
from pipelines.recipe import Recipe, SourceSettings
from triplets import pictures
from triplets.reasons import UsageError
from triplets.roots import Root
from triplets.shards import canonical_json

_PASSING = {"root", "max_reject_share", "weight", "expected"}
"""Settings of a source that shape no triplet."""
FORMAT = 2
"""Raised whenever the same recipe would give other shard bytes for reasons outside source and task versions."""


@dataclass
class Workshop:
    """Makes and keeps what a recipe names; everything is made at first use."""

    recipe: Recipe

    def check(self) -> None:
        """Make every source and task once: a wrong name or option is told before any annotation is read.

        Raises:
            UsageError: unknown data set, task or option, or a value of the wrong kind.
        """
        for settings in self.recipe.sources:
            self.source(settings.name)
            try:
                self.tasks(settings.name)
            except UsageError as error:  # a task does not know whose it is
                raise UsageError(f"source {settings.name}: {error}") from error

    def source(self, name: str) -> Source:
        """The source of that name in the recipe."""
        settings = self.recipe.source(name)
        source = registry.source(
            settings.data_set,
            name=settings.name,
            root=settings.root,
            split=settings.split,
            options=settings.options,
        )
        held = held_out.relevant(self.recipe, settings)
        return held_out.HeldOutSource(source, settings.data_set, held) if held else source

    def tasks(self, name: str) -> dict[str, Task]:
        """The tasks of one source by name."""
        settings = self.recipe.source(name)
        tools = self._tools(name)
        return {
            task: registry.task(task, tools, settings.task_options.get(task, {}) | self._region(name, task))
            for task in settings.tasks
        }

    def _region(self, name: str, task: str) -> dict[str, Any]:
        """The region rules, which the painting tasks of a source share: they paint once for all."""
        return self.recipe.source(name).region if registry.is_painting(task) else {}

    @cached_property
    def inpainter(self) -> Inpainter:
        """The inpainter of the recipe; loading its weights waits for the first picture."""
        choice = self.recipe.backends.inpaint
        return make_inpainter(choice.name, choice.options)

    def _tools(self, name: str) -> Tools:
        image = self.recipe.image_of(name)
        return Tools(image.short_side, pictures.encoder(image.format, image.quality), self.inpainter, self._wordings)

    @cached_property
    def _wordings(self) -> dict[str, tuple[str, ...]]:
        return {kind: wordings.templates for kind, wordings in self.recipe.instructions.items()}

    def paints(self, name: str) -> bool:
        """Whether any task of the source needs the inpainter."""
        return any(registry.is_painting(task) for task in self.recipe.source(name).tasks)

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
        if held := held_out.relevant(self.recipe, settings):
            parts["hold_out"] = [held_out.digest_of(entry) for entry in held]
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


def _lasting(settings: SourceSettings) -> dict[str, object]:
    """The settings that shape triplets; ``dataset: phrasecut`` under the name phrasecut is what leaving it out means."""
    return settings.model_dump(mode="json", exclude=_PASSING) | {"dataset": settings.data_set}
