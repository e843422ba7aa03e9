"""Visual Genome's picture list, as it comes with it (``image_data.json``) and with data sets made of it; half of it is COCO's."""

from __future__ import annotations

from dataclasses import dataclass

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.formats.json_stream import read_json

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
        if isinstance(entry, dict) and type(entry.get("image_id")) is int:
            width, height, url, coco = (entry.get(key) for key in ("width", "height", "url", "coco_id"))
            picture = Picture(
                (width, height) if isinstance(width, int) and isinstance(height, int) else None,
                url if isinstance(url, str) else "",
                (f"coco:{coco}",) if type(coco) is int else (),
            )
            pictures.setdefault(str(entry["image_id"]), picture)
    return pictures
