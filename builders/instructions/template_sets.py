"""Which templates a task fills: the hand-written ones, or a recipe's own, as a language model wrote them.

A *kind* is a set of templates that mean the same and have the same placeholders; most tasks have one, of the task's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ieiw.builders.instructions import mask_sentences, restoration, templates, vision_sentences
from ieiw.triplets.errors import UsageError

MOST = 24
"""Of longer sets so many are drawn for each triplet: every alternative is written into the sample."""

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_TABLES: Mapping[str, Callable[[], Mapping[str, tuple[str, ...]]]] = {
    **dict.fromkeys(templates.TEMPLATES, lambda: templates.TEMPLATES),
    **dict.fromkeys(restoration.NATURAL, lambda: restoration.NATURAL),
    **dict.fromkeys(vision_sentences.NATURAL, lambda: vision_sentences.NATURAL),
    **dict.fromkeys(("segment", "refer", "refer-quoted"), lambda: mask_sentences.SENTENCES),
}


def kinds() -> list[str]:
    """The kinds of sentences that can be rewritten, sorted."""
    return sorted(_TABLES)


def hand_written(kind: str) -> tuple[str, ...]:
    """The hand-written templates of a kind.

    Raises:
        UsageError: there is no such kind.
    """
    if kind not in _TABLES:
        raise UsageError(f"no instructions are called {kind!r}. Known: {', '.join(kinds())}")
    return _TABLES[kind]()[kind]


def placeholders(template: str) -> frozenset[str]:
    """Names in braces: ``{the}`` -> ``the``."""
    return frozenset(_PLACEHOLDER.findall(template))


def kinds_of(task: str) -> tuple[str, ...]:
    """The kinds that a task fills."""
    return ("refer", "refer-quoted") if task == "refer" else (task,)


def check_templates(kind: str, templates: Sequence[str]) -> None:
    """Make sure that templates can take the place of the hand-written ones: each has the same placeholders as one of these.

    Raises:
        UsageError: an unknown kind, or a template that lacks a placeholder or has another one.
    """
    expected = {placeholders(template) for template in hand_written(kind)}
    for template in templates:
        if placeholders(template) not in expected or "{" in _PLACEHOLDER.sub("", template):
            names = " or ".join(
                sorted(", ".join(f"{{{name}}}" for name in sorted(each)) or "none" for each in expected)
            )
            raise UsageError(f"instructions for {kind}: {template[:80]!r} must have the placeholders {names}")


def chosen(
    wordings: Mapping[str, Sequence[str]], kind: str, default: Sequence[str], rng: np.random.Generator
) -> tuple[str, ...]:
    """The templates of one triplet: the recipe's for the kind, at most :data:`MOST` drawn by ``rng``; else the default.

    Args:
        wordings: kind -> templates, :attr:`ieiw.builders.protocols.Tools.wordings`.
        kind: asked for.
        default: the hand-written set.
        rng: of the attempt; not touched where the default is used.
    """
    own = tuple(wordings.get(kind, ()))
    if len(own) <= MOST:
        return own or tuple(default)
    return tuple(own[index] for index in rng.choice(len(own), MOST, replace=False).tolist())
