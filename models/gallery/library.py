"""FAISS, and where it is not."""

from __future__ import annotations

from typing import Any

from ieiw.triplets.errors import UsageError


def faiss() -> Any:
    """The library.

    Raises:
        UsageError: it is not installed; says how.
    """
    try:
        import faiss as library
    except ImportError as error:
        raise UsageError(
            "galleries need FAISS, which is not installed: pip install 'ieiw[cpu]', or 'ieiw[gpu]'"
        ) from error
    return library
