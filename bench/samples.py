"""The small real samples that the table of data sets and the figures of read-back are measured on: one line, one build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Sample:
    """What is built of a data set's sample.

    Attributes:
        dataset: a registered name.
        folder: below the folder of real samples.
        split: as the data set calls it.
        tasks: built in one go.
        options: of the source.
        label: what the table calls it; the split where empty.
    """

    dataset: str
    folder: str
    split: str
    tasks: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""

    @property
    def name(self) -> str:
        """Of the source in a recipe; unique among :data:`SAMPLES`."""
        words = (self.dataset, self.split, self.tasks[0], *map(str, self.options.values()))
        return "-".join(word.replace("_", "-").lower() for word in words)

    def block(self, real: Path, variants: int = 1) -> dict[str, Any]:
        """Its block of a recipe. Rejects stop nothing: they are what is counted."""
        return {
            "name": self.name,
            "dataset": self.dataset,
            "root": str(real / self.folder),
            "split": self.split,
            "tasks": list(self.tasks),
            "options": dict(self.options),
            "variants": variants,
            "max_reject_share": 1,
        }


_PAINT = ("removal", "addition")
_BY_CLASS = {"records": "classes"}
_OBJECTS = {"records": "objects"}

SAMPLES = (
    Sample("ade20k-150", "ade20k/ADEChallengeData2016", "validation", ("segment",)),
    Sample("ade20k-847", "ade20k", "training", ("segment",)),
    Sample("aic", "aic", "validation", ("keypoints",)),
    Sample("ap10k", "ap10k", "test-split1", ("keypoints",)),
    Sample("clwd", "clwd_derived", "train", ("watermark-removal",)),
    Sample("coco-instances", "coco", "train2017", _PAINT, label="train2017 removal and addition"),
    Sample("coco-instances", "coco", "train2017", ("detect",), _BY_CLASS, label="train2017 detect"),
    Sample("coco-instances", "coco", "val2017", _PAINT, label="val2017 removal and addition"),
    Sample("coco-instances", "coco", "val2017", ("detect",), _BY_CLASS, label="val2017 detect"),
    Sample("coco-keypoints", "coco", "train2017", ("keypoints",)),
    Sample("coco-keypoints", "coco", "val2017", ("keypoints",)),
    Sample("coco-stuff", "coco_stuff", "train2017", ("segment",), label="train2017 segment"),
    Sample("coco-stuff", "coco_stuff", "train2017", ("segment-mask",), label="train2017 segment-mask"),
    Sample("coco-stuff", "coco_stuff", "val2017", ("segment",), label="val2017 segment"),
    Sample("crowdpose", "crowdpose", "sample", ("keypoints",)),
    Sample("gier", "gier_derived", "train", ("edit",)),
    Sample("gopro", "gopro_derived/GOPRO_Large", "train", ("deblur",)),
    Sample("gqa-inpaint", "gqa_inpaint_derived", "train", ("edit",)),
    Sample("gqa-inpaint", "gqa_inpaint_derived", "test", ("edit",)),
    Sample("grefcoco", "grefcoco/format_only", "val", ("refer",)),
    Sample("humanart", "humanart", "validation", ("keypoints",)),
    Sample("instructpix2pix", "instructpix2pix/clip-filtered-dataset", "all", ("edit",)),
    Sample("magicbrush", "magicbrush_derived", "train", ("edit",)),
    Sample("mpii", "mpii", "valid", ("keypoints",)),
    Sample("nyuv2", "nyuv2/rgb_depth", "all", ("depth",), {"units_per_metre": 5000}, label="640 x 480"),
    Sample("nyuv2", "nyuv2/mmseg_layout", "all", ("depth",), {"units_per_metre": 1000}, label="160 x 120"),
    Sample("openimages", "openimages_derived", "train", _PAINT, _OBJECTS, label="train removal and addition"),
    Sample("oxford-pet", "oxford_pet", "all", ("classify",)),
    Sample("pascal-context", "pascal_context", "val", ("segment",)),
    Sample("pascal-voc", "pascal_voc/VOCdevkit/VOC2012", "val", ("segment",)),
    Sample("phrasecut", "phrasecut_derived/VGPhraseCut_v0", "train", _PAINT, label="train removal and addition"),
    Sample("phrasecut", "phrasecut_derived/VGPhraseCut_v0", "train", ("refer",), label="train refer"),
    Sample("reds", "reds_derived", "train", ("deblur",)),
    Sample("reds", "reds_derived", "val", ("deblur",)),
    Sample("refclef", "refclef", "all", ("refer",)),
    Sample("refcoco", "refcoco", "val", ("refer",)),
    Sample("refcoco-plus", "refcoco", "val", ("refer",)),
    Sample("refcocog", "refcoco", "val", ("refer",)),
    Sample("sidd", "sidd_derived", "train", ("denoise",)),
    Sample("sidd", "sidd", "val", ("denoise",), label="blocks"),
)
"""In the table's order."""

REMARKS = {
    "grefcoco": "text of the sample is made up",
    "refclef": "the sample has no masks",
}
"""What else the table says of a data set's sample."""
