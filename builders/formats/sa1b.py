"""SA-1B's json: one file a picture, with the outlines of all that SAM found in it (Kirillov et al., "Segment Anything", 2023)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from ieiw.triplets.rejects import Reason, Refusal

_Side = Annotated[int, msgspec.Meta(ge=1)]


class Image(msgspec.Struct, frozen=True):
    """The picture that the outlines belong to."""

    width: _Side
    height: _Side
    file_name: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.width, self.height


class Annotation(msgspec.Struct, frozen=True):
    """One outline, as far as it is used.

    ``bbox`` is x, y, width, height, the two latter one less than the outline's extent in pixels.
    """

    id: int
    segmentation: dict[str, Any]
    bbox: tuple[float, float, float, float] | None = None
    predicted_iou: float | None = None
    stability_score: float | None = None


class Document(msgspec.Struct, frozen=True):
    """A picture's file; each annotation is decoded by itself, so that one that is damaged spoils no other."""

    image: Image
    annotations: list[msgspec.Raw]

    def regions(self) -> Iterator[Annotation | str]:
        """The outlines in the file's order; of a damaged one, what is wrong with it."""
        for raw in self.annotations:
            try:
                yield _ANNOTATION.decode(raw)
            except (ValueError, RecursionError) as error:
                yield str(error)


_ANNOTATION = msgspec.json.Decoder(Annotation)
_DOCUMENT = msgspec.json.Decoder(Document)


def read_document(data: bytes, name: str) -> Document:
    """Read a picture's file.

    Args:
        data: its bytes.
        name: of the file, for messages.

    Raises:
        Refusal: ``invalid_record``: no JSON, or not of this form.
    """
    try:
        return _DOCUMENT.decode(data)
    except (ValueError, RecursionError) as error:
        raise Refusal(Reason.INVALID_RECORD, f"{name}: {error}") from error
