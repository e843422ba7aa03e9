"""AP-10K (Yu et al., NeurIPS 2021): animals of 54 species with 17 joints.

``annotations/ap10k-<split>.json`` and ``data/<file_name>``.
"""

from __future__ import annotations

from ieiw.builders.instructions.joints import species
from ieiw.builders.sources._coco_points import CocoImage, CocoPoints


class AP10K(CocoPoints):
    """Source of AP-10K's animals. Splits: ``train-split1``, ``val-split1``, ``test-split1``, and the same of 2 and 3."""

    layout = "ap10k"

    def annotation_file(self) -> str:
        """``annotations/ap10k-<split>.json``."""
        file = f"annotations/ap10k-{self._split}.json"
        remedy = "Change `split` (train-split1, …), or give the folder that holds annotations and data in `root`."
        self._root.require(file, "annotation file", remedy)
        return file

    def picture_file(self, image: CocoImage) -> str:
        """``data/<file_name>``."""
        return f"data/{image.file_name}"

    def noun(self, category: str, image: CocoImage) -> str:
        """The species."""
        return species(category)

    def licence(self, image: CocoImage) -> str:
        """Of the whole data set."""
        return "AP-10K (CC BY 4.0)"
