"""Rooms with their depth, and pets of many breeds, in the official layouts of NYU Depth v2 and Oxford-IIIT Pet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ieiw.builders.sources.oxford_pet import BREEDS
from ieiw.synthetic.backdrops.indoors import RECEDE
from ieiw.synthetic.backdrops.parts import CARPET, FLOOR_WOOD, TABLE
from ieiw.synthetic.compose import Image, compose, picture, place_all
from ieiw.synthetic.palette import COLOURS, Paint, Rgb, jitter
from ieiw.synthetic.places import Place, Zone, place_named
from ieiw.synthetic.scene import Scene, render
from ieiw.synthetic.things import animals
from ieiw.synthetic.things.kinds import Look
from ieiw.triplets.images.codec import encode_jpeg

Depth = npt.NDArray[np.float32]
"""(height, width), metres."""

SIZE = (384, 288)
_INDOORS = {"in a living room": ((1.6, 1.95), (0.0, 0.0)), "on a table": ((1.0, 1.2), (0.6, 2.0))}
"""Where depth is known: least and most metres to the floor (or table) at the lower edge, and from its far end to the wall."""
_FIRST_ROOM = 1_000_000
"""Rooms are numbered from here, so that none is one of the scenes of the same seed over again."""
_PET_STREAM = 1
_OUTDOORS = ("in a meadow", "in a park", "in the snow", "on a beach", "in a living room")
_MILLIMETRES = 1000


@dataclass(frozen=True, slots=True)
class Coat:
    """How a breed looks.

    Attributes:
        animal: ``cat`` or ``dog``.
        rgb: main colour.
        second: colour of stripes or spots.
        pattern: ``plain``, ``striped`` or ``spotted``.
        period: distance between stripes or spots, as a share of the animal's height.
    """

    animal: str
    rgb: Rgb
    second: Rgb = (0.0, 0.0, 0.0)
    pattern: str = "plain"
    period: float = 0.13


COATS: dict[str, Coat] = {
    "Abyssinian": Coat("cat", COLOURS["orange"]),
    "newfoundland": Coat("dog", (44, 41, 41)),
    "Bengal": Coat("cat", COLOURS["golden"], (92, 54, 30), "spotted"),
    "samoyed": Coat("dog", COLOURS["white"]),
    "Bombay": Coat("cat", (38, 36, 38)),
    "boxer": Coat("dog", COLOURS["brown"]),
    "Egyptian_Mau": Coat("cat", (166, 164, 158), COLOURS["black"], "spotted"),
    "english_setter": Coat("dog", COLOURS["white"], COLOURS["black"], "spotted", 0.16),
    "Maine_Coon": Coat("cat", COLOURS["brown"], (62, 42, 30), "striped"),
    "saint_bernard": Coat("dog", COLOURS["white"], COLOURS["brown"], "spotted", 0.44),
    "Persian": Coat("cat", COLOURS["white"]),
    "shiba_inu": Coat("dog", (222, 122, 48)),
    "Russian_Blue": Coat("cat", (124, 132, 145)),
    "wheaten_terrier": Coat("dog", COLOURS["golden"]),
}
"""Breed as the data set's file names write it -> its coat; no two of one animal are alike."""


def write_rooms_and_pets(out: Path, count: int, seed: int) -> int:
    """Write ``NYUv2`` (flat folders, millimetres) and ``Oxford-IIIT-Pet`` (trainval) into a folder of scenes.

    The same seed gives the same bytes, and more pictures begin with the same ones.

    Args:
        out: folder to write into; files there are written over.
        count: number of rooms, and of pets.
        seed: of both.

    Returns:
        Number of pictures written.
    """
    for number in range(count):
        scene = render(seed, _FIRST_ROOM + number, SIZE, list(_INDOORS)[number % len(_INDOORS)])
        depth = depth_of(scene, np.random.default_rng((seed, _FIRST_ROOM + number)))
        millimetres = np.rint(depth * _MILLIMETRES).astype(np.uint16)
        _save(out / "NYUv2" / "images" / f"{number + 1:04}.jpg", encode_jpeg(scene.picture).data)
        _save(out / "NYUv2" / "depth" / f"{number + 1:04}.png", cv2.imencode(".png", millimetres)[1].tobytes())
    pets, lines, order = out / "Oxford-IIIT-Pet", [], list(BREEDS)
    for number in range(count):
        breed, coat = list(COATS.items())[number % len(COATS)]
        stem = f"{breed}_{number // len(COATS) + 1}"
        _save(pets / "images" / f"{stem}.jpg", encode_jpeg(pet(coat, seed, number)).data)
        cat = coat.animal == "cat"
        kin = [name for name in order if name[0].isupper() == cat]  # the release writes cats with a capital
        lines.append(f"{stem} {order.index(breed) + 1} {1 if cat else 2} {kin.index(breed) + 1}\n")
    annotations = pets / "annotations"
    annotations.mkdir(parents=True, exist_ok=True)
    (annotations / "trainval.txt").write_text("".join(lines), encoding="ascii")
    return 2 * count


def depth_of(scene: Scene, rng: np.random.Generator) -> Depth:
    """How far away everything in a room, or on a table, is.

    The floor is a plane seen in perspective, as its boards are drawn; the wall is parallel to the picture; a thing is as far as
    the point where it meets the floor, or the wall that it hangs on.

    Args:
        scene: of a living room or a table top.
        rng: draws the distances of floor and wall.

    Returns:
        (height, width) metres, about 1 to 6.
    """
    near_range, gap_range = _INDOORS[scene.place]
    near, gap = float(rng.uniform(*near_range)), float(rng.uniform(*gap_range))
    floor = np.isin(scene.backdrop.stuff, (FLOOR_WOOD, CARPET, TABLE))
    height, base = floor.shape[0], int(floor.any(axis=1).argmax())
    # The inverse of a plane's depth is linear in the picture.
    plane = near / np.linspace(RECEDE, 1.0, height - base)
    wall = near / RECEDE + gap
    depth = np.full(floor.shape, wall, np.float32)
    depth[base:] = plane[:, None]
    for each in scene.placed:
        row = int(np.clip(round(each.thing.at[1]) - base, 0, height - base - 1))
        depth[each.mask] = plane[row] if each.thing.zone.where == "floor" else wall
    return depth


def pet(coat: Coat, seed: int, number: int) -> Image:
    """One cat or dog, large, on a backdrop.

    Args:
        coat: of its breed.
        seed: of the whole set.
        number: of the picture; the same pair always gives the same picture.

    Returns:
        (height, width, 3), RGB.
    """
    width, height = SIZE
    rng = np.random.default_rng((seed, number, _PET_STREAM))
    where = place_named(_OUTDOORS[int(rng.integers(len(_OUTDOORS)))])
    kind = next(kind for kind in animals.KINDS if kind.name == coat.animal)
    kind = replace(kind, height=0.74 if coat.animal == "cat" else 0.64)
    place = Place(where.name, where.make, (Zone("floor", (0.8, 1.0), (kind,), None),), (1, 1))
    backdrop = place.make(rng, width, height)
    (thing, *_) = compose(rng, place, backdrop)
    colour = jitter(rng, coat.rgb, 8)
    paint = Paint(colour, coat.second, coat.pattern, coat.period, 0.0, kind.grain, kind.texture)
    thing = replace(thing, look=Look("", coat.pattern, paint, thing.look.accent))
    return picture(backdrop, place_all([thing], rng.spawn(1), (height, width)))


def _save(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
