"""A file of COCO's form: ``annotations``, which may be huge, ``images`` and ``categories``, which are small."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar, cast

import msgspec

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.formats.json_stream import array_spans, parse
from ieiw.builders.sources._decode_errors import decoded
from ieiw.builders.sources._json_index import JsonIndex


class CocoElement(msgspec.Struct):
    """An element with a number."""

    id: int


class ImageEntry(CocoElement):
    """An element of ``images``; sizes in pixels."""

    file_name: str
    width: int | None = None
    height: int | None = None
    license: Any = 0  # by its number; some conversions write null or a name

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height that it was annotated on; None where the file does not tell."""
        return None if self.width is None or self.height is None else (self.width, self.height)

    @property
    def licence(self) -> str:
        """COCO's licence of the picture by its number, or by what a conversion made of it; empty where the file names none."""
        return f"COCO licence {self.license}" if self.license and self.license == self.license else ""  # noqa: PLR0124 - NaN


class CategoryEntry(CocoElement):
    """An element of ``categories``."""

    name: str


class _Head(CocoElement):
    image_id: int


_HEAD = msgspec.json.Decoder(_Head, strict=False)
_Element = TypeVar("_Element", bound=CocoElement)
_Image = TypeVar("_Image", bound=CocoElement)
_Category = TypeVar("_Category", bound=CocoElement)


class Elements(dict[int, _Element]):
    """Elements by their ids; ``wrong`` says of others why they were left out."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.wrong: dict[int, str] = {}
        self._key = key

    def lack(self, field: str, number: int) -> str:
        """Why an element that ``field`` refers to is not here."""
        return self.wrong.get(number, f"{field} {number} is not in {self._key}")


class CocoFile(Generic[_Image, _Category]):
    """A file of COCO's form below a root; each of its arrays is read when it is first asked for.

    Args:
        root: of the data set.
        file: below it.
        image: kind of the elements of ``images``.
        category: kind of the elements of ``categories``.

    Raises:
        UsageError: asked for an array: the file is missing.
        ieiw.builders.formats.json_stream.DocumentError: asked for an array: there is none, or the file is cut short.
    """

    def __init__(self, root: Root, file: str, image: type[_Image], category: type[_Category]) -> None:
        self.file = file
        self._root, self._image, self._category = root, image, category

    @cached_property
    def annotations(self) -> JsonIndex:
        """The annotations, picture by picture."""
        return JsonIndex(self._root, self.file, identify, "annotations")

    @cached_property
    def images(self) -> Elements[_Image]:
        """The pictures by their numbers."""
        return elements_by_id(self._root, self.file, "images", self._image)

    @cached_property
    def categories(self) -> Elements[_Category]:
        """The categories by their numbers."""
        return elements_by_id(self._root, self.file, "categories", self._category)


def picture_folder(root: Root, split: str) -> str:
    """``<split>``, as cocodataset.org's archives unpack, or ``images/<split>``."""
    inner = f"images/{split}"
    return inner if not root.exists(split) and root.exists(inner) else split


def elements_by_id(root: Root, file: str, key: str, kind: type[_Element]) -> Elements[_Element]:
    """The elements of one of a file's shorter arrays; of two with one id the first counts.

    Whole numbers may be written as ``640.0`` or ``"640"``. An element that is not of the kind is left out: whoever refers to it
    becomes a reject that says what is wrong with it.

    Args:
        root: of the data set.
        file: below it.
        key: of the array.
        kind: of its elements.

    Raises:
        UsageError: the file is missing.
        ieiw.builders.formats.json_stream.DocumentError: no such array, or the file is cut short.
    """
    elements, read = Elements[_Element](key), decoder(kind)
    with root.open(file) as stream:
        for index, span in enumerate(array_spans(stream, root.full_name(file), key)):
            try:
                element = decoded(span.data, read, finite=False)
            except ValueError as error:
                if (number := whole_number(span.data, "id")) is not None:
                    elements.wrong.setdefault(number, f"{key}[{index}]: {error}")
            else:
                elements.setdefault(element.id, element)
    return elements


def identify(data: bytes) -> tuple[bytes, int]:
    """Annotation id and image id of an element; its bytes where it has no id, -1 where it has no image id."""
    try:
        head = _HEAD.decode(data)
    except (ValueError, RecursionError):
        own, picture = whole_number(data, "id"), whole_number(data, "image_id")
        return data if own is None else str(own).encode(), -1 if picture is None else picture
    return str(head.id).encode(), head.image_id


_Fields = TypeVar("_Fields")


def decoder(kind: type[_Fields]) -> msgspec.json.Decoder[_Fields]:
    """Reads elements as conversions write them: whole numbers also as ``640.0`` or ``"640"``, in every array alike."""
    return msgspec.json.Decoder(kind, strict=False)


def whole_number(data: bytes, field: str) -> int | None:
    """A field of an element, whatever the others hold (Python writes NaN, which is no JSON); None where it is no whole number."""
    with suppress(ValueError, RecursionError):
        return cast(int, getattr(_alone(field).decode(data), field))
    try:
        entry = parse(data)
    except (ValueError, RecursionError):
        return None
    return as_whole(entry.get(field)) if isinstance(entry, dict) else None


@lru_cache
def _alone(field: str) -> msgspec.json.Decoder[Any]:
    """Reads one field as a whole number, whatever the others hold."""
    return msgspec.json.Decoder(msgspec.defstruct("Alone", [(field, int)]), strict=False)


def as_whole(value: object) -> int | None:
    """A JSON value as a whole number, which may be written as ``640.0`` or ``"640"``; None where it is none."""
    try:
        return None if isinstance(value, bool) else msgspec.convert(value, int, strict=False)
    except (ValueError, TypeError):
        return None
