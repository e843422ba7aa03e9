"""Which conditions a model learned to do without, and so which guidance it understands: the scheme of a checkpoint.

Read without torch, since stage files name schemes too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from ieiw.triplets.errors import UsageError

Scheme = Literal["instructdiffusion", "instructpix2pix"]
FILE = "conditioning.json"
"""In a model's folder, beside diffusers' own files: its scheme."""


@dataclass(frozen=True, slots=True)
class Conditioning:
    """Of a scheme.

    Attributes:
        text: share of training samples that lose the instruction alone.
        image: share that loses the source alone.
        both: share that loses both.
        guidance: scale towards the instruction that its authors edit with.
        image_guidance: scale towards the picture.
        least: the smallest scale that means something.
    """

    text: float
    image: float
    both: float
    guidance: float
    image_guidance: float
    least: float


SCHEMES: dict[Scheme, Conditioning] = {
    "instructdiffusion": Conditioning(0.075, 0.075, 0.0, guidance=5.0, image_guidance=1.25, least=0.0),
    "instructpix2pix": Conditioning(0.05, 0.05, 0.05, guidance=7.5, image_guidance=1.5, least=1.0),
}
"""InstructDiffusion's prediction is ``(e_image + e_text) / 2 + s (e - e_image) + s_image (e - e_text)``: none of its three
networks' inputs lacks both conditions, for it never saw such. InstructPix2Pix's is ``e_none + s_image (e_image - e_none) +
s (e - e_image)``. Here ``e_image`` sees the picture without the instruction, ``e_text`` the instruction without the picture."""


def write_scheme(folder: Path, scheme: Scheme) -> None:
    """Store the scheme in a model's folder."""
    (folder / FILE).write_text(json.dumps({"dropout": scheme}) + "\n", encoding="utf-8")


def read_scheme(folder: Path) -> Scheme | None:
    """The scheme that a model's folder tells of, or None where it tells none.

    Raises:
        UsageError: it names another.
    """
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        name = json.loads(file.read_text(encoding="utf-8"))["dropout"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file}: damaged ({error}). Remove it, and name the scheme by --dropout") from error
    for scheme in get_args(Scheme):
        if name == scheme:
            return scheme  # type: ignore[no-any-return]
    raise UsageError(f"{file}: dropout is {name!r}; known here: {', '.join(get_args(Scheme))}")
