"""Something made by its class from options that a user wrote."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import Parameter, signature
from typing import Any, TypeVar

from ieiw.triplets.errors import UsageError

T = TypeVar("T")


def make_with(cls: type[T], options: Mapping[str, Any], where: str, name: str) -> T:
    """``cls(**options)``, with what is wrong told by name.

    Args:
        cls: whose parameters are the options.
        options: name -> value.
        where: what the options are called in messages, such as ``backends.embed.options``.
        name: what the user calls the class.

    Raises:
        UsageError: an unknown or missing option, or a wrong value.
    """
    kinds = {Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY}
    known = [each for each, parameter in signature(cls).parameters.items() if parameter.kind in kinds]
    passes_on = any(parameter.kind == Parameter.VAR_KEYWORD for parameter in signature(cls).parameters.values())
    if not passes_on and (unknown := sorted(options.keys() - set(known))):
        raise UsageError(
            f"{where}.{unknown[0]}: {name} has no such option; remove it or mend its spelling "
            f"(known: {', '.join(known) or 'none'})"
        )
    try:
        return cls(**options)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{where} of {name}: {error}") from error
