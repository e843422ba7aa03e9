"""Human-Art (Ju et al., CVPR 2023): persons in photographs, paintings, sculptures, with COCO's 17 joints.

``HumanArt/annotations/<split>_humanart.json`` and ``HumanArt/images/…``; ``root`` is the folder that holds ``HumanArt``, or
``HumanArt`` itself. For the splits with COCO's pictures, such as ``training_humanart_coco``, it is the one that holds both.
"""

from __future__ import annotations

from functools import cached_property

from ieiw.builders.sources._coco_points import CocoImage, CocoPoints

_OUTER = "HumanArt/"
_FIGURES = frozenset({"garage kits", "relief", "sculpture", "shadow play"})
"""Categories whose persons are made of stone, plastic or paper."""


class HumanArt(CocoPoints):
    """Source of Human-Art's persons. Splits: ``training``, ``validation``, or one category: ``validation_humanart_cartoon``."""

    layout = "coco"
    shift = 0.0  # its coordinates are fractions of pixels

    def annotation_file(self) -> str:
        """``annotations/<split>_humanart.json``, or ``annotations/<split>.json``."""
        names = [f"{self._outer}annotations/{self._split}{tail}.json" for tail in ("_humanart", "")]
        return self._find(names, "annotation file", "Change `split`, or give the folder that holds HumanArt in `root`.")

    def picture_file(self, image: CocoImage) -> str:
        """``file_name``, which starts with ``HumanArt/images``, or names a picture of COCO's from the folder above."""
        inside = image.file_name.removeprefix(_OUTER)
        return self._outer + inside if inside.startswith("images/") else image.file_name

    def noun(self, category: str, image: CocoImage) -> str:
        """``figure`` for statues and puppets."""
        return "figure" if (image.category or "").replace("_", " ").lower() in _FIGURES else category

    def licence(self, image: CocoImage) -> str:
        """The page that a picture comes from."""
        return f"Human-Art (non-commercial), {image.page_url or ''}".rstrip(", ")

    @cached_property
    def _outer(self) -> str:
        return "" if self._root.exists("annotations") else _OUTER
