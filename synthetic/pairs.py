"""Pairs of pictures made from finished scenes, in the official layouts of GoPro, SIDD, CLWD and GQA-Inpaint.

Blur is a mean over a moving window, noise is shot and read noise in linear light, watermarks are drawn see-through: as the data
sets were made. Removed things come from the scenes' true backgrounds, so nothing is inpainted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ieiw.builders.formats.json_stream import load_json
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode, encode_jpeg, encode_png
from ieiw.triplets.images.masks import dilate, polygons_mask
from ieiw.triplets.records import Encoded, Image

_GAMMA = 2.2
_MARGIN = 24
"""Pixels that a moving window needs on each side."""
_SUBFRAMES = 11
_WORDS = ("SAMPLE", "PREVIEW", "DRAFT", "stock photo", "(c) nobody")


@dataclass(frozen=True, slots=True)
class _Scene:
    """A scene as the layouts of :func:`ieiw.synthetic.make_scenes` hold it."""

    number: int
    picture: Image
    things: list[dict[str, Any]]
    tasks: list[dict[str, Any]]


def write_pairs(scenes: Path, count: int, seed: int) -> int:
    """Write ``GOPRO_Large``, ``SIDD``, ``CLWD`` and ``GQA-Inpaint`` (all train) beside the layouts of a folder of scenes.

    The same scenes and seed give the same bytes.

    Args:
        scenes: a folder that ``make_scenes`` wrote.
        count: at most so many training pictures are used, from the first.
        seed: of blur, noise and marks.

    Returns:
        Number of pictures used.

    Raises:
        UsageError: the folder holds no scenes.
    """
    graphs: dict[str, Any] = {}
    for scene in _scenes(scenes, count):
        rng = np.random.default_rng([seed, scene.number])
        _blurred(scenes / "GOPRO_Large" / "train" / f"GOPR{scene.number:04d}_11_00", scene.picture, rng)
        _noisy(scenes / "SIDD" / "Data", scene.number, scene.picture, rng)
        _marked(scenes / "CLWD" / "train", scene.number, scene.picture, rng)
        graphs[str(scene.number)] = _removed(scenes, scene)
    (scenes / "GQA-Inpaint").mkdir(exist_ok=True)
    (scenes / "GQA-Inpaint" / "train_scenes.json").write_text(json.dumps(graphs), encoding="utf-8")
    return len(graphs)


def _scenes(folder: Path, count: int) -> Iterator[_Scene]:
    phrases, truth = folder / "VGPhraseCut_v0" / "refer_train.json", folder / "truth" / "scenes.jsonl"
    if not phrases.exists() or not truth.exists():
        raise UsageError(f"{folder}: holds no scenes; write some there first")
    tasks: dict[int, list[dict[str, Any]]] = {}
    for task in load_json(phrases.read_bytes(), str(phrases), list):
        tasks.setdefault(task["image_id"], []).append(task)
    with truth.open(encoding="utf-8") as lines:
        known = {number: json.loads(line) for number, line in enumerate(lines, 1)}
    for number in sorted(tasks)[:count]:
        data = (folder / "VGPhraseCut_v0" / "images" / f"{number}.jpg").read_bytes()
        things = [dict(thing) for thing in known[number]["things"]]
        for task in tasks[number]:
            task["things"] = known[number]["phrases"][int(task["task_id"].rsplit("__", 1)[1])]["things"]
        yield _Scene(number, decode(data).pixels, things, tasks[number])


def _save(path: Path, encoded: Encoded) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded.data)


def _blurred(folder: Path, picture: Image, rng: np.random.Generator) -> None:
    """A window that moves over the picture while the shutter is open; the sharp frame is the one in the middle."""
    height, width = picture.shape[0] - 2 * _MARGIN, picture.shape[1] - 2 * _MARGIN
    angle, length, bow = rng.uniform(0, 2 * np.pi), rng.uniform(6, 16), rng.uniform(-3, 3)
    steps = np.linspace(-0.5, 0.5, _SUBFRAMES)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    frames = []
    for step in steps:
        x, y = along * step * length + across * bow * (1 - 4 * step**2) - across * bow
        shift = np.array([[1, 0, -_MARGIN - x], [0, 1, -_MARGIN - y]], np.float32)
        frames.append(cv2.warpAffine(picture, shift, (width, height), flags=cv2.INTER_LINEAR).astype(np.float32))
    linear = np.mean([(frame / 255) ** _GAMMA for frame in frames], axis=0) ** (1 / _GAMMA) * 255
    _save(folder / "blur" / "000001.png", encode_png(_bytes(np.mean(frames, axis=0))))
    _save(folder / "blur_gamma" / "000001.png", encode_png(_bytes(linear)))
    _save(folder / "sharp" / "000001.png", encode_png(_bytes(frames[_SUBFRAMES // 2])))


def _noisy(folder: Path, number: int, picture: Image, rng: np.random.Generator) -> None:
    """Shot noise grows with the light, read noise does not; both in linear light, as a sensor has them."""
    shot, read = rng.uniform(0.002, 0.02), rng.uniform(0.0001, 0.001)
    light = (picture / 255.0) ** _GAMMA
    noise = rng.normal(size=light.shape) * np.sqrt(shot * light + read)
    noisy = np.clip(light + noise, 0, 1) ** (1 / _GAMMA) * 255
    scene = folder / f"{number:04d}_001_S6_00800_00350_3200_N"
    _save(scene / f"{number:04d}_NOISY_SRGB_010.PNG", encode_png(_bytes(noisy)))
    _save(scene / f"{number:04d}_GT_SRGB_010.PNG", encode_png(picture))


def _marked(folder: Path, number: int, picture: Image, rng: np.random.Generator) -> None:
    """A coloured word, turned, laid over the picture with an opacity of .3 to .7; 256 x 256 as in CLWD."""
    free = np.asarray(cv2.resize(picture, (256, 256), interpolation=cv2.INTER_AREA), np.uint8)
    stencil = np.zeros((256, 256), np.uint8)
    word, size = str(rng.choice(_WORDS)), rng.uniform(0.8, 1.4)
    (wide, high), _ = cv2.getTextSize(word, cv2.FONT_HERSHEY_DUPLEX, size, 3)
    at = (256 - wide) // 2, (256 + high) // 2
    cv2.putText(stencil, word, at, cv2.FONT_HERSHEY_DUPLEX, size, 255, 3, cv2.LINE_AA)
    turn = np.asarray(cv2.getRotationMatrix2D((128, 128), rng.uniform(-40, 40), 1), np.float64)
    turn[:, 2] += rng.uniform(-40, 40, 2)
    opacity = cv2.warpAffine(stencil, turn, (256, 256))[..., None] / 255 * rng.uniform(0.3, 0.7)
    beneath = free[opacity[..., 0] > 0]
    colours = rng.uniform(0, 255, (8, 3))
    mean = beneath.mean(axis=0) if beneath.size else np.full(3, 128.0)
    colour = colours[np.abs(colours - mean).sum(axis=1).argmax()]  # the one that differs most from what lies beneath
    marked = _bytes(free * (1 - opacity) + colour * opacity)
    changed = np.abs(marked.astype(int) - free).sum(axis=2) > 15
    _save(folder / "Watermarked_image" / f"{number}.jpg", encode_jpeg(marked))
    _save(folder / "Watermark_free_image" / f"{number}.jpg", encode_jpeg(free))
    _save(folder / "Mask" / f"{number}.png", encode_png(np.repeat(changed[..., None], 3, 2).astype(np.uint8) * 255))


def _removed(scenes: Path, scene: _Scene) -> dict[str, Any]:
    """The scene graph, and a picture without the thing for every phrase that means one thing."""
    folder, height, width = scenes / "GQA-Inpaint", *scene.picture.shape[:2]
    original = (scenes / "VGPhraseCut_v0" / "images" / f"{scene.number}.jpg").read_bytes()
    _save(folder / "images" / f"{scene.number}.jpg", Encoded(original, "jpg", width, height))
    gone: set[int] = set()
    for task in scene.tasks:
        if len(task["things"]) != 1 or task["things"][0] in gone:
            continue
        (thing,) = task["things"]
        gone.add(thing)
        without = decode((scenes / "truth" / "removed" / f"{task['task_id']}.png").read_bytes()).pixels
        grown = dilate(polygons_mask(task["Polygons"], (width, height)), 0, 4)
        name = f"{scene.number}/{thing}.jpg"
        _save(folder / "images_inpainted" / name, encode_jpeg(np.where(grown[..., None], without, scene.picture)))
        _save(folder / "masks" / name, encode_jpeg(np.repeat(grown[..., None], 3, 2).astype(np.uint8) * 255))
    objects, places = {}, {}
    for index, thing in enumerate(scene.things):
        name, share = thing["name"], thing["at"][0] / width
        attributes = [thing["colour"]] if thing.get("pattern") == "plain" and thing["colour"] != name else []
        objects[str(index)] = {
            "name": name,
            "attributes": attributes,
            "relations": [],
            "bidirected": index in gone,
        }
        third = "left" if share < 1 / 3 else "right" if share > 2 / 3 else "center"
        places[str(index)] = f"to the {third}"
    return {"width": width, "height": height, "objects": objects, "image_relative_positions": places}


def _bytes(picture: np.ndarray[Any, Any]) -> Image:
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8)
