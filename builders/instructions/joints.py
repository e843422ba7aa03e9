"""What joints are called: each data set's order of joints, and the words that people use for them.

Left and right are the person's (or the animal's) own, in every data set here.
"""

from __future__ import annotations

import colorsys
import re

_ARM = ("shoulder", "elbow", "wrist")
_LEG = ("hip", "knee", "ankle")
_FRONT = ("shoulder", "elbow", "front_paw")
_HIND = ("hip", "knee", "back_paw")


def _both(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Left and right of each part, by turns: the order of COCO and CrowdPose."""
    return tuple(f"{side}_{part}" for part in parts for side in ("left", "right"))


def _side(side: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{side}_{part}" for part in parts)


LAYOUTS: dict[str, tuple[str, ...]] = {
    "coco": ("nose", *_both(("eye", "ear", *_ARM, *_LEG))),
    "crowdpose": (*_both((*_ARM, *_LEG)), "head_top", "neck"),
    "aic": (*_side("right", _ARM), *_side("left", _ARM), *_side("right", _LEG), *_side("left", _LEG), "head_top", "neck"),
    "mpii": (
        *_side("right", _LEG[::-1]), *_side("left", _LEG), "pelvis", "thorax", "upper_neck", "head_top",
        *_side("right", _ARM[::-1]), *_side("left", _ARM),
    ),
    "ap10k": (
        "left_eye", "right_eye", "nose", "neck", "tail_root",
        *_side("left", _FRONT), *_side("right", _FRONT), *_side("left", _HIND), *_side("right", _HIND),
    ),
}  # fmt: skip
"""Data set -> names of its joints, in the order of its files."""

_ALIKE = {"head": "head_top", "top_head": "head_top", "root_of_tail": "tail_root", "root_of_the_tail": "tail_root"}
"""Other spellings that files of the same data sets use."""
_WORDS = {
    "head_top": "top of the head",
    "upper_neck": "neck",
    "thorax": "base of the neck",
    "tail_root": "base of the tail",
}
_HOOFED = frozenset("antelope,argali sheep,bison,buffalo,cow,sheep,deer,moose,horse,zebra,giraffe,pig".split(","))
_HANDED = frozenset("howler monkey,monkey,night monkey,spider monkey,uakari,chimpanzee,gorilla,orangutan".split(","))
_FOOTED = frozenset({"elephant", "hippo", "rhino", "bat"})
_SPECIES = {"alouatta": "howler monkey", "noisy night monkey": "night monkey", "panda": "panda"}
"""AP-10K's names of animals that people would put otherwise."""
_PAW = re.compile(r"(left|right)_(front|back)_paw")


def joint_key(text: str) -> str:
    """A joint's name as :data:`LAYOUTS` writes it: ``Head top``, ``top_head`` and ``head`` are all ``head_top``."""
    key = re.sub(r"[\s_]+", "_", text.strip().lower())
    return _ALIKE.get(key, key)


def species(name: str) -> str:
    """The word for an animal in a sentence: ``king cheetah``, ``howler monkey`` for ``alouatta``."""
    plain = " ".join(name.lower().split())
    return _SPECIES.get(plain, plain)


def spoken(joint: str, noun: str = "person") -> str:
    """What people call a joint of a person or an animal, without article: ``left front hoof``, ``top of the head``."""
    paw = _PAW.fullmatch(joint)
    if paw is None:
        return _WORDS.get(joint) or joint.replace("_", " ")
    side, end = paw.groups()
    if noun in _HANDED:
        return f"{side} {'hand' if end == 'front' else 'foot'}"
    if noun in _HOOFED:
        return f"{side} {end} hoof"
    return f"{side} {end} {'foot' if noun in _FOOTED else 'paw'}"


def fixed_colour(layout: str, joint: int) -> tuple[int, int, int]:
    """The one colour (RGB, 0..255) of a joint in simple instructions: hues evenly apart, bright and dark by turns.

    Raises:
        KeyError: no such layout.
        ValueError: no such joint.
    """
    count = len(LAYOUTS[layout])
    if not 0 <= joint < count:
        raise ValueError(f"{layout} has {count} joints, not number {joint}")
    red, green, blue = colorsys.hsv_to_rgb(joint / count, 1.0, 0.6 if joint % 2 else 1.0)
    return round(255 * red), round(255 * green), round(255 * blue)
