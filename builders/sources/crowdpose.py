"""CrowdPose (Li et al., CVPR 2019): persons in crowds with 14 joints.

``json/crowdpose_<split>.json`` (or the same file at the root or in ``annotations``, where mmpose names it
``mmpose_crowdpose_<split>.json``) and ``images/<file_name>``. Its pictures come from COCO, MPII and AI Challenger under numbers
of their own.
"""

from __future__ import annotations

from ieiw.builders.sources._coco_points import CocoImage, CocoPoints

_FOLDERS = ("json/", "annotations/", "")


class CrowdPose(CocoPoints):
    """Source of CrowdPose's persons. Splits: ``train``, ``val``, ``test``, ``trainval``."""

    version = 3
    layout = "crowdpose"

    def annotation_file(self) -> str:
        """``json/crowdpose_<split>.json``, where it lies."""
        name = f"crowdpose_{self._split}.json"
        candidates = [f"{folder}{maker}{name}" for folder in _FOLDERS for maker in ("", "mmpose_")]
        remedy = "Change `split`, or give the folder that holds json and images in `root`."
        return self._find(candidates, "annotation file", remedy)

    def picture_file(self, image: CocoImage) -> str:
        """``images/<file_name>``."""
        return f"images/{image.file_name}"

    def size(self, image: CocoImage) -> None:
        """Unknown: in copies of the release width and height are swapped (open-mmlab/mmpose, issue 308); coordinates are not."""
        return

    def licence(self, image: CocoImage) -> str:
        """The release states none; its authors ask for research use."""
        return "CrowdPose (non-commercial research)"
