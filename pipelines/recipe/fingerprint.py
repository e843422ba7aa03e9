"""The fingerprint of a source: a digest of all that could change its triplets."""

from __future__ import annotations

import hashlib

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.instructions.template_sets import kinds_of
from ieiw.pipelines.recipe import holdout
from ieiw.pipelines.recipe.components import Components
from ieiw.triplets.layout.shards import canonical_json

_PASSING = {"root", "max_reject_share", "weight", "expected"}
"""Settings of a source that shape no triplet."""
FORMAT = 3
"""Raised whenever the same recipe would give other shard bytes for reasons outside source and task versions."""


def inputs(components: Components, name: str) -> dict[str, str]:
    """Annotation file -> SHA-256, for every file that decides which records a source has.

    Raises:
        UsageError: the root or a file is missing.
    """
    root = Root(components.recipe.source(name).root)
    return {file: root.fingerprint(file) for file in components.source(name).inputs()}


def backends(components: Components, *names: str) -> dict[str, dict[str, str]]:
    """Role -> name and settings of every backend that the tasks of these sources use."""
    roles = frozenset[str]().union(*map(components.roles, names))
    made = {role: components.backend(role) for role in sorted(roles)}
    return {
        role: {"name": each.name, "stand_in": "yes" if each.stand_in else "no", **each.describe()}
        for role, each in made.items()
    }


def fingerprint(components: Components, name: str, inputs: dict[str, str]) -> str:
    """Digest of all that could change a source's triplets: parameters, inputs, versions, backends.

    Where the data lie (``root``), how many rejects are borne (``max_reject_share``), and what only plans and training look at
    (``weight``, ``expected``) are not part of it. What a recipe adds to the data set (``hold_out``, ``instructions``,
    ``frame``) is absent where it adds nothing, so that other builds stay as they are.
    """
    recipe, settings = components.recipe, components.recipe.source(name)
    passing = _PASSING if settings.frame else _PASSING | {"frame"}
    parts: dict[str, object] = {
        "format": FORMAT,
        "seed": recipe.seed,
        "image": recipe.image_of(name).model_dump(),
        "unit_bytes": recipe.unit_bytes,
        # `dataset: phrasecut` under the name phrasecut is what leaving it out means.
        "settings": settings.model_dump(mode="json", exclude=passing) | {"dataset": settings.data_set},
        "inputs": inputs,
        "source_version": components.source(name).version,
        "task_versions": {task: made.version for task, made in components.tasks(name).items()},
        "backends": backends(components, name),
    }
    if held := holdout.relevant(recipe, settings):
        parts["hold_out"] = [holdout.digest_of(entry) for entry in held]
    kinds = {kind for task in settings.tasks for kind in kinds_of(task)}
    if templates := {kind: components.wordings[kind] for kind in sorted(kinds & components.wordings.keys())}:
        parts["instructions"] = templates
    return hashlib.sha256(canonical_json(parts).encode("utf-8")).hexdigest()
