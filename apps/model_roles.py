"""The roles of models, as ``ieiw doctor`` and ``ieiw plan`` list them: who can play each, and whether the weights are there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ieiw.models.roles import ROLES
from ieiw.triplets.errors import UsageError

if TYPE_CHECKING:
    from ieiw.triplets.layout.recipe import BackendChoice


@dataclass(frozen=True, slots=True)
class Player:
    """Who can play a role. ``weights`` tells where they are or are to be had; ``good`` is false where a path leads nowhere.

    ``chosen`` is false where nobody plays it.
    """

    role: str
    backends: str
    weights: str = ""
    good: bool = True
    chosen: bool = True


def players(chosen: Mapping[str, BackendChoice] | None = None) -> list[Player]:
    """What a recipe chose for each role; without a recipe, all backends of each role, its stand-ins in one line."""
    lines = []
    for role in ROLES.values():
        choice = (chosen or {}).get(role.name)
        names = set(role.backends) if chosen is None else {choice.name} & set(role.backends) if choice else set()
        loaded = {name: role.load(name) for name in sorted(names)}
        for name, backend in loaded.items():
            if not backend.stand_in:
                lines.append(_player(role.name, name, backend, choice.options if choice else {}))
        if stand_ins := [name for name, backend in loaded.items() if backend.stand_in]:
            lines.append(Player(role.name, f"{', '.join(stand_ins)} (stand-in)", "none needed"))
        if not names:
            lines.append(Player(role.name, "not chosen", chosen=False))
    return lines


def _player(role: str, name: str, backend: Any, options: Mapping[str, Any]) -> Player:
    weights = backend.weights
    if weights is None:
        return Player(role, name, "its own: an address or a model in the options")
    given = str(options.get("weights", ""))
    try:
        return Player(role, name, str(weights.find(given)))
    except UsageError:
        wrong = given or os.environ.get(weights.variable, "")
        where = f"no file {wrong}" if wrong else f"{weights.variable} is not set"
        return Player(role, name, f"{where}; {weights.file} is at {weights.site}", good=not wrong)
