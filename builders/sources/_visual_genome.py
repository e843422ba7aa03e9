"""Visual Genome's picture list, ``image_data.json``: half of its pictures are COCO's, and it tells which."""

from __future__ import annotations

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.formats.json_stream import load_json

PICTURE_LIST = "image_data.json"
_MAX_DOCUMENT = 2**31


def coco_names(root: Root, file: str) -> dict[str, str]:
    """Picture number -> its name in COCO (``coco:139``), of the pictures that have one.

    Args:
        root: where the list lies.
        file: the list, objects with ``image_id`` and ``coco_id`` (a number or null).

    Raises:
        ieiw.builders.formats.json_stream.DocumentError: damaged, or no list.
    """
    entries = load_json(root.read(file, _MAX_DOCUMENT), root.full_name(file), list)
    found = {}
    for entry in entries:
        number, coco = (entry.get("image_id"), entry.get("coco_id")) if isinstance(entry, dict) else (None, None)
        if type(number) is int and type(coco) is int:
            found[str(number)] = f"coco:{coco}"
    return found
