<<<<<<< HEAD
"""A gallery of regions and a build of replacements, on drawn pictures: small enough to be made in seconds."""

import json
from pathlib import Path

import cv2
import numpy as np

from ieiw.pipelines.build.run import Options, build
from ieiw.pipelines.engine.run import RunOptions
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
    return build_regions(gallery_recipe(root, **changes), str(place), "descriptor", options=RunOptions(workers))


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
=======
"""A tiny build of replacements with the files of its steps, all made up here and written by the real code."""

import hashlib

import msgspec
import numpy as np

from ieiw.triplets.drawings.replacement import Answer
from ieiw.triplets.images.codec import encode_png, encoder
from ieiw.triplets.images.masks import bounding_box, box_of, to_rle
from ieiw.triplets.layout.plan import read_attempts
from ieiw.triplets.layout.replacement import (
    STEPS,
    Candidate,
    Captioned,
    Outcome,
    Painted,
    Reference,
    Retrieved,
    Seen,
    Written,
    to_bytes,
    unit_file,
)
from ieiw.triplets.layout.replacement_facts import facts_of
from ieiw.triplets.records import Built, Reject, Triplet
from ieiw.triplets.rejects import Place, Reason, Refusal
from tests.support.tiny_build import Wanted, edit_state, pictures, tiny_build

BACKENDS = {
    "embed": {"name": "descriptor", "stand_in": "yes"},
    "paint": {"name": "blend", "stand_in": "yes"},
    "caption": {"name": "blip2"},
    "write": {"name": "templates", "stand_in": "yes"},
}
SEEDS = (1, 2)


def replaced_build(folder, patch, wanted=Wanted(tasks=("replacement",), pictures=10)):  # noqa: B008 - frozen
    """Of ten attempts one is refused by each of retrieve, paint and write. ``patch`` is a MonkeyPatch."""
    patch.setattr("tests.support.tiny_build._verdict", _verdict)
    tiny = tiny_build(folder, wanted)
    write_steps(tiny)
    edit_state(tiny, lambda state: state.update(backends=BACKENDS))
    return tiny


def write_steps(tiny, digest="0" * 12, seeds=SEEDS):
    """The files of all steps, in folders of that digest; other ``seeds`` are a painting under another recipe."""
    for ref in tiny.state.refs():
        made = [steps_of(attempt, tiny.wanted, seeds) for attempt in read_attempts(tiny.store, ref)]
        for step in STEPS:
            file = unit_file(f"replacement/{ref.source}/{step}-{digest}", ref)
            tiny.store.publish_bytes(file, to_bytes(each[step] for each in made))


def steps_of(attempt, wanted, seeds=SEEDS):
    """Step -> what became of an attempt."""
    record, key = attempt.record, attempt.key
    if record.fault:
        return dict.fromkeys(STEPS, Outcome(key, Refusal(record.fault.reason, record.fault.detail), stage=Place.PLAN))
    full, _, region, hole = pictures(attempt, wanted)
    label, number = record.annotation["phrase"], record.annotation["number"]
    outline = to_rle(np.ones((4, 6), bool))
    references = tuple(
        Reference(
            id=f"zoo/{at}/",
            source="zoo",
            picture=f"zoo/{at}.jpg",
            picture_sha256="0" * 64,
            label=f"{label} no {at}",
            box=(1, 2, 6, 4),
            outline=outline,
            similarity=0.9 - at / 10,
            rank=at + 3,
        )
        for at in range(2)
    )
    found = Retrieved("1" * 64, f"r{number}", label, 0, (2, 3, 6, 4), outline, references)
    candidates = tuple(
        Candidate(at, seed, {"likeness": 0.5 + at / 10 + seed / 100}) for at in range(2) for seed in seeds
    )
    painted = Painted(found, bounding_box(hole), to_rle(region), to_rle(hole), candidates, len(candidates) - 1)
    jpg = encoder("jpg")
    small = [jpg(np.full((40, 60, 3), 20 * (at + number % 3), np.uint8)).data for at in range(len(candidates) + 2)]
    files = (encode_png(full).data, *small)
    made = {
        "retrieve": Outcome(key, found),
        "paint": Outcome(key, painted, files),
        "caption": Outcome(key, Captioned(Seen(label, "", "", ""), Seen(f"another {label}", "", "", ""))),
        "write": Outcome(key, Written(f"Change the {label}.", ("Swap it.",), f"the {label}", "a cat", 2)),
    }
    if number % 10 == 7:
        return made | dict.fromkeys(STEPS[1:], Outcome(key, Refusal(Reason.CANDIDATES_POOR, f"the best of 4: {label}")))
    if number % 10 == 2:
        return made | {"write": Outcome(key, Refusal(Reason.INSTRUCTION_UNUSABLE, f"names no {label}"))}
    return made


def _verdict(attempt, wanted, heal=False):
    steps = steps_of(attempt, wanted)
    last = steps["write"]
    if isinstance(last.value, Refusal):
        return Reject(attempt, last.value.reason, last.stage, last.value.detail)
    full, empty, _, hole = pictures(attempt, wanted)
    painted, written = steps["paint"].value, last.value
    answer = Answer(
        replaced=written.replaced, phrase=written.phrase, region=painted.region, hole=painted.hole, box=box_of(hole)
    )
    encode = encoder(wanted.format)
    facts = msgspec.to_builtins(facts_of(painted, steps["caption"].value, written.tries))
    made = Triplet(
        instruction=written.instruction,
        alternatives=(written.instruction, *written.alternatives),
        source=encode(full),
        target=encode(empty),
        answer=answer,
        region_share=float(hole.mean()),
        pair="",
        backend="blend",
        facts=facts,
    )
    return Built(attempt, made, hashlib.sha256(full.tobytes()).hexdigest())
>>>>>>> auditing
