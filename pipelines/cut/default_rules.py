"""The rules of a cut that is given none."""

from __future__ import annotations

from ieiw.builders import catalogue
from ieiw.filters.rule_set import default_rules

_TASKS = {name: catalogue.task_class(name) for name in catalogue.TASKS}
_MIRRORED = {name for mirror, task in _TASKS.items() if task.mirrors for name in (mirror, task.mirrors)}
DEFAULT = default_rules(
    photographic=[name for name, task in _TASKS.items() if task.photographic],
    mirrored=[name for name in _TASKS if name in _MIRRORED],
)
"""For the tasks of the catalogue, by what these say of themselves."""
