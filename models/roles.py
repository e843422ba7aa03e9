"""Inpainters by name. One line adds a backend; nothing is imported before it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from typing import Any, cast

from ieiw.models.protocols import Inpainter
from ieiw.triplets.errors import UsageError

INPAINTERS = {
    "biharmonic": "ieiw.models.inpaint.biharmonic:Biharmonic",
    "classical": "ieiw.models.inpaint.patch:Patch",
    "lama": "ieiw.models.inpaint.lama:Lama",
    "navier-stokes": "ieiw.models.inpaint.opencv:NavierStokes",
    "noop": "ieiw.models.inpaint.noop:Noop",
    "patch": "ieiw.models.inpaint.patch:Patch",
    "telea": "ieiw.models.inpaint.opencv:Telea",
}
"""Name -> class, called with the recipe's options. ``classical`` is the stand-in that did best, see docs/stand-ins.md."""


def inpainter(name: str, options: Mapping[str, Any]) -> Inpainter:
    """Make an inpainter; weights are loaded with its first picture.

    Raises:
        UsageError: unknown name or option, a wrong value, or weights that are not there.
    """
    if name not in INPAINTERS:
        raise UsageError(f"backends.inpaint: no inpainter is called {name!r}. Known: {', '.join(sorted(INPAINTERS))}")
    module, _, attribute = INPAINTERS[name].partition(":")
    made = getattr(import_module(module), attribute)
    known = list(signature(made).parameters)
    if unknown := sorted(options.keys() - known):
        raise UsageError(
            f"backends.inpaint.options.{unknown[0]}: {name} has no such option; remove it or mend its spelling "
            f"(known: {', '.join(known) or 'none'})"
        )
    try:
        return cast(Inpainter, made(**options))
    except (TypeError, ValueError) as error:
        raise UsageError(f"backends.inpaint.options of {name}: {error}") from error
