"""What the two mask tasks share: a region of the picture, painted over in a colour that lets the picture through."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import numpy as np
from pydantic import Field

from ieiw.builders.instructions.words import singular
from ieiw.builders.options import Options
from ieiw.builders.tasks._base import TaskBase, pair_name
from ieiw.triplets.drawings import region
from ieiw.triplets.drawings.asked import Asked
from ieiw.triplets.drawings.contrast import visible_on
from ieiw.triplets.drawings.palette import PALETTES, PaletteName, Rgb
from ieiw.triplets.images.masks import box_of, to_rle
from ieiw.triplets.records import Mask, OpenRecord, Triplet

AskedT = TypeVar("AskedT", bound=Asked, covariant=True)
_WORD = re.compile(r"[a-z]+")


class MaskOptions(Options):
    """Options of both mask tasks."""

    alpha: float = Field(default=0.5, gt=0, le=1)
    """Opacity of the mask; the paper's masks let half of the picture through."""
    palette: PaletteName = "default"
    """Which colours: ours, or those of the InstructDiffusion release."""
    instructions: Literal["natural", "simple"] = "natural"
    """Sentences, or the paper's simple indicators with fixed colours."""
    min_share: float = Field(default=0.0, ge=0, lt=1)
    """Smallest region, as a share of the picture's area; a task may ask for more by default."""


@dataclass(frozen=True, slots=True)
class Painting(Generic[AskedT]):
    """What is to be painted, and how it is said.

    Attributes:
        mask: the region at output size; nothing is painted where it is empty.
        wordings: fillable sentences with ``{color}``; the first ``own`` of them say it in the words that were drawn.
        own: how many wordings the instruction is drawn from.
        asked: what they ask to mark.
        void: where nobody says what is there, at output size.
        about: what the region is called; colours that are named in it are not drawn.
        colour: a name of the palette, or empty where one is to be drawn.
    """

    mask: Mask
    wordings: Sequence[str]
    own: int
    asked: AskedT
    void: Mask
    about: str
    colour: str = ""


OptionsT = TypeVar("OptionsT", bound=MaskOptions)


class MaskTask(TaskBase[OptionsT]):
    """Base of both tasks."""

    drawing = region.Answer

    def _painted(self, record: OpenRecord, rng: np.random.Generator, work: Painting[Asked]) -> Triplet:
        """Source is the picture, target the picture with the region painted over; alike where there is no region."""
        picture, colours = self._picture(record), PALETTES[self._options.palette]
        alpha, present = self._options.alpha, bool(work.mask.any())
        named = _named_colours(work.about, colours)
        name = work.colour or visible_on(picture, work.mask, rng, alpha=alpha, taken=named, colours=colours)
        sentences = tuple(dict.fromkeys(wording.replace("{color}", name) for wording in work.wordings))
        source = self._source(record)
        return Triplet(
            instruction=sentences[int(rng.integers(min(work.own, len(sentences))))],
            alternatives=sentences,
            source=source,
            target=self._tools.encode(region.draw(picture, work.mask, colours[name], alpha)) if present else source,
            answer=region.Answer(
                asked=work.asked,
                present=present,
                colour=name,
                rgb=colours[name],
                alpha=alpha,
                mask=to_rle(work.mask),
                void=to_rle(work.void),
                box=box_of(work.mask),
            ),
            region_share=np.count_nonzero(work.mask) / work.mask.size,
            pair=pair_name(record.source, record.record.id, self.name),
        )


def _named_colours(text: str, colours: Mapping[str, Rgb]) -> list[str]:
    """Colours that a text speaks of: nobody should have to mark the man in red, or the oranges, in red or orange."""
    words = {form for word in _WORD.findall(text.lower().replace("grey", "gray")) for form in (word, singular(word))}
    named = [name for name in colours if words & set(name.split())]
    return named if len(named) < len(colours) else []
