"""One file, several names: how Windows, macOS, archives and web pages write what an annotation file calls otherwise."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

_BYTES = re.compile("[\udc80-\udcff]")
"""How Python shows bytes of a name that are no UTF-8."""


def as_meant(name: str) -> str:
    """A name as a person reads it: ``%20`` is a space, letters with accents are composed, no spaces or dots at its end.

    Bytes that are no UTF-8, as old archives leave them, are read as Latin-1.
    """
    data = name.encode("utf-8", "surrogateescape" if _BYTES.search(name) else "replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return "/".join(part.strip().rstrip(".") or part for part in unicodedata.normalize("NFC", unquote(text)).split("/"))


def other_spellings(reference: str) -> list[str]:
    """How other systems write the same name: macOS with accents apart from their letters, Windows with backslashes, which
    careless archives unpack as letters of a name.
    """
    slashed = (
        reference,
        reference.replace("\\", "/"),
        reference.replace("/", "\\"),
        "\\".join(reference.rsplit("/", 1)),
    )
    names = [unicodedata.normalize(form, name) for name in slashed for form in ("NFC", "NFD")]
    names = [*slashed, *names]
    return [name for name in dict.fromkeys([*names, *map(_in_other_case, names)]) if name and name != reference]


def _in_other_case(reference: str) -> str:
    """The reference with its ending in capitals, or in small letters where it has capitals; empty where it has no ending."""
    stem, _, ending = reference.rpartition(".")
    if not stem or not ending.isalpha():
        return ""
    return f"{stem}.{ending.upper() if ending.islower() else ending.lower()}"
