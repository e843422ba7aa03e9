"""COCO key points (``person_keypoints_<split>.json``, Lin et al., ECCV 2014): persons with 17 joints.

``annotations/person_keypoints_<split>.json`` and ``<split>/<file_name>``, as cocodataset.org ships them; pictures below
``images/<split>`` are found as well.
"""

from __future__ import annotations

from functools import cached_property

from ieiw.builders.sources._coco import picture_folder
from ieiw.builders.sources._coco_points import CocoImage, CocoPoints


class CocoKeypoints(CocoPoints):
    """Source of COCO's persons. Splits: ``train2017``, ``val2017``, …"""

    layout = "coco"

    def annotation_file(self) -> str:
        """``annotations/person_keypoints_<split>.json``."""
        file = f"annotations/person_keypoints_{self._split}.json"
        self._root.require(file, "annotation file", "Change `split`, or give COCO's folder in `root`.")
        return file

    def picture_file(self, image: CocoImage) -> str:
        """``<split>/<file_name>``, or the same below ``images``."""
        return f"{self._folder}/{image.file_name}"

    def licence(self, image: CocoImage) -> str:
        """By COCO's number of the licence."""
        return image.licence

    @cached_property
    def _folder(self) -> str:
        return picture_folder(self._root, self._split)
