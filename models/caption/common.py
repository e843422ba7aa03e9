"""What captioners share: a caption as the rest of the house wants it, and the part of a picture that is meant."""

from __future__ import annotations

import re

import numpy as np

from ieiw.models.protocols import CaptionJob
from ieiw.triplets.images.masks import bounding_box
from ieiw.triplets.records import Image

_MOST_WORDS = 20
_MARGIN = 0.15
"""Of the region's sides, kept around it: a thing is recognised by where it stands too."""


def cleaned(text: str) -> str:
    """A caption in small letters: the first sentence, without its full stop, at most 20 words; empty stays empty."""
    sentence = re.split(r"(?<=\w)[.!?](?:\s|$)|[\r\n]", text.strip())[0]
    words = re.sub(r"\s+", " ", sentence).strip(" \t.,;:!?\"'").lower().split(" ")
    return " ".join(words[:_MOST_WORDS])


def meant(job: CaptionJob) -> Image:
    """The picture, or its part around the region.

    Raises:
        ValueError: the region is empty, or of another size than the picture.
    """
    if job.region is None:
        return job.image
    if job.image.shape != (*job.region.shape, 3):
        raise ValueError(f"an image of shape {job.image.shape} and a region of shape {job.region.shape}")
    x, y, width, height = bounding_box(np.ascontiguousarray(job.region))
    if not width:
        raise ValueError("the region is empty: there is nothing to name")
    across, down = round(width * _MARGIN), round(height * _MARGIN)
    rows = slice(max(0, y - down), y + height + down)
    return np.ascontiguousarray(job.image[rows, max(0, x - across) : x + width + across])
