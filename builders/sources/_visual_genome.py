"""Visual Genome's picture list, as it comes with it (``image_data.json``) and with data sets made of it; half of it is COCO's."""

from __future__ import annotations

from dataclasses import dataclass

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.formats.json_stream import read_json
from ieiw.builders.sources._coco import as_whole

PICTURE_LIST = "image_data.json"


@dataclass(frozen=True, slots=True)
class Picture:
    """What the list says of a picture: width and height where it tells them, its address, its names in COCO (``coco:139``)."""

    size: tuple[int, int] | None
    url: str
    aliases: tuple[str, ...]

    @property
    def licence(self) -> str:
        """Visual Genome's, where the picture comes from there; else its address, which is all that the list tells."""
        is_of_it = "VG_100K" in self.url or "visualgenome" in self.url
        return f"Visual Genome (CC BY 4.0), {self.url}" if is_of_it else self.url


def read_pictures(root: Root, file: str) -> dict[str, Picture]:
    """Picture number -> what the list says; of two with one number the first counts.

    Args:
        root: where the list lies.
        file: the list, objects with ``image_id``; perhaps ``width``, ``height``, ``url`` and ``coco_id`` (a number or null).

    Raises:
        ieiw.builders.formats.json_stream.DocumentError: damaged, or no list.
    """
    pictures: dict[str, Picture] = {}
    for entry in read_json(root, file, list):
        if not isinstance(entry, dict):
            continue
        number, width, height, coco = (as_whole(entry.get(key)) for key in ("image_id", "width", "height", "coco_id"))
        if number is not None:
            url = entry.get("url")
            picture = Picture(
                None if width is None or height is None else (width, height),
                url if isinstance(url, str) else "",
                () if coco is None else (f"coco:{coco}",),
            )
            pictures.setdefault(str(number), picture)
    return pictures
