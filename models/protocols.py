"""What is asked of a model: one small protocol for each role, all of them on :class:`Backend`.

Images are RGB, uint8, (height, width, 3). Backends inherit from their role's protocol, which gives them the usual values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ieiw.models.weights import Weights
from ieiw.triplets.records import Image, Mask


class Backend(Protocol):
    """What every model says of itself.

    Attributes:
        name: what rows and reports show, such as ``telea`` or ``lama``.
        stand_in: true for an embedded algorithm that stands where a trained model would.
        cost: seconds for one item of a million pixels (of a text: for one item), on one core or on its device.
        weights: the published file that it needs, or None.
    """

    name: str
    stand_in: bool
    cost: float
    weights: Weights | None = None

    @property
    def batch(self) -> int:
        """How many items are best given at once; results never depend on it beyond float rounding."""
        return 1

    @property
    def device(self) -> str:
        """``cpu``, ``cuda``, or ``remote``."""
        return "cpu"

    def describe(self) -> dict[str, str]:
        """Settings that change results (weights digest, radius, device), for fingerprints and score notes; never a secret."""
        ...


class Inpainter(Backend, Protocol):
    """Fills holes in images."""

    def paint(self, pictures: Sequence[Image], holes: Sequence[Mask]) -> list[Image]:
        """Fill each hole; every result has its picture's size.

        Pixels outside the hole may differ from the picture: callers composite.

        Raises:
            ValueError: lengths or sizes differ, or a hole covers the whole picture.
        """
        ...


class Embedder(Backend, Protocol):
    """Vectors whose scalar products say how alike images and texts are (CLIP, Radford et al. 2021).

    Attributes:
        has_texts: whether it embeds texts too.
    """

    has_texts: bool

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def prepare(self, image: Image) -> npt.NDArray[np.float32]:
        """One image as the model takes it; safe in threads, so that it is done beside the model."""
        ...

    def images(self, prepared: Sequence[npt.NDArray[np.float32]]) -> npt.NDArray[np.float16]:
        """(n, dimension), each row of length 1."""
        ...

    def texts(self, texts: Sequence[str]) -> npt.NDArray[np.float16]:
        """(n, dimension), each row of length 1.

        Raises:
            ValueError: the model embeds images alone.
        """
        ...


@dataclass(frozen=True, slots=True)
class ReferenceJob:
    """Paint what ``reference`` shows into the hole of ``picture``.

    Attributes:
        picture: (height, width, 3): the surroundings of what is replaced, of the painter's ``side`` where it has one.
        hole: (height, width), true where the object goes.
        reference: (h, w, 3), the object's box, of any size.
        silhouette: (h, w), the object in it; all true where nobody outlined it.
        gone: (height, width), what must not be seen any more, within the hole; None where that is all of it.
    """

    picture: Image
    hole: Mask
    reference: Image
    silhouette: Mask
    gone: Mask | None = None


class ReferencePainter(Backend, Protocol):
    """Paints the object of another image into a hole (Paint-by-Example, Yang et al. 2023).

    Attributes:
        side: of the square pictures that it paints on, in pixels; None where any size is as good.
        box_holes: whether it wants the box of what is replaced as its hole, instead of the outline.
    """

    side: int | None = None
    box_holes: bool = False

    def paint(self, jobs: Sequence[ReferenceJob], seeds: Sequence[int]) -> list[Image]:
        """One image a job, of the size of its picture; equal seeds give equal results on one device.

        Pixels outside the hole may differ from the picture: callers composite.

        Raises:
            ValueError: lengths or sizes differ, or a hole is empty or covers the whole picture.
        """
        ...


@dataclass(frozen=True, slots=True)
class CaptionJob:
    """An image to be described.

    Attributes:
        image: (height, width, 3).
        region: (height, width), the thing to be named; None where the whole image is meant.
        label: what the data set calls it; empty where it has no name.
    """

    image: Image
    region: Mask | None = None
    label: str = ""


class Captioner(Backend, Protocol):
    """Says in a few words what an image shows (BLIP-2, Li et al. 2023)."""

    def caption(self, jobs: Sequence[CaptionJob]) -> list[str]:
        """One caption a job, in small letters and without a full stop; empty where nothing is recognised."""
        ...


class Writer(Backend, Protocol):
    """A language model that continues a conversation of one message."""

    def write(self, prompt: str, seed: int) -> str:
        """The model's answer.

        Args:
            prompt: the message.
            seed: asks for another answer to the same prompt; equal seeds give equal answers as far as the model allows.

        Raises:
            UsageError: the model is not there, or refuses; what can be tried again was tried.
        """
        ...


@dataclass(frozen=True, slots=True)
class JudgeJob:
    """A triplet to be judged: what was asked, and the pictures before and after."""

    instruction: str
    source: Image
    target: Image


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge said, each 0 (not at all) to 1 (fully); NaN where it gave no valid answer.

    Attributes:
        follows: whether the edit did what was asked.
        keeps: whether all else stayed as it was.
        clean: whether the result is free of artefacts.
        problem: why there are no values; empty where there are.
        tokens: that the answer cost; 0 where it was known.
    """

    follows: float
    keeps: float
    clean: float
    problem: str = ""
    tokens: int = 0


class Judge(Backend, Protocol):
    """A vision-language model that says how good an edit is."""

    def judge(self, jobs: Sequence[JudgeJob]) -> list[Judgement]:
        """One judgement a job, in order.

        Raises:
            UsageError: the model is not there, or refuses all; what was judged is kept.
        """
        ...
