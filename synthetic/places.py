"""Places: which things belong together, where in the picture they go, and what a phrase calls the ground they are on."""

from __future__ import annotations

from dataclasses import dataclass

from ieiw.synthetic.backdrops import indoors, outdoors
from ieiw.synthetic.backdrops.parts import Make
from ieiw.synthetic.things import animals, home, people, table, toys, vehicles
from ieiw.synthetic.things import outdoors as plants
from ieiw.synthetic.things.kinds import Kind


@dataclass(frozen=True, slots=True)
class Zone:
    """One part of a place and what may be found there.

    Attributes:
        where: ``floor``, ``water``, ``air`` or ``wall``, as the backdrop knows it.
        band: the part of it that is used, 0 (farthest, or highest) to 1.
        kinds: what is found there; named twice is found twice as often.
        on: how a phrase says where that is: preposition and noun. None where nobody would.
    """

    where: str
    band: tuple[float, float]
    kinds: tuple[Kind, ...]
    on: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of scene.

    Attributes:
        name: as captions say it, with its preposition.
        make: makes the backdrop.
        zones: in the order in which they are filled; the first must not stay empty.
        things: least and most number of things.
    """

    name: str
    make: Make
    zones: tuple[Zone, ...]
    things: tuple[int, int]


def _of(kinds: tuple[Kind, ...], *names: str) -> tuple[Kind, ...]:
    known = {kind.name: kind for kind in kinds}
    return tuple(known[name] for name in names)


_ANIMALS, _TOYS, _HOME, _TABLE, _VEHICLES = animals.KINDS, toys.KINDS, home.KINDS, table.KINDS, vehicles.KINDS
_ALL = (0.0, 1.0)
_SKY = ("in", "sky")
_HERDS = _of(_ANIMALS, "sheep", "cow", "horse", "zebra", "elephant", "dog")

PLACES = (
    Place(
        "in a meadow",
        outdoors.meadow,
        (
            Zone("floor", (0.0, 0.25), (plants.TREE, plants.TREE, plants.HOUSE, plants.BUSH), ("on", "grass")),
            Zone("floor", (0.3, 1.0), (*_HERDS, *_HERDS, *people.KINDS, plants.FLOWER), ("on", "grass")),
            Zone("air", _ALL, (vehicles.HOT_AIR, animals.FLYING_BIRD, toys.KITE, toys.BALLOON), _SKY),
        ),
        (4, 7),
    ),
    Place(
        "in a park",
        outdoors.park,
        (
            Zone("floor", (0.0, 0.3), (plants.TREE, plants.TREE, plants.FIR, plants.BUSH), ("on", "grass")),
            Zone(
                "floor",
                (0.35, 1.0),
                (
                    *people.KINDS,
                    *people.KINDS,
                    *_of(_ANIMALS, "dog", "cat", "bird"),
                    *_of(_TOYS, "bench", "ball", "soccer ball"),
                    *_of(_VEHICLES, "bicycle"),
                ),
                ("on", "grass"),
            ),
            Zone("air", _ALL, (toys.KITE, toys.BALLOON, animals.FLYING_BIRD, *_of(_ANIMALS, "butterfly")), _SKY),
        ),
        (4, 7),
    ),
    Place(
        "on a beach",
        outdoors.beach,
        (
            Zone("water", _ALL, (vehicles.SAILBOAT, vehicles.SAILBOAT, vehicles.ROWBOAT), ("on", "water")),
            Zone(
                "floor",
                _ALL,
                (
                    *people.KINDS,
                    *_of(_TOYS, "parasol", "surfboard", "bucket", "ball"),
                    *_of(_ANIMALS, "dog"),
                    plants.PALM,
                ),
                ("on", "sand"),
            ),
            Zone("air", _ALL, (toys.KITE, animals.FLYING_BIRD, vehicles.AIRPLANE), _SKY),
        ),
        (4, 7),
    ),
    Place(
        "by a lake",
        outdoors.lake,
        (
            Zone(
                "water",
                _ALL,
                (vehicles.SAILBOAT, vehicles.ROWBOAT, *_of(_ANIMALS, "duck", "duck")),
                ("on", "water"),
            ),
            Zone(
                "floor",
                _ALL,
                (*people.KINDS, *_of(_TOYS, "bench"), *_of(_ANIMALS, "dog", "duck"), plants.FLOWER, plants.FIR),
                ("on", "grass"),
            ),
            Zone("air", _ALL, (vehicles.HOT_AIR, animals.FLYING_BIRD), _SKY),
        ),
        (4, 6),
    ),
    Place(
        "in the snow",
        outdoors.snowfield,
        (
            Zone("floor", (0.0, 0.3), (plants.SNOWY_FIR, plants.FIR, plants.HOUSE), ("in", "snow")),
            Zone("floor", (0.35, 1.0), (*people.KINDS, *_of(_TOYS, "snowman"), *_of(_ANIMALS, "dog")), ("in", "snow")),
            Zone("air", _ALL, (animals.FLYING_BIRD, vehicles.HOT_AIR), _SKY),
        ),
        (4, 6),
    ),
    Place(
        "on a street",
        outdoors.street,
        (
            Zone("floor", (0.62, 0.95), _of(_VEHICLES, "car", "car", "bus", "truck", "bicycle"), ("on", "street")),
            Zone(
                "floor",
                (0.0, 0.1),
                (
                    *people.KINDS,
                    *people.KINDS,
                    plants.TREE,
                    *_of(_TOYS, "fire hydrant", "stop sign", "traffic light", "bench"),
                    *_of(_ANIMALS, "dog"),
                ),
                ("on", "sidewalk"),
            ),
            Zone("air", _ALL, (toys.BALLOON, animals.FLYING_BIRD, vehicles.AIRPLANE), _SKY),
        ),
        (4, 7),
    ),
    Place(
        "in a living room",
        indoors.room,
        (
            Zone(
                "floor",
                (0.0, 0.2),
                (*_of(_HOME, "couch", "chair", "floor lamp", "potted plant"), home.TELEVISION),
                None,
            ),
            Zone(
                "floor",
                (0.4, 1.0),
                (
                    *_of(_ANIMALS, "cat", "dog", "teddy bear"),
                    *_of(_TOYS, "ball"),
                    *_of(_HOME, "backpack", "suitcase", "chair", "potted plant"),
                    *people.KINDS[2:],
                ),
                ("on", "floor"),
            ),
            Zone("wall", _ALL, (home.PICTURE, home.CLOCK), ("on", "wall")),
        ),
        (4, 7),
    ),
    Place(
        "on a table",
        indoors.table_top,
        (
            Zone(
                "floor",
                (0.0, 0.25),
                (home.TABLE_LAMP, home.VASE, *_of(_TABLE, "bottle", "laptop", "cactus", "wine glass")),
                ("on", "table"),
            ),
            Zone(
                "floor",
                (0.3, 1.0),
                (
                    *_of(_TABLE, "mug", "apple", "orange", "lemon", "banana", "bowl", "cake", "donut"),
                    home.BOOK,
                    *_of(_ANIMALS, "teddy bear"),
                ),
                ("on", "table"),
            ),
        ),
        (5, 8),
    ),
    Place(
        "under water",
        outdoors.seabed,
        (
            Zone("air", _ALL, _of(_ANIMALS, "fish"), ("in", "water")),
            Zone("floor", _ALL, (plants.SEAWEED,), None),
        ),
        (5, 8),
    ),
)
"""All places, met equally often."""


def place_named(name: str) -> Place:
    """The place that captions call so.

    Raises:
        ValueError: there is none.
    """
    for place in PLACES:
        if place.name == name:
            return place
    raise ValueError(f"no place is called {name!r}; there are: {', '.join(place.name for place in PLACES)}")
