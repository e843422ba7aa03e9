"""Planted defects: ROC-AUC of each score, and the share of clean and of defective pictures that the default rules keep.

The photographs are scikit-image's, and those of IEIW_REAL_DATA where that is set; all are stored as a build stores them
(short side 256, JPEG of quality 95). Default thresholds were chosen on the second lot; docs/scores.md says which two were
loosened after a look at the first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from bench.common import Row
from ieiw.filters.composite import COMPOSITES
from ieiw.filters.registry import better_of, embedded, load
from ieiw.filters.rules.bounds import BoundedScore
from ieiw.filters.scores.base import Pair, PairScore, PictureHash, PictureScore
from ieiw.models.roles import INPAINT
from ieiw.pipelines.cut.default_rules import DEFAULT
from ieiw.triplets.images.codec import PictureLimits, decode
from ieiw.triplets.records import Image, Mask

_SIDE = 256
_PHOTOGRAPHS = ("astronaut", "camera", "cat", "coffee", "coins", "rocket")
_REAL = ("coco", "ade20k", "pascal_voc", "oxford_pet")
Values = dict[str, npt.NDArray[Any]]
Make = Callable[[Image], Image]
OWN_SCORE = {"blur": "sharpness", "noise": "noise", "jpeg": "blockiness"}
"""Defect -> the score that is meant for it."""


def held_out() -> list[Image]:
    """scikit-image's photographs, whole and as crops of 256 x 256 at their own size."""
    import skimage.data

    found = []
    for name in _PHOTOGRAPHS:
        picture = np.asarray(getattr(skimage.data, name)())
        picture = np.dstack([picture] * 3) if picture.ndim == 2 else picture[..., :3]
        found.append(_scaled(picture))
        found += [
            np.ascontiguousarray(picture[top : top + _SIDE, left : left + _SIDE])
            for top in range(0, picture.shape[0] - _SIDE + 1, _SIDE)
            for left in range(0, picture.shape[1] - _SIDE + 1, _SIDE)
        ]
    return [stored(picture) for picture in found]


def real(folder: Path, most: int = 120) -> list[Image]:
    """Photographs of data sets, scaled as a build scales them."""
    files = sorted(file for name in _REAL for file in (folder / name).rglob("*.jpg"))
    pictures = (decode(file.read_bytes(), PictureLimits(min_side=1)).pixels for file in files)
    return [stored(_scaled(picture)) for picture in pictures if min(picture.shape[:2]) >= _SIDE][:most]


def _scaled(picture: Image) -> Image:
    shrink = _SIDE / min(picture.shape[:2])
    size = (round(picture.shape[1] * shrink), round(picture.shape[0] * shrink))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def stored(picture: Image, quality: int = 95) -> Image:
    """The picture after JPEG compression without chroma subsampling."""
    settings = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    _, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), settings)
    return np.ascontiguousarray(decode(data.tobytes(), PictureLimits(min_side=1)).pixels)


def blurred(picture: Image) -> Image:
    """Gaussian blur of one pixel."""
    return stored(np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0)))


def noisy(picture: Image) -> Image:
    """White noise of eight grey levels."""
    noise = np.random.default_rng(picture.size).normal(0, 8, picture.shape)
    return stored(np.clip(picture + noise, 0, 255).round().astype(np.uint8))


def compressed(picture: Image) -> Image:
    """JPEG of quality 30."""
    return stored(stored(picture, 30))


PICTURE_DEFECTS: Mapping[str, Make] = {"blur": blurred, "noise": noisy, "jpeg": compressed}


def hole_in(picture: Image, number: int) -> Mask:
    """An ellipse of about 7 % of the picture."""
    height, width = picture.shape[:2]
    random = np.random.default_rng(number)
    centre = (int(random.uniform(0.3, 0.7) * width), int(random.uniform(0.3, 0.7) * height))
    hole = np.zeros((height, width), np.uint8)
    cv2.ellipse(hole, centre, (int(0.18 * width), int(0.13 * height)), float(random.uniform(0, 180)), 0, 360, 1, -1)
    return hole > 0


def pairs_of(pictures: Sequence[Image]) -> dict[str, list[Pair]]:
    """Removal pairs: as the classical inpainter makes them (``clean``), and with each defect."""
    paint = INPAINT.make("classical", {})
    found: dict[str, list[Pair]] = {
        name: [] for name in ("clean", "flat fill", "smear", "nothing changed", "swapped pair")
    }
    for number, picture in enumerate(pictures):
        hole = hole_in(picture, number)
        flat = picture.copy()
        flat[hole] = picture[~hole].mean(axis=0).astype(np.uint8)
        smear = cv2.inpaint(picture, hole.astype(np.uint8), 3, cv2.INPAINT_TELEA)
        other = pictures[(number + 1) % len(pictures)]
        targets = {
            "clean": np.where(hole[..., None], paint.paint([picture], [hole])[0], picture),
            "flat fill": flat,
            "smear": np.asarray(smear),
            "nothing changed": picture,
            "swapped pair": np.asarray(cv2.resize(other, picture.shape[1::-1])),
        }
        for name, target in targets.items():
            found[name].append(Pair(picture, stored(target), hole))
    return found


