"""A gallery of regions and a build of replacements, on drawn pictures: small enough to be made in seconds."""

import json
from pathlib import Path

import cv2
import numpy as np

from ieiw.pipelines.build.run import Options, build
from ieiw.pipelines.engine.run import RunOptions
from ieiw.pipelines.gallery.indexing import Means
from ieiw.pipelines.gallery.regions.run import build_regions
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.layout.regions import RegionRecipe

SIZE = (96, 72)
PICTURES = 10
UNITS = 4
RULES = {"min_share": 0.01, "min_side": 8, "min_sharpness": 0}
_NAMES = ("car", "ball", "box", "cup", "chair", "dog")
_COLOURS = {"red": (200, 30, 30), "green": (30, 160, 40), "blue": (30, 50, 200), "yellow": (230, 210, 40)}


def write_pictures(root: Path, pictures: int = PICTURES) -> Path:
    """PhraseCut's layout: pictures of two things each, ellipses of clear colours on soft grounds, with their outlines.

    One phrase of the last picture is of several things, and the picture before it is not there.
    """
    (root / "images").mkdir(parents=True)
    entries = [_entry(picture, which) for picture in range(1, pictures + 1) for which in range(2)]
    entries[-1] |= {
        "ann_ids": [1, 2],
        "instance_boxes": entries[-1]["instance_boxes"] * 2,
        "Polygons": entries[-1]["Polygons"] * 2,
    }
    listed = [{"image_id": n, "width": SIZE[0], "height": SIZE[1], "url": f"http://example.org/{n}.jpg", "split": "train"}
              for n in range(1, pictures + 1)]  # fmt: skip
    for name, value in {"refer_train": entries, "image_data_split": listed, "skip": []}.items():
        (root / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    for picture in range(1, pictures + 1):
        if picture != pictures - 1:
            cv2.imwrite(str(root / "images" / f"{picture}.jpg"), _drawn(picture)[..., ::-1])
    return root


def _thing(picture, which):
    """Name, colour, centre and half axes of a thing."""
    number = 2 * picture + which
    centre = (26 + 44 * which, 34 + 5 * (number % 3))
    axes = (12 + number % 4, 15 + number % 5)
    return _NAMES[number % len(_NAMES)], list(_COLOURS)[(number // 2) % len(_COLOURS)], centre, axes


def _outline(picture, which):
    _, _, centre, axes = _thing(picture, which)
    return cv2.ellipse2Poly(centre, axes, 0, 0, 360, 15).tolist()


def _drawn(picture):
    random = np.random.default_rng(picture)
    ground = cv2.resize(random.integers(90, 200, (3, 4, 3), np.uint8), SIZE, interpolation=cv2.INTER_CUBIC)
    for which in range(2):
        cv2.fillPoly(ground, [np.array(_outline(picture, which))], _COLOURS[_thing(picture, which)[1]])
    return ground


def _entry(picture, which):
    name, colour, (x, y), (across, down) = _thing(picture, which)
    return {
        "task_id": f"{picture}__{which}",
        "image_id": picture,
        "ann_ids": [picture * 100 + which],
        "instance_boxes": [[x - across, y - down, 2 * across, 2 * down]],
        "Polygons": [[_outline(picture, which)]],
        "phrase": f"{colour} {name}",
        "phrase_structure": {
            "name": name,
            "attributes": [colour],
            "relation_ids": [],
            "relation_descriptions": [],
            "type": "attribute",
        },
    }


def gallery_recipe(root, **changes):
    """What the gallery is made of: units of three pictures, two records each."""
    source = {"name": "drawn", "dataset": "phrasecut", "root": str(root)}
    return RegionRecipe.model_validate({"sources": [source], "rules": RULES, "pictures_per_unit": 6} | changes)


def make_gallery(root, place, workers=1, **changes):
    """Make the gallery, or go on with it."""
    return build_regions(
        gallery_recipe(root, **changes), str(place), "descriptor", means=Means(options=RunOptions(workers))
    )


def recipe_values(root, gallery, backends=None, **options):
    """A recipe of replacements, as the YAML file would hold it; ``options`` are of the task."""
    task = {
        "gallery": str(gallery),
        "region": RULES,
        "retrieve": {"min_similarity": -1, "max_similarity": 1, "max_aspect": 3, "min_shape": 0},
        "paint": {"seeds": 2},
    }
    source = {
        "name": "drawn",
        "dataset": "phrasecut",
        "root": str(root),
        "tasks": ["replacement"],
        "max_reject_share": 1,
        "task_options": {"replacement": task | options},
    }
    return {
        "seed": 3,
        "image": {"short_side": SIZE[1], "format": "png"},
        "unit_bytes": "200KB",
        "sources": [source],
        "backends": {"embed": "descriptor", "paint": "blend", "caption": "labels"} | (backends or {}),
    }


def replace(root, gallery, out, workers=1, backends=None, replaced=(), **options):
    """Build it."""
    recipe = Recipe.model_validate(recipe_values(root, gallery, backends, **options))
    return build(recipe, out, Options(workers=workers, replace=frozenset(replaced)))
