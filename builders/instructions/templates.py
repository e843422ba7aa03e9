"""Ten hand-written templates a task. ``{the}`` is the definite noun phrase, ``{a}`` the indefinite one."""

from __future__ import annotations

from collections.abc import Sequence

from ieiw.builders.instructions.phrases import NounPhrase

TEMPLATES: dict[str, tuple[str, ...]] = {
    "removal": (
        "remove {the}",
        "erase {the}",
        "delete {the}",
        "get rid of {the}",
        "take out {the}",
        "please remove {the}",
        "edit out {the}",
        "make {the} disappear",
        "show the scene without {the}",
        "the picture should not have {the}",
    ),
    "addition": (
        "add {a}",
        "insert {a}",
        "please add {a}",
        "put in {a}",
        "include {a}",
        "make {a} appear",
        "show the scene with {a}",
        "I would like to see {a}",
        "the picture should have {a}",
        "bring {a} into the picture",
    ),
}


def fill(task: str, phrase: NounPhrase, templates: Sequence[str] = ()) -> tuple[str, ...]:
    """All templates of a task, or others in their place, filled.

    Raises:
        KeyError: the task has no templates, and none were given.
    """
    return tuple(template.format(the=phrase.definite, a=phrase.indefinite) for template in templates or TEMPLATES[task])
