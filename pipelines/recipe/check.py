"""What is wrong with a recipe, or missing on disk: all of it at once, before anything is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ieiw.builders import catalogue
from ieiw.builders.instructions.template_sets import check_templates
from ieiw.builders.replacement.working import LIKENESS
from ieiw.filters.registry import embedded, kind_of
from ieiw.pipelines.recipe import holdout
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.recipe.root_search import advice
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.gallery import check_embedder, gallery_store, open_gallery, read_note
from ieiw.triplets.layout.regions import check_roots, read_set
from ieiw.triplets.rejects import Refusal


def check(components: Components) -> None:
    """Make every source and task and look for their files.

    Raises:
        UsageError: unknown data set, task or option, a value of the wrong kind, a root or file that is not there.
    """
    raise_all(list(problems(components).values()))


def problems(components: Components) -> dict[str, str]:
    """What is wrong or missing, by source, or by ``backends``, ``hold_out`` or ``instructions`` and a name."""
    recipe = components.recipe
    result = {}
    for settings in recipe.sources:
        if problem := _problem(partial(_check_source, components, settings.name)):
            result[settings.name] = with_source(settings.name, problem)
    relevant = [entry for settings in recipe.sources for entry in holdout.relevant(recipe.hold_out, settings.data_set)]
    for entry in recipe.hold_out:
        problem = _problem(partial(holdout.check, entry)) if entry in relevant else ""
        if problem:
            problem += "" if entry.file else advice(entry.dataset, entry)
            result[f"hold_out {entry.label}"] = f"hold_out {entry.label}: {problem}"
    tasks = {task for settings in recipe.sources for task in settings.tasks if task in catalogue.TASKS}
    needed = frozenset[str]().union(*map(catalogue.roles, tasks))
    for role in sorted(needed if "write" in recipe.backends else needed - {"write"}):
        if problem := _problem(partial(components.backend, role)):
            result[f"backends {role}"] = problem
    for kind, wordings in recipe.instructions.items():
        if problem := _problem(partial(check_templates, kind, wordings.templates)):
            result[f"instructions {kind}"] = problem
    return result


def _check_source(components: Components, name: str) -> None:
    """Make what a source needs; not the backends, whose lack is one problem for all sources."""
    source, settings = components.source(name), components.recipe.source(name)
    components.tasks(name)
    catalogue.check_fit(source, settings.tasks)
    if settings.region and "inpaint" not in components.roles(name):
        raise UsageError(
            f"region: for removal and addition; the source's tasks: {', '.join(settings.tasks)}. Take it out."
        )
    if catalogue.REPLACEMENT in settings.tasks:
        _check_gallery(components, name)
    try:
        source.inputs()
    except UsageError as error:
        raise UsageError(f"{error}{advice(settings.data_set, settings)}") from error


def _check_gallery(components: Components, name: str) -> None:
    """Make sure that a source's gallery of regions is there, and of the recipe's embedder.

    Raises:
        UsageError: it is not; says how one is made.
    """
    rules = components.replacement(name)
    location = rules.gallery
    how = "`ieiw gallery regions GALLERY.yaml --to FOLDER --with EMBEDDER` makes one"
    if not location:
        raise UsageError(f"task_options.replacement.gallery: give the folder of a gallery of regions; {how}")
    store = gallery_store(location)
    found = read_set(store)
    if read_note(store) is None or found is None:
        raise UsageError(f"task_options.replacement.gallery: {location} holds no complete gallery of regions; {how}")
    check_roots(found, rules.roots)
    known = [LIKENESS, *(each for each in embedded() if kind_of(each) != "hash")]
    if wrong := sorted(rules.paint.scores.keys() - set(known)):
        lack = f"{wrong[0]!r} is no score of pixels. Known: {', '.join(known)}"
        raise UsageError(f"task_options.replacement.paint.scores: {lack}")
    if "embed" in components.recipe.backends:
        check_embedder(open_gallery(location), components.backend("embed").describe())


def _problem(attempt: Callable[[], object]) -> str:
    """What a user must mend; empty where all is well."""
    try:
        attempt()
    except (UsageError, Refusal) as error:  # a root's file may be a link out of it, or not allowed to be read
        return str(error)
    return ""


def with_source(name: str, text: str) -> str:
    """A message that begins with its source's name, once."""
    return text if text.startswith(f"source {name}:") else f"source {name}: {text}"


def raise_all(problems: Sequence[str]) -> None:
    """Raise all that a user must mend as one error; nothing where there is none.

    Raises:
        UsageError: with one problem as it is, with several as a list, those alike in one line:
            ``source a, source b: root data/x: no such folder``.
    """
    if len(problems) == 1:
        raise UsageError(problems[0])
    entries: dict[str, list[str]] = {}
    for problem in problems:
        entry, _, text = problem.partition(": ")
        entries.setdefault(text, []).append(entry)
    if entries:
        listed = "".join(f"\n  {', '.join(alike)}: {text}" for text, alike in entries.items())
        raise UsageError(f"{len(problems)} entries of the recipe cannot be built:{listed}")
