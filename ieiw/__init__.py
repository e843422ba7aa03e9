"""The open IEIW: instruction-editing data and training, rebuilt. ``docs/api.md`` shows the names below at work.

They are loaded when they are first asked for, so that ``import ieiw`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ieiw.apps.audit.page import write as write_audit
    from ieiw.filters.rule_set import RuleSet, load_rules
    from ieiw.pipelines.audit.run import Options as AuditOptions
    from ieiw.pipelines.audit.run import audit
    from ieiw.pipelines.build.run import Options as BuildOptions
    from ieiw.pipelines.build.run import build
    from ieiw.pipelines.cut.default_rules import DEFAULT as DEFAULT_RULES
    from ieiw.pipelines.cut.run import cut
    from ieiw.pipelines.engine.run import RunOptions
    from ieiw.pipelines.export.run import export
    from ieiw.pipelines.lint.run import lint
    from ieiw.pipelines.planning.estimate import estimate as plan
    from ieiw.pipelines.recipe.load import load_recipe
    from ieiw.pipelines.scoring.run import score
    from ieiw.pipelines.takedown.find import Asked
    from ieiw.pipelines.takedown.run import take_down
    from ieiw.train.data.augment import Augmentation
    from ieiw.train.data.dataset import open_cut
    from ieiw.train.data.loader import Loader
    from ieiw.train.data.order import SamplingConfig
    from ieiw.triplets.errors import Step, UsageError
    from ieiw.triplets.layout.index import open_build
    from ieiw.triplets.layout.recipe import Recipe
    from ieiw.triplets.storage.store import open_store

_PUBLIC = {
    "Asked": "pipelines.takedown.find:Asked",
    "AuditOptions": "pipelines.audit.run:Options",
    "Augmentation": "train.data.augment:Augmentation",
    "BuildOptions": "pipelines.build.run:Options",
    "DEFAULT_RULES": "pipelines.cut.default_rules:DEFAULT",
    "Loader": "train.data.loader:Loader",
    "Recipe": "triplets.layout.recipe:Recipe",
    "RuleSet": "filters.rule_set:RuleSet",
    "RunOptions": "pipelines.engine.run:RunOptions",
    "SamplingConfig": "train.data.order:SamplingConfig",
    "Step": "triplets.errors:Step",
    "UsageError": "triplets.errors:UsageError",
    "audit": "pipelines.audit.run:audit",
    "build": "pipelines.build.run:build",
    "cut": "pipelines.cut.run:cut",
    "export": "pipelines.export.run:export",
    "lint": "pipelines.lint.run:lint",
    "load_recipe": "pipelines.recipe.load:load_recipe",
    "load_rules": "filters.rule_set:load_rules",
    "open_build": "triplets.layout.index:open_build",
    "open_cut": "train.data.dataset:open_cut",
    "open_store": "triplets.storage.store:open_store",
    "plan": "pipelines.planning.estimate:estimate",
    "score": "pipelines.scoring.run:score",
    "take_down": "pipelines.takedown.run:take_down",
    "write_audit": "apps.audit.page:write",
}


__all__ = [
    "Asked",
    "AuditOptions",
    "Augmentation",
    "BuildOptions",
    "DEFAULT_RULES",
    "Loader",
    "Recipe",
    "RuleSet",
    "RunOptions",
    "SamplingConfig",
    "Step",
    "UsageError",
    "audit",
    "build",
    "cut",
    "export",
    "lint",
    "load_recipe",
    "load_rules",
    "open_build",
    "open_cut",
    "open_store",
    "plan",
    "score",
    "take_down",
    "write_audit",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _PUBLIC[name].partition(":")
    return getattr(import_module(f"{__name__}.{module}"), attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
