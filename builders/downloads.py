"""Where each data set is to be had; docs/data-sets.md says more."""

from __future__ import annotations

DOWNLOADS = {
    "ade20k-150": "sceneparsing.csail.mit.edu",
    "ade20k-847": "groups.csail.mit.edu/vision/datasets/ADE20K",
    "aic": "github.com/AIChallenger/AI_Challenger_2017",
    "ap10k": "github.com/AlexTheBad/AP-10K",
    "clwd": "github.com/MRUIL/WDNet",
    "coco-instances": "cocodataset.org",
    "coco-keypoints": "cocodataset.org",
    "coco-stuff": "github.com/nightrome/cocostuff",
    "crowdpose": "github.com/Jeff-sjtu/CrowdPose",
    "gier": "github.com/jshi31/T2ONet",
    "gopro": "seungjunnah.github.io/Datasets/gopro",
    "gqa-inpaint": "github.com/abyildirim/inst-inpaint",
    "grefcoco": "github.com/henghuiding/gRefCOCO",
    "humanart": "idea-research.github.io/HumanArt",
    "instructpix2pix": "github.com/timothybrooks/instruct-pix2pix",
    "magicbrush": "huggingface.co/datasets/osunlp/MagicBrush",
    "mpii": "human-pose.mpi-inf.mpg.de",
    "nyuv2": "cs.nyu.edu/~fergus/datasets/nyu_depth_v2.html",
    "oxford-pet": "robots.ox.ac.uk/~vgg/data/pets",
    "pascal-context": "cs.stanford.edu/~roozbeh/pascal-context",
    "pascal-voc": "host.robots.ox.ac.uk/pascal/VOC/voc2012",
    "phrasecut": "github.com/ChenyunWu/PhraseCutDataset",
    "reds": "seungjunnah.github.io/Datasets/reds",
    "refclef": "github.com/lichengunc/refer",
    "refcoco": "github.com/lichengunc/refer",
    "refcoco-plus": "github.com/lichengunc/refer",
    "refcocog": "github.com/lichengunc/refer",
    "sidd": "www.eecs.yorku.ca/~kamel/sidd",
}
"""Registered data set -> page with its files."""
