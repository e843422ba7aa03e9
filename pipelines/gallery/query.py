"""Searches a gallery: by a picture, a text, or the id of a vector that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ieiw.models.embed.common import embed_images
from ieiw.models.gallery.search import Floats, Searcher
from ieiw.models.protocols import Embedder
from ieiw.models.roles import EMBED
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import ANY_SIZE, decode
from ieiw.triplets.layout.gallery import Gallery, check_embedder, open_gallery
from ieiw.triplets.rejects import Refusal


def search(
    location: str,
    *,
    picture: str = "",
    text: str = "",
    of: str = "",
    k: int = 10,
    options: Mapping[str, Any] | None = None,
) -> list[tuple[float, dict[str, Any]]]:
    """The nearest vectors of a gallery, the nearest first: cosine, and all that is known of each.

    Args:
        location: of the gallery.
        picture: a picture file; give this,
        text: or a text, for embedders of both,
        of: or the id of a vector of the gallery, which is then left out.
        k: how many.
        options: of the gallery's embedder, such as ``weights``.

    Raises:
        UsageError: none or several of the three; no such gallery, file or id; other weights than the gallery's; too many asked for.
    """
    if sum(map(bool, (picture, text, of))) != 1:
        raise UsageError("say what to look for by one of: a picture, a text, an id of the gallery")
    gallery = open_gallery(location)
    searcher = Searcher(gallery)
    leave_out = None
    if of:
        leave_out = gallery.rows_of([of])
        if leave_out[0] < 0:
            raise UsageError(f"{gallery.store.location}: holds no vector of id {of}")
        query = searcher.vectors(leave_out)
    else:
        query = _embedded(gallery, picture, text, options or {})
    near, rows = searcher.search(query, k, leave_out)
    known = gallery.take(rows[0].tolist())
    return list(zip(near[0].tolist(), known, strict=True))


def _embedded(gallery: Gallery, picture: str, text: str, options: Mapping[str, Any]) -> Floats:
    """(1, dimension) of a picture file or a text, by the gallery's own embedder."""
    model = EMBED.make(gallery.note.embedder["embedder"], options)
    check_embedder(gallery, model.describe())
    return np.asarray(_text(model, text) if text else _picture(model, picture), np.float32)


def _text(model: Embedder, text: str) -> Any:
    if not model.has_texts:
        raise UsageError(f"{model.name} embeds pictures alone; search by a picture")
    return model.texts([text])


def _picture(model: Embedder, file: str) -> Any:
    try:
        data = Path(file).expanduser().read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}. Give a picture file") from error
    try:
        pixels = decode(data, ANY_SIZE).pixels
    except Refusal as refusal:
        raise UsageError(f"{file}: no picture that can be read ({refusal.detail})") from refusal
    return embed_images(model, [np.ascontiguousarray(pixels)])
