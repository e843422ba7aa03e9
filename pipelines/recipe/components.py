"""From a recipe to the objects that do the work: sources, tasks, backends; each is made once, when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ieiw.builders import catalogue
from ieiw.builders.artefacts import Artefacts, Inpainted
from ieiw.builders.protocols import Source, Task, Tools
from ieiw.models.protocols import Backend, Inpainter
from ieiw.models.roles import ROLES
from ieiw.pipelines.recipe import holdout
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images import codec
from ieiw.triplets.layout.recipe import Recipe

if TYPE_CHECKING:
    from ieiw.builders.tasks.replacement import Replacement, ReplacementOptions


class Components:
    """Makes and keeps what a recipe names.

    Args:
        recipe: that names it.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.wordings = {kind: wordings.templates for kind, wordings in recipe.instructions.items()}
        self._sources: dict[str, Source] = {}
        self._tasks: dict[str, dict[str, Task]] = {}
        self._backends: dict[str, Backend] = {}

    def source(self, name: str) -> Source:
        """The source of that name in the recipe.

        Raises:
            UsageError: unknown data set or option.
        """
        if name not in self._sources:
            settings = self.recipe.source(name)
            source = catalogue.source(
                settings.data_set, name=name, root=settings.root, split=settings.split, options=settings.options
            )
            held = holdout.relevant(self.recipe.hold_out, settings.data_set)
            self._sources[name] = holdout.HeldOutSource(source, settings.data_set, held) if held else source
        return self._sources[name]

    def tasks(self, name: str) -> dict[str, Task]:
        """The tasks of one source by name; making them makes no backend.

        Raises:
            UsageError: unknown task or option.
        """
        if name not in self._tasks:
            settings, image = self.recipe.source(name), self.recipe.image_of(name)
            # The region rules are for all inpainting tasks of a source: they paint once for all.
            regions = {task: settings.region for task in settings.tasks if "inpaint" in catalogue.roles(task)}
            tools = Tools(image.short_side, codec.encoder(image.format, image.quality), self.backend, self.wordings)
            self._tasks[name] = {
                task: catalogue.task(task, tools, settings.task_options.get(task, {}) | regions.get(task, {}))
                for task in settings.tasks
            }
        return self._tasks[name]

    def backend(self, role: str) -> Backend:
        """The recipe's backend of a role; loading its weights waits for its first item.

        Raises:
            UsageError: the recipe names none, or an unknown one, or its weights are not there.
        """
        if role not in self._backends:
            choice = self.recipe.backends.get(role)
            if choice is None:
                known = ", ".join(sorted(ROLES[role].backends))
                raise UsageError(f"backends.{role}: a task needs it, and the recipe names none. Known: {known}")
            self._backends[role] = ROLES[role].make(choice.name, choice.options)
        return self._backends[role]

    def replacement(self, name: str) -> ReplacementOptions:
        """What a source's task ``replacement`` is told; what it leaves to the captioner is filled in.

        Raises:
            UsageError: unknown task or option, or no captioner.
        """
        rules = cast("Replacement", self.tasks(name)[catalogue.REPLACEMENT]).rules
        if rules.retrieve.unlabelled:
            return rules
        names = "refuse" if self.backend("caption").stand_in else "keep"
        return rules.model_copy(update={"retrieve": rules.retrieve.model_copy(update={"unlabelled": names})})

    def roles(self, name: str) -> frozenset[str]:
        """The roles that the tasks of a source need; of language models only where the recipe names one: templates write as well.

        Raises:
            UsageError: unknown task.
        """
        needed = frozenset[str]().union(*(catalogue.roles(task) for task in self.recipe.source(name).tasks))
        return needed if "write" in self.recipe.backends else needed - {"write"}

    def artefacts(self, name: str) -> Artefacts | None:
        """What paints holes for the tasks of a source while they are built; None where none of them wants it."""
        return Inpainted(cast(Inpainter, self.backend("inpaint"))) if "inpaint" in self.roles(name) else None
