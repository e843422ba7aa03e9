"""File systems behind URLs, through fsspec."""

from __future__ import annotations

from typing import Any

from ieiw.triplets.errors import UsageError


def file_system(url: str, **settings: Any) -> tuple[Any, str]:
    """The fsspec file system of a URL and the path in it; nothing is asked of it yet.

    Args:
        url: such as ``s3://bucket/prefix``.
        settings: of the file system.

    Raises:
        UsageError: fsspec does not know the protocol, or its package is not installed.
    """
    import fsspec

    try:
        system, path = fsspec.core.url_to_fs(url, **settings)
    except (ValueError, ImportError) as error:
        raise UsageError(f"{url}: {error}. Give a folder, or a URL such as s3://bucket/prefix") from error
    return system, str(path)