def picture_scores(pictures: Sequence[Image]) -> Values:
    """Every picture score and composite of each picture."""
    scores = [load(name)() for name in embedded()]
    made = [each for each in scores if isinstance(each, PictureScore) and not isinstance(each, PictureHash)]
    values: Values = {each.name: np.array([each.of_picture(picture) for picture in pictures]) for each in made}
    for name, composite in COMPOSITES.items():
        values[name] = composite.compute({part: values[part] for part in composite.parts})
    return values


def pair_scores(pairs: Sequence[Pair]) -> Values:
    """Every pair score, the picture scores of the targets, and ``gap`` (of each composite, source minus target)."""
    made = [each for name in embedded() if isinstance(each := load(name)(), PairScore)]
    values: Values = {each.name: np.array([each.of_pair(pair) for pair in pairs]) for each in made}
    sources, targets = (picture_scores([getattr(pair, role) for pair in pairs]) for role in ("source", "target"))
    gaps = {f"gap of {name}": sources[name] - targets[name] for name in COMPOSITES}
    return values | targets | gaps


def auc(clean: npt.NDArray[Any], planted: npt.NDArray[Any], better: str) -> float:
    """Area under the ROC curve: how often a clean one is better than a defective one; ties count half."""
    clean, planted = clean[~np.isnan(clean)], planted[~np.isnan(planted)]
    steps = np.sign(clean[:, None] - planted[None, :]) * (1 if better == "higher" else -1)
    return float((steps.mean() + 1) / 2)


def better(name: str) -> str:
    """Which values are better; large gaps are bad."""
    return "lower" if name.startswith("gap of ") else better_of(name)


def kept(values: Values) -> dict[str, float]:
    """Default rule -> share of the rows that pass it."""
    found = {}
    for rule in DEFAULT.rules:
        assert isinstance(rule, BoundedScore)  # no default rule is of another kind
        column = values[f"gap of {rule.score}" if rule.subject == (rule.score, "gap") else rule.score]
        low, high = (rule.min, -np.inf)[rule.min is None], (rule.max, np.inf)[rule.max is None]
        found[rule.name] = float(np.mean((column >= low) & (column <= high)))
    return found


def report(pictures: Sequence[Image], where: str) -> tuple[str, dict[str, float]]:
    """Markdown tables of AUC and of the default rules' shares; and the AUC of each defect by its own score."""
    pairs = pairs_of(pictures)
    planted = {name: pair_scores(each) for name, each in pairs.items()}
    for name, make in PICTURE_DEFECTS.items():
        planted[name] = pair_scores([Pair(pair.source, make(pair.target), pair.hole) for pair in pairs["clean"]])
    clean = planted.pop("clean")
    names = sorted(clean)
    lines = [f"### ROC-AUC, {len(pictures)} {where}", "", "| score | " + " | ".join(planted) + " |"]
    lines.append("|---|" + "---:|" * len(planted))
    for name in names:
        figures = (auc(clean[name], each[name], better(name)) for each in planted.values())
        lines.append(f"| {name} | " + " | ".join(f"{figure:.2f}" for figure in figures) + " |")
    lines += ["", f"### Share that each default rule keeps, {len(pictures)} {where}", ""]
    lines += ["| rule | clean | " + " | ".join(planted) + " |", "|---|---:|" + "---:|" * len(planted)]
    shares = {"clean": kept(clean)} | {name: kept(values) for name, values in planted.items()}
    for rule in shares["clean"]:
        lines.append(f"| {rule} | " + " | ".join(f"{share[rule]:.2f}" for share in shares.values()) + " |")
    own = {defect: auc(clean[name], planted[defect][name], better(name)) for defect, name in OWN_SCORE.items()}
    return "\n".join(lines), own


def run() -> list[Row]:
    """Held-out photographs; their tables go to standard output, for docs/scores.md."""
    text, own = report(held_out(), "held-out photographs and crops (scikit-image)")
    print(text)
    folder = os.environ.get("IEIW_REAL_DATA")
    if folder:
        print("\n" + report(real(Path(folder)), "photographs of data sets")[0])
    return [
        Row(f"{name} found by {OWN_SCORE[name]}, ROC-AUC", f"{own[name]:.3f}", "0.9", own[name] >= 0.9) for name in own
    ]
